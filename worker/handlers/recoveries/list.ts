import { listRecoveries as read, type RecoveryRow } from "../../../db/directory/read/recoveries.ts";
import { NOTICE } from "../../../db/directory/write/recoveries.ts";
import type { Recovery } from "../../contract/shapes/recoveries.ts";
import type { Handler } from "../../gate/context.ts";

/** Open ones: Service Delivery sees every organization's, a representative their own organization's, everybody else none. */
export const listRecoveries: Handler<"list-recoveries"> = async ({ actor }, _input, { env }) => {
  const duties = actor.kind === "person" ? actor.duties : [];
  const everywhere = duties.includes("service-delivery");
  if (!everywhere && !duties.includes("security-representative")) return Response.json([]);
  const rows = await read(env.DIRECTORY, everywhere ? null : actor.organizationId);
  return Response.json(rows.map(recoveryOf));
};

export function recoveryOf(row: RecoveryRow): Recovery {
  return {
    id: row.id,
    organization: { id: row.organizationId, name: row.organizationName },
    person: { id: row.personId, name: row.personName },
    reason: row.reason,
    state: row.state === "approved" ? "approved" : "asked",
    askedBy: row.askedByName ?? "",
    askedAt: new Date(row.asked).toISOString(),
    approvedBy: row.approvedByName,
    noticeHours: NOTICE / 3_600_000,
    effectiveAt: row.effective === null ? null : new Date(row.effective).toISOString(),
  };
}
