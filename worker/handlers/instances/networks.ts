import type { Handler } from "../../gate/context.ts";
import { keptOf } from "./kept.ts";

/** The one network of an instance; clients expect an object, not a list. */
export const readNetworks: Handler<"read-instance-networks"> = async ({ target }, _input, { env }) =>
  Response.json((await keptOf(env, target.id)).network);
