import type { Handler } from "../../gate/context.ts";
import { membershipsOf } from "../load-balancers/memberships.ts";
import { resourceAnswer } from "../resources/read.ts";
import { instanceDetails } from "./details.ts";

/** An instance with the load balancers that it serves behind, its backups, and what the actor can do to it now. Either of its two ids names it: they are equal. */
export const readInstance: Handler<"read-instance"> = ({ actor, target, now }, _input, { env, request }) =>
  resourceAnswer(env, actor, target, request, now, membershipsOf, (row) => instanceDetails(env, row));
