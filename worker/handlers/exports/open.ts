import { EXPORT_LASTS, openExport } from "../../../db/directory/write/exports.ts";
import type { Handler } from "../../gate/context.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { newId } from "../resources/direct.ts";

/** The signed act opens the export; what it holds is read when it is downloaded, within minutes and by the same person. */
export const exportOrganization: Handler<"export-organization"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { actor, now } = permit;
  const { organizationId, organizationName: name } = actor;
  const id = await newId(context.env, "DIRECTORY", organizationId);
  return govern(permit, input, context, {
    organizationId,
    subject: { id: organizationId, name },
    answer: { status: 201, body: { id, expiresAt: new Date(now + EXPORT_LASTS).toISOString(), path: `/itcare/organization/exports/${id}` } },
    told: { created: { kind: "export", id } },
    write: (directory, act) => openExport(directory, permit, id, act),
  });
};
