import type { Handler } from "../../gate/context.ts";
import { organizationLog } from "../../log/notify.ts";

/** The whole chain as one document, for `npm run verify-log`; streamed, whatever its size. */
export const exportLog: Handler<"export-log"> = async ({ actor, now }, _input, { env }) => {
  const body = await organizationLog(env, actor.organizationId).readExport(actor.organizationName);
  const day = new Date(now).toISOString().slice(0, 10);
  return new Response(body, {
    headers: { "content-type": "application/json", "content-disposition": `attachment; filename="itcare-log-${actor.organizationId}-${day}.json"` },
  });
};
