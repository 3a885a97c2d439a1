import { foldName } from "../../contract/domains.ts";
import { deleteAlias as write } from "../../../db/region/write/aliases.ts";
import type { Handler } from "../../gate/context.ts";
import { openOperation } from "../resources/open-operation.ts";

/** Takes the name back. The gate has seen that it is this resource's. */
export const deleteAlias: Handler<"delete-dns" | "delete-dns-lb"> = (permit, input, context) => {
  const name = foldName(input.params["alias"]!);
  return openOperation(permit, input, { name }, context, { by: null, write: (database, act) => write(database, permit, name, act) });
};
