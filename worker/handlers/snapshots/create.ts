import type { Handler } from "../../gate/context.ts";
import { openOperation } from "../resources/open-operation.ts";
import { newSnapshot } from "./new-snapshot.ts";

/** Keeps what the instance's disks hold; the snapshot has the id of the operation that makes it. */
export const createSnapshot: Handler<"create-snapshot"> = (permit, input, context) =>
  openOperation(permit, input, (id) => newSnapshot(id, input.body), context);
