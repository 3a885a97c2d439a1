import { readId } from "../../contract/ids.ts";
import { createSnapshot as write } from "../../../db/region/write/snapshots.ts";
import type { Handler } from "../../gate/context.ts";
import { openOperation } from "../resources/open-operation.ts";

/** Keeps what the instance's disks hold; the snapshot has the id of the operation that makes it. */
export const createSnapshot: Handler<"create-snapshot"> = (permit, input, context) => {
  const { label, description = null, lifetime } = input.body;
  return openOperation(permit, input, (id) => ({ snapshot: id }), context, {
    write: (database, act) => {
      const named = label ?? `snapshot ${readId(act.operation.id)!.sequence}`;
      return write(database, permit, { label: named, description, lifetime }, act);
    },
  });
};
