import type { Handler } from "../../gate/context.ts";
import { organizationLog } from "../../log/notify.ts";
import { readerOf } from "./reader.ts";

/** The log, newest first, as the actor may see it. A page looks at a stated number of rows; the next one goes on from where it ends. */
export const readLog: Handler<"read-log"> = async ({ actor }, { query }, { env }) => {
  const { before, size, ...filter } = query;
  const { entries, names, next } = await organizationLog(env, actor.organizationId).readPage(readerOf(actor), filter, before ?? null, size);
  return Response.json({ content: entries.map((text) => JSON.parse(text) as unknown), names, next });
};
