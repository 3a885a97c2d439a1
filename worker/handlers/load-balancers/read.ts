import type { Handler } from "../../gate/context.ts";
import { resourceAnswer } from "../resources/read.ts";
import { healthOf } from "./health.ts";

/** A load balancer with its URLs, how its members do, and what the actor can do to it now. */
export const readBalancer: Handler<"read-lb"> = ({ actor, target, now }, _input, { env, request }) =>
  resourceAnswer(env, actor, target, request, now, async (database) => (await healthOf(database, [target])).get(target.id)!);
