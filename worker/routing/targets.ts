/** What a request is about, as `decide` sees it: one query by primary key. Absent and foreign things look alike from outside. */
import { sql } from "drizzle-orm";
import type { Label } from "../contract/actions.ts";
import type { ActionTarget, ResourceTarget, ServiceTarget } from "../contract/actor.ts";
import { readId } from "../contract/ids.ts";
import { isProtectedBy } from "../contract/protection.ts";
import { environmentOfCode, families, familyOfCode, statusOfCode } from "../contract/resource-types.ts";
import { zoneOfCode, type Region } from "../contract/topology.ts";
import { cloud, resource, service } from "../../db/region/schema/index.ts";
import { readService, readServiceAction } from "../../db/directory/read/services.ts";
import { readActionTarget as readInRegion } from "../../db/region/read/operations.ts";
import { readFirst } from "../../db/statement.ts";
import type { Env } from "../env.ts";
import { placeOfId } from "./places.ts";
import { readRegion, regionDatabase, regionOfId } from "./regions.ts";

interface ResourceRow {
  id: number;
  cloud_id: number;
  service_id: number;
  type: number;
  status: number;
  environment: number;
  zone: number;
  name: string;
  revision: number;
  open_label: string | null;
  open_operation: number | null;
  protection: number | null;
}

/** Null: no such resource. @throws Problem("region_unavailable") */
export async function readResourceTarget(env: Env, id: number): Promise<ResourceTarget | null> {
  const region = regionOfId(id);
  if (!region) return null;
  const row = await readRegion(region, () =>
    readFirst<ResourceRow>(
      regionDatabase(env, region),
      sql`SELECT ${resource.id}, ${resource.cloudId}, ${resource.serviceId}, ${resource.type}, ${resource.status}, ${resource.environment},
        ${resource.zone}, ${resource.name}, ${resource.revision}, ${resource.openLabel}, ${resource.openOperation}, ${resource.protection} FROM ${resource} WHERE ${resource.id} = ${id}`,
    ),
  );
  if (!row) return null;
  const family = familyOfCode(row.type);
  return {
    kind: "resource",
    id: row.id,
    organizationId: readId(row.id)!.organization,
    cloudId: row.cloud_id,
    serviceId: row.service_id,
    name: row.name,
    family,
    category: families[family].category,
    status: statusOfCode(row.status),
    environment: environmentOfCode(row.environment),
    zone: zoneOfCode(row.zone),
    monitored: isProtectedBy(row.protection, "monitoring"),
    revision: row.revision,
    openOperation: row.open_label as Label | null,
    openAction: row.open_operation,
  };
}

interface ServiceRow {
  id: number;
  organization_id: number;
  cloud_id: number;
  name: string;
  environment: number;
  description: string | null;
  closing: number;
}

/** From the directory, which owns it. Null: there is no such Service. */
export async function readOwnService(env: Env, id: number): Promise<ServiceTarget | null> {
  const row = await readService(env.DIRECTORY, id);
  if (!row) return null;
  const { organizationId, cloudId, name, environment, description, version, closing } = row;
  const facts = { organizationId, cloudId, name, description, environment: environmentOfCode(environment), closing: closing !== null };
  return { kind: "service", id, ...facts, revision: version };
}

/** What is to receive a resource, from the region's copy of the Services. Null: the region knows no such Service. @throws Problem("region_unavailable") */
export async function readServiceTarget(env: Env, region: Region, id: number): Promise<ServiceTarget | null> {
  const row = await readRegion(region, () =>
    readFirst<ServiceRow>(
      regionDatabase(env, region),
      sql`SELECT ${service.id}, ${cloud.organizationId}, ${service.cloudId}, ${service.name}, ${service.environment}, ${service.description}, ${service.closing}
        FROM ${service} CROSS JOIN ${cloud} ON ${cloud.id} = ${service.cloudId} WHERE ${service.id} = ${id}`,
    ),
  );
  return (
    row && {
      kind: "service",
      id: row.id,
      organizationId: row.organization_id,
      cloudId: row.cloud_id,
      name: row.name,
      description: row.description,
      environment: environmentOfCode(row.environment),
      closing: row.closing === 1,
      revision: null,
    }
  );
}

/** From where it was committed. Null: no such action. @throws Problem("region_unavailable") */
export async function readActionTarget(env: Env, id: number): Promise<ActionTarget | null> {
  const place = placeOfId(id);
  if (!place) return null;
  return place === "DIRECTORY" ? readServiceAction(env.DIRECTORY, id) : readRegion(place, () => readInRegion(regionDatabase(env, place), id));
}
