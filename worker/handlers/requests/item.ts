import type { RequestRow } from "../../../db/directory/read/requests.ts";
import { nameOf, type Wanted } from "../../contract/requests.ts";
import type { RequestItem } from "../../contract/shapes/requests.ts";

const iso = (at: number) => new Date(at).toISOString();

export function requestItem(row: RequestRow): RequestItem {
  const { id, kind, state, organizationId, organizationName, wanted, reason, cloudNames, decision } = row;
  return {
    id,
    kind,
    state,
    name: nameOf(wanted),
    organizationId,
    organizationName,
    person: personOf(wanted),
    profiles:
      wanted.kind === "person"
        ? wanted.profiles.map(({ cloudId, profile, ends }) => ({
            cloudId,
            cloudName: cloudNames[cloudId] ?? "",
            profile,
            endsAt: ends === null ? null : iso(ends),
          }))
        : [],
    cloud: wanted.kind === "organization" ? wanted.cloud : null,
    reason,
    askedBy: { id: row.askedBy, name: row.askedByName },
    askedAt: iso(row.asked),
    decidedBy: row.decidedBy === null ? null : { id: row.decidedBy, name: row.decidedByName ?? "" },
    decidedAt: row.decided === null ? null : iso(row.decided),
    decision,
    revision: row.version,
  };
}

function personOf(wanted: Wanted): RequestItem["person"] {
  if (wanted.kind === "cloud") return null;
  return wanted.kind === "person" ? wanted.person : wanted.representative;
}
