/** Taking the directory's feed into the region: copies of Clouds and Services, and the networks that a new organization starts with. */
import { sql, type SQL } from "drizzle-orm";
import { commit } from "../../commit.ts";
import type { CloudCopy, FeedBody, FeedRow, NewNetworks, ServiceCopy } from "../../feed.ts";

/**
 * Takes rows in their order, all or none. What was taken before does nothing again: a row that comes twice, or late, is known by its number.
 * @param rows in ascending order, beginning with the oldest that the directory still has
 */
export async function takeFeed(database: D1Database, rows: readonly FeedRow[]): Promise<void> {
  const last = rows[rows.length - 1]!.number;
  await commit(database, [
    ...rows.flatMap(({ number, body }) =>
      changesOf(JSON.parse(body) as FeedBody, sql`(SELECT number FROM feed_taken) < ${number}`).map((query) => ({ query })),
    ),
    { query: sql`UPDATE feed_taken SET number = ${last} WHERE number < ${last}` },
  ]);
}

function changesOf(body: FeedBody, isNew: SQL): SQL[] {
  switch (body.kind) {
    case "networks":
      return newNetworks(body.made, isNew);
    case "cloud":
      return [cloudChange(body.cloud, isNew)];
    case "quotas":
      return [sql`UPDATE cloud SET quotas = ${JSON.stringify(body.quotas)} WHERE id = ${body.cloudId} AND ${isNew}`];
    case "service":
      return [serviceChange(body.service, isNew)];
    case "service-gone":
      return [sql`DELETE FROM service WHERE id = ${body.id} AND ${isNew}`];
  }
}

/** Their ids come from the organization's own sequence in this region, as those of everything that it has here. */
function newNetworks({ organizationId, base, networks }: NewNetworks, isNew: SQL): SQL[] {
  const given = JSON.stringify(networks.map((network) => ({ ...network, base })));
  return [
    sql`INSERT INTO sequence (organization_id, next) SELECT ${organizationId}, 1 WHERE ${isNew} ON CONFLICT DO NOTHING`,
    sql`INSERT INTO network (id, organization_id, zone, name, cidr, scope)
      SELECT (n.value ->> 'base') + s.next + n.key, s.organization_id, n.value ->> 'zone', n.value ->> 'name', n.value ->> 'cidr', n.value ->> 'scope'
      FROM sequence s CROSS JOIN json_each(${given}) n WHERE s.organization_id = ${organizationId} AND ${isNew}`,
    sql`UPDATE sequence SET next = next + ${networks.length} WHERE organization_id = ${organizationId} AND ${isNew}`,
  ];
}

function serviceChange({ id, cloudId, name, environment, description, version, closing }: ServiceCopy, isNew: SQL): SQL {
  return sql`INSERT INTO service (id, cloud_id, name, environment, description, version, closing)
    SELECT ${id}, ${cloudId}, ${name}, ${environment}, ${description}, ${version}, ${Number(closing)} WHERE ${isNew}
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, environment = excluded.environment, description = excluded.description, version = excluded.version,
      closing = excluded.closing`;
}

function cloudChange({ id, organizationId, name }: CloudCopy, isNew: SQL): SQL {
  return sql`INSERT INTO cloud (id, organization_id, name) SELECT ${id}, ${organizationId}, ${name} WHERE ${isNew} ON CONFLICT (id) DO UPDATE SET name = excluded.name`;
}
