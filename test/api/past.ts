/**
 * What resources have been through: an ended operation for each, a hundred for the first instance, snapshots and aliases of some, and members of the load
 * balancers.
 */
import { families } from "../../worker/contract/resource-types.ts";
import type { Known } from "../db/many.ts";

const isA = (category: string) => (one: Known) => families[one.family].category === category;
/** Numbers of their own beside those of the resources. */
const beside = (id: number, by: number): number => id + by * 10_000_000;

export async function plantPast(database: D1Database, resources: readonly Known[]): Promise<void> {
  const instances = resources.filter(isA("INSTANCE"));
  const balancers = resources.filter(isA("LOAD_BALANCER"));
  const some = instances.filter((_, index) => index % 20 === 0);
  await insert(
    database,
    `operation(id, organization_id, cloud_id, service_id, resource_id, resource_name, resource_type, zone, label, status, parameters, actor_kind, actor_id,
      actor_name, created, updated, completed, deadline)`,
    [...resources.map((one) => ended(one, 1)), ...Array.from({ length: 99 }, (_, index) => ended(instances[0]!, 100 + index))],
  );
  await insert(
    database,
    "snapshot(id, resource_id, label, author, status, created, expires, due)",
    some.map(({ id, created }) => [beside(id, 2), id, "before", "nobody", 1, created, 4e12, 4e12]),
  );
  await insert(
    database,
    "alias(id, resource_id, name, domain, address, author, status, created)",
    some.map(({ id, created }) => [beside(id, 3), id, `past-${id}.cloud.itcare.example`, "cloud.itcare.example", "10.0.0.1", "nobody", 1, created]),
  );
  await insert(
    database,
    "balancer_member(balancer_id, member_id, port, state, status, phase)",
    balancers.flatMap(({ id }, index) => [0, 1, 2].map((member) => [id, instances[(3 * index + member) % instances.length]!.id, 80, 1, 1, 1])),
  );
}

function ended({ id, cloudId, serviceId, name, family, created: at }: Known, by: number): unknown[] {
  const times = [at + by, at + by + 60_000, at + by + 60_000, at + by + 3_600_000];
  const { code } = families[family];
  return [beside(id, by), 1, cloudId, serviceId, id, name, code, 11, "reset-instance", 2, "{}", "person", 1, "nobody", ...times];
}

async function insert(database: D1Database, table: string, rows: readonly unknown[][]): Promise<void> {
  for (let at = 0; at < rows.length; at += 5_000) {
    const cells = rows[0]!.map((_, index) => `value ->> ${index}`).join(", ");
    await database
      .prepare(`INSERT INTO ${table} SELECT ${cells} FROM json_each(?)`)
      .bind(JSON.stringify(rows.slice(at, at + 5_000)))
      .run();
  }
}
