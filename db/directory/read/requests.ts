/** Requests for accounts, Clouds and organizations, and what decides whether they can be met. */
import { sql, type SQL } from "drizzle-orm";
import type { RequestTarget } from "../../../worker/contract/actor.ts";
import { nameOf, type RequestKind, type RequestState, type Wanted } from "../../../worker/contract/requests.ts";
import { readAll, readFirst } from "../../statement.ts";

export interface RequestRow {
  id: number;
  organizationId: number;
  organizationName: string;
  kind: RequestKind;
  wanted: Wanted;
  reason: string;
  askedBy: number;
  askedByName: string;
  asked: number;
  state: RequestState;
  decidedBy: number | null;
  decidedByName: string | null;
  decided: number | null;
  decision: string | null;
  version: number;
  /** Of the Clouds that it names. */
  cloudNames: Readonly<Record<string, string>>;
}

type Raw = Omit<RequestRow, "wanted" | "cloudNames"> & { wanted: string; cloudNames: string };

const columns = sql`r.id AS id, r.organization_id AS organizationId, o.name AS organizationName, r.kind AS kind, r.wanted AS wanted, r.reason AS reason,
  r.asked_by AS askedBy, asker.name AS askedByName, r.asked AS asked, r.state AS state, r.decided_by AS decidedBy, decider.name AS decidedByName,
  r.decided AS decided, r.decision AS decision, r.version AS version,
  (SELECT json_group_object(CAST(c.id AS TEXT), c.name) FROM json_each(r.wanted, '$.profiles') p CROSS JOIN cloud c ON c.id = json_extract(p.value, '$.cloudId')) AS cloudNames`;
const joined = sql`CROSS JOIN organization o ON o.id = r.organization_id CROSS JOIN actor asker ON asker.id = r.asked_by LEFT JOIN actor decider ON decider.id = r.decided_by`;

function rowOf({ wanted, cloudNames, ...row }: Raw): RequestRow {
  return { ...row, wanted: JSON.parse(wanted) as Wanted, cloudNames: JSON.parse(cloudNames) as Record<string, string> };
}

export async function readRequest(directory: D1Database, id: number): Promise<RequestRow | null> {
  const row = await readFirst<Raw>(directory, sql`SELECT ${columns} FROM account_request r ${joined} WHERE r.id = ${id}`);
  return row && rowOf(row);
}

/** As it is decided about. One row. */
export async function readRequestTarget(directory: D1Database, id: number): Promise<RequestTarget | null> {
  const row = await readFirst<Omit<RequestTarget, "kind" | "name"> & { wanted: string }>(
    directory,
    sql`SELECT id, organization_id AS organizationId, kind AS requestKind, wanted, asked_by AS askedBy, state, version AS revision
      FROM account_request WHERE id = ${id}`,
  );
  if (!row) return null;
  const { wanted, ...facts } = row;
  return { kind: "request", name: nameOf(JSON.parse(wanted) as Wanted), ...facts };
}

export interface RequestList {
  /** Null: every organization's. */
  organizationId: number | null;
  state: RequestState | null;
  /** Those before it in the list, which begins with the newest. */
  before: { asked: number; id: number } | null;
  limit: number;
}

/** The newest first. */
export async function listRequests(directory: D1Database, { organizationId, state, before, limit }: RequestList): Promise<RequestRow[]> {
  const older = before ? sql`AND (r.asked, r.id) < (${before.asked}, ${before.id})` : sql``;
  const rows = await readAll<Raw>(
    directory,
    sql`SELECT ${columns} ${walk(organizationId, state)} ${older} ORDER BY r.asked DESC, r.id DESC LIMIT ${limit}`,
  );
  return rows.map(rowOf);
}

/** One organization's are few: its own index serves whichever state. */
function walk(organizationId: number | null, state: RequestState | null): SQL {
  const ofState = state === null ? sql`` : sql`AND r.state = ${state}`;
  if (organizationId !== null)
    return sql`FROM account_request r INDEXED BY account_request_organization ${joined} WHERE r.organization_id = ${organizationId} ${ofState}`;
  if (state !== null) return sql`FROM account_request r INDEXED BY account_request_state ${joined} WHERE r.state = ${state}`;
  return sql`FROM account_request r INDEXED BY account_request_asked ${joined} WHERE true`;
}

/** Is it asked for already, and not decided yet? */
export async function isAskedFor(directory: D1Database, organizationId: number, kind: RequestKind, about: string): Promise<boolean> {
  const open = sql`SELECT 1 FROM account_request INDEXED BY account_request_open
    WHERE organization_id = ${organizationId} AND kind = ${kind} AND about = ${about} AND state = 'asked'`;
  return (await readFirst(directory, open)) !== null;
}

/** Whose account has the address: that of which organization. Null: nobody's. @param email folded */
export async function organizationOfAddress(directory: D1Database, email: string): Promise<number | null> {
  const row = await readFirst<{ organizationId: number }>(
    directory,
    sql`SELECT a.organization_id AS organizationId FROM person p CROSS JOIN actor a ON a.id = p.id WHERE p.email = ${email}`,
  );
  return row?.organizationId ?? null;
}
