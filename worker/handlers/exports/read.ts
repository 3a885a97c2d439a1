import { readOpenExport } from "../../../db/directory/read/exports.ts";
import { parseId } from "../../contract/ids.ts";
import { organizationStream } from "../../export/organization.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";

/** One that is another's, of another organization, or over is answered like none. */
export const readExport: Handler<"read-export"> = async ({ actor, now }, { params }, { env }) => {
  const id = parseId(params["export"]!);
  const open = id === null ? null : await readOpenExport(env.DIRECTORY, id);
  if (!open || open.organizationId !== actor.organizationId || open.askedBy !== actor.id || open.expires <= now)
    throw new Problem("not_found", { detail: "There is no such export, or its time is over.", change: "Sign a new one." });
  const { organizationId, organizationName: name, organizationKind: kind } = actor;
  const file = `itcare-organization-${organizationId}-${new Date(now).toISOString().slice(0, 10)}.ndjson`;
  return new Response(organizationStream({ env, organization: { id: organizationId, name, kind }, now }), {
    headers: { "content-type": "application/x-ndjson; charset=utf-8", "content-disposition": `attachment; filename="${file}"` },
  });
};
