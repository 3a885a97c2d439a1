/** What an organization has in a region, a page at a time, each row a line of its export. */
import { sql, type SQL } from "drizzle-orm";
import { environmentOfCode, familyOfCode, statusOfCode } from "../../../worker/contract/resource-types.ts";
import { zoneOfCode } from "../../../worker/contract/topology.ts";
import { readAll } from "../../statement.ts";

export interface ExportedRow {
  id: number;
  /** JSON. */
  line: string;
}

const iso = (column: string): SQL => sql.raw(`strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`);

/** Codes are told as the words of the API, by `told`. */
const kinds = {
  network: sql`SELECT id, json_object('kind', 'network', 'id', id, 'zone', zone, 'name', name, 'cidr', cidr, 'scope', scope) AS line FROM network`,
  resource: sql`SELECT id, json_object('kind', 'resource', 'id', id, 'cloudId', cloud_id, 'serviceId', service_id, 'type', type, 'status', status, 'environment', environment,
      'zone', zone, 'name', name, 'revision', revision, 'openAction', open_operation, 'tags', json(tags), 'attributes', json(attributes),
      'members', (SELECT json_group_array(json_object('resourceId', m.member_id, 'port', m.port, 'state', m.state)) FROM balancer_member m WHERE m.balancer_id = resource.id),
      'createdBy', created_by, 'createdAt', ${iso("created")}, 'updatedAt', ${iso("updated")}) AS line FROM resource`,
  snapshot: sql`SELECT id, json_object('kind', 'snapshot', 'id', id, 'resourceId', resource_id, 'label', label, 'description', description, 'author', author,
      'createdAt', ${iso("created")}, 'recoveredAt', ${iso("recovered")}, 'expiresAt', ${iso("expires")}, 'sizeGb', size_gb, 'changeReference', change_reference) AS line FROM snapshot`,
  alias: sql`SELECT id, json_object('kind', 'alias', 'id', id, 'resourceId', resource_id, 'name', name, 'domain', domain, 'address', address, 'author', author,
      'createdAt', ${iso("created")}, 'changeReference', change_reference) AS line FROM alias`,
  action: sql`SELECT id, json_object('kind', 'action', 'id', id, 'label', label, 'cloudId', cloud_id, 'serviceId', service_id, 'resourceId', resource_id, 'resourceName', resource_name,
      'outcome', CASE status WHEN 2 THEN 'SUCCESS' WHEN 3 THEN 'ERROR' ELSE 'IN_PROGRESS' END, 'message', message, 'actorId', actor_id, 'actorName', actor_name,
      'submittedAt', ${iso("created")}, 'completedAt', ${iso("completed")}, 'changeReference', change_reference, 'planId', plan_id) AS line FROM operation`,
} as const;
export type RegionKind = keyof typeof kinds;
export const regionKinds = Object.keys(kinds) as RegionKind[];

/** @param after the id of the last row before @param last the greatest id that the organization can have here */
export async function readExportedRows(database: D1Database, kind: RegionKind, after: number, last: number, limit: number): Promise<ExportedRow[]> {
  const rows = await readAll<ExportedRow>(database, sql`${kinds[kind]} WHERE id > ${after} AND id <= ${last} ORDER BY id LIMIT ${limit}`);
  return rows.map(({ id, line }) => ({ id, line: told(kind, line) }));
}

function told(kind: RegionKind, line: string): string {
  if (kind !== "resource" && kind !== "network") return line;
  const { zone, ...row } = JSON.parse(line) as Record<string, unknown> & { zone: number };
  const { type, status, environment, members, ...rest } = row as Record<string, number> & { members?: unknown[] };
  if (kind === "network") return JSON.stringify({ ...row, zone: zoneOfCode(zone) });
  return JSON.stringify({
    ...rest,
    type: familyOfCode(type!),
    status: statusOfCode(status!),
    environment: environmentOfCode(environment!),
    zone: zoneOfCode(zone),
    ...(members && members.length > 0 && { members }),
  });
}
