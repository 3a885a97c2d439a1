/** Who serves behind a load balancer. */
import type { Json } from "../../contract/operation.ts";
import { addMember as add, changeMember, deleteMember as remove } from "../../../db/region/write/balancers.ts";
import type { Handler } from "../../gate/context.ts";
import { openOperation } from "../resources/open-operation.ts";

export const addMember: Handler<"add-member-lb"> = (permit, input, context) =>
  openOperation(permit, input, input.prepared as unknown as Json, context, {
    by: null,
    write: (database, act) => add(database, permit, input.prepared, act),
  });

/** Its clients leave first: no new ones come to it, and those that are there are waited for a while. */
export const deleteMember: Handler<"delete-member-lb"> = (permit, input, context) =>
  openOperation(permit, input, { ...input.prepared }, context, {
    by: null,
    write: (database, act) => remove(database, permit, input.prepared, act),
  });

/** What is wanted of it. To be disabled it is drained first; what is taken offline is cut off at once. */
export const updateMemberState: Handler<"update-member-state"> = (permit, input, context) =>
  openOperation(permit, input, { ...input.prepared, state: input.body.options.state }, context, {
    by: null,
    write: (database, act) => changeMember(database, permit, input.prepared, act),
  });
