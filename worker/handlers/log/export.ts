import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { organizationLog } from "../../log/notify.ts";

const mediaTypes = { json: "application/json", ndjson: "application/x-ndjson", csv: "text/csv; charset=utf-8" } as const;

/**
 * The log as a file; streamed, whatever its size. The whole chain, as one document or line by line, is what `npm run verify-log` takes; what is narrowed
 * by filters, and a table, are to read.
 */
export const exportLog: Handler<"export-log"> = async ({ actor, now }, { query }, { env }) => {
  const { format, ...filter } = query;
  const [narrowed] = Object.keys(filter);
  if (format === "json" && narrowed) {
    throw new Problem("invalid_field_value", {
      field: narrowed,
      detail: "The JSON export is the whole log: only the whole chain can be verified.",
      change: "Ask for format=ndjson or format=csv with filters, or for the JSON without.",
    });
  }
  const body = await organizationLog(env, actor.organizationId).readExport(actor.organizationName, format, filter);
  const name = `itcare-log-${actor.organizationId}-${new Date(now).toISOString().slice(0, 10)}${narrowed ? "-part" : ""}.${format}`;
  return new Response(body, { headers: { "content-type": mediaTypes[format], "content-disposition": `attachment; filename="${name}"` } });
};
