/** Operations as a commit leaves them for the zone, made by hand: nobody is woken, so that a test says when the controller comes. */
import { sql } from "drizzle-orm";
import { commit } from "../../db/commit.ts";
import { readOperation, type OperationRow } from "../../db/region/read/operations.ts";
import { readFirst } from "../../db/statement.ts";
import { makeId, readId } from "../../worker/contract/ids.ts";
import { transitionOf, type ResourceAct } from "../../worker/contract/lifecycle.ts";
import type { LogEvent, LogExport } from "../../worker/contract/log-entry.ts";
import { families, statuses } from "../../worker/contract/resource-types.ts";
import { regionOfCode, zones } from "../../worker/contract/topology.ts";
import type { Env } from "../../worker/env.ts";
import type { SeededResource } from "../../db/seed/resources.ts";

export function databaseOf(env: Env, id: number): D1Database {
  return env[`REGION_${regionOfCode(readId(id)!.region)!}`];
}

export interface Opening {
  parameters?: object;
  deadline?: number;
  actor?: { id: number; name: string; kind?: "person" | "api-account" };
  /** As a controller that is dead by now has left it. */
  fence?: number;
  step?: number;
}

let sequence = 3_000_000_000;

/** Opens an operation on an instance and answers its id. The instance of a creation is made to look like one that was just asked for. */
export async function open(
  env: Env,
  label: ResourceAct,
  instance: SeededResource,
  { parameters = {}, deadline, actor, fence = 0, step = 0 }: Opening = {},
): Promise<number> {
  const { region, organization } = readId(instance.id)!;
  const id = makeId({ region, organization, sequence: sequence++ });
  const now = Date.now();
  const { during } = transitionOf(label);
  const who = { id: 1, name: "Nobody", kind: "person", ...actor };
  await commit(databaseOf(env, id), [
    {
      query: sql`UPDATE resource SET open_operation = ${id}, open_label = ${label}, revision = revision + 1, status = ${during ? sql`${statuses[during]}` : sql`status`} WHERE id = ${instance.id} AND open_operation IS NULL`,
      must: "resource",
    },
    {
      query: sql`INSERT INTO operation (id, organization_id, cloud_id, service_id, resource_id, resource_name, resource_type, zone, label, status, parameters, actor_kind, actor_id, actor_name, created, updated, deadline, fence, step)
        VALUES (${id}, ${instance.organizationId}, ${instance.cloudId}, ${instance.service.id}, ${instance.id}, ${instance.name}, ${families[instance.family].code}, ${instance.zone ? zones[instance.zone].code : 0}, ${label},
          ${fence > 0 ? 1 : 0}, ${JSON.stringify(parameters)}, ${who.kind}, ${who.id}, ${who.name}, ${now}, ${now}, ${deadline ?? now + 3_600_000}, ${fence}, ${step})`,
    },
  ]);
  return id;
}

/** The operation once it has ended. @throws Error after 20 s */
export async function ended(env: Env, id: number, patience = 20_000): Promise<OperationRow> {
  const until = Date.now() + patience;
  for (;;) {
    const row = await readOperation(databaseOf(env, id), id);
    if (row && row.status >= 2) return row;
    if (Date.now() > until) throw new Error(`The operation ${id} (${row?.label}) has not ended: ${JSON.stringify(row)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export interface ResourceState {
  status: number;
  revision: number;
  observation: number;
  open_operation: number | null;
  open_label: string | null;
  attributes: string;
}

export async function resourceState(env: Env, id: number): Promise<ResourceState | null> {
  return readFirst(
    databaseOf(env, id),
    sql`SELECT status, revision, observation, open_operation, open_label, attributes FROM resource WHERE id = ${id}`,
  );
}

/** The events about an instance in the order in which its organization's log has them, with everything delivered. */
export async function eventsOf(env: Env, instance: SeededResource): Promise<LogEvent[]> {
  const log = env.ORGANIZATION_LOGS.getByName(String(instance.organizationId));
  await log.deliver();
  const { entries } = (await new Response(await log.readExport("", "json", {})).json()) as LogExport;
  return entries.map(({ event }) => event).filter((event) => "target" in event && event.target?.id === instance.id);
}
