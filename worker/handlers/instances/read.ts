import type { Handler } from "../../gate/context.ts";
import { resourceAnswer } from "../resources/read.ts";

/** An instance with what the actor can do to it now. Either of its two ids names it: they are equal. */
export const readInstance: Handler<"read-instance"> = ({ actor, target, now }, _input, { env, request }) =>
  resourceAnswer(env, actor, target, request, now);
