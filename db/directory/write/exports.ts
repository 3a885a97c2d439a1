/** Opening the export of everything that an organization has. */
import type { Permit } from "../../../worker/contract/permit.ts";
import { retention } from "../../../worker/contract/retention.ts";
import { insert } from "../../statement.ts";
import { organizationExport } from "../schema/index.ts";
import { commitGoverned, type GovernedAct } from "./governed.ts";

/** How long it can be downloaded, in ms. */
export const EXPORT_LASTS = retention.export.for;

/** @throws MustHitOne when the challenge is spent */
export async function openExport(directory: D1Database, permit: Permit<"export-organization">, id: number, act: GovernedAct): Promise<void> {
  const { actor, now } = permit;
  const row = { id, organizationId: actor.organizationId, askedBy: actor.id, asked: now, expires: now + EXPORT_LASTS };
  await commitGoverned(directory, permit, act, [{ query: insert(organizationExport, row), must: "the export" }]);
}
