import type { Handler } from "../../gate/context.ts";
import { organizationLog } from "../../log/notify.ts";

/** The end of the chain now: whoever keeps it can prove later that nothing before it was changed. */
export const readLogHead: Handler<"read-log-head"> = async ({ actor }, _input, { env }) =>
  Response.json(await organizationLog(env, actor.organizationId).readHead());
