import { parseSnapshotName } from "../../contract/snapshots.ts";
import type { Handler } from "../../gate/context.ts";
import { openOperation } from "../resources/open-operation.ts";

/** Brings the instance's disks back to what the snapshot holds. The gate has seen that it is this instance's. */
export const recoverSnapshot: Handler<"recover-snapshot"> = (permit, input, context) =>
  openOperation(permit, input, { snapshot: parseSnapshotName(input.params["snapshot"]!, permit.target.id)! }, context);
