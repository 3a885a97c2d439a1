/** The writes of Services. The act commits here; the same commit leaves a row of the feed for each region. */
import { sql } from "drizzle-orm";
import type { Permit } from "../../../worker/contract/permit.ts";
import { environments, type Environment } from "../../../worker/contract/resource-types.ts";
import { commit, type Write } from "../../commit.ts";
import type { ServiceCopy } from "../../feed.ts";
import { ERROR, RUNNING, SUCCESS, type OperationRow } from "../../region/read/operations.ts";
import { insertAccepted, insertOperation, rememberAnswer, spendProof } from "../../act.ts";
import type { Act } from "../../region/write/change.ts";
import { endedAct } from "../../region/write/direct.ts";
import { insertEnded } from "../../region/write/outcome.ts";
import type { OwnedService } from "../read/services.ts";
import { service } from "../schema/index.ts";
import { tellRegions } from "./feed.ts";

/** The Service as it is from the commit on. */
export interface ServiceFacts {
  id: number;
  cloudId: number;
  name: string;
  environment: Environment;
  description: string | null;
}

/** @throws MustHitOne when the challenge is spent or the Cloud has ended; AlreadyThere for the name or the idempotency key */
export async function createService(directory: D1Database, permit: Permit<"create-service">, made: ServiceFacts, act: Act): Promise<void> {
  const copy = copyOf(made, 1, false);
  const inserted: Write = {
    query: sql`INSERT INTO ${service} (id, cloud_id, name, environment, created, description)
      SELECT ${made.id}, cloud.id, ${copy.name}, ${copy.environment}, ${permit.now}, ${copy.description} FROM cloud WHERE cloud.id = ${made.cloudId} AND cloud.state = 'active'`,
    must: "service",
  };
  await commit(directory, endedAct(permit, act, [inserted, ...tellRegions({ kind: "service", service: copy })]));
}

/** @throws MustHitOne when the challenge is spent, or the Service is no longer as the permit saw it; AlreadyThere for the name or the idempotency key */
export async function updateService(directory: D1Database, permit: Permit<"update-service">, changed: ServiceFacts, act: Act): Promise<void> {
  const { id, revision } = permit.target;
  const copy = copyOf(changed, revision! + 1, false);
  const updated: Write = {
    query: sql`UPDATE ${service} SET name = ${copy.name}, environment = ${copy.environment}, description = ${copy.description}, version = version + 1
      WHERE id = ${id} AND version = ${revision} AND closing IS NULL`,
    must: "service",
  };
  await commit(directory, endedAct(permit, act, [updated, ...tellRegions({ kind: "service", service: copy })]));
}

/**
 * Closes the Service: from the moment that a region has taken this, nothing comes into it there. Whether it ends then is `endService`'s, or
 * `reopenService`'s.
 * @throws MustHitOne when the challenge is spent, or the Service is no longer as the permit saw it; AlreadyThere for the idempotency key
 */
export async function closeService(
  directory: D1Database,
  permit: Permit<"delete-service">,
  { operation, parameters, remembered }: Act,
): Promise<void> {
  const { target } = permit;
  const { id, revision } = target;
  await commit(directory, [
    ...spendProof(permit),
    {
      query: sql`UPDATE ${service} SET closing = ${operation.id}, version = version + 1 WHERE id = ${id} AND version = ${revision} AND closing IS NULL`,
      must: "service",
    },
    ...tellRegions({ kind: "service", service: copyOf(target, revision! + 1, true) }),
    insertOperation(operation),
    insertAccepted(permit, operation, parameters),
    ...rememberAnswer(remembered, permit.now),
  ]);
}

/** The deletion's operation as it begins: nobody claims it, the sweep finishes it. */
export function closing(operation: OperationRow): OperationRow {
  return { ...operation, status: RUNNING, completed: null };
}

/** Every region has said that the closed Service is empty. @throws MustHitOne when it has ended or was opened again meanwhile */
export async function endService(directory: D1Database, closed: OwnedService, held: OperationRow, now: number): Promise<void> {
  await commit(directory, [
    { query: sql`DELETE FROM ${service} WHERE id = ${closed.id} AND closing = ${closed.closing}`, must: "service" },
    ...tellRegions({ kind: "service-gone", id: closed.id }),
    ...endClosing(closed, held, { status: "SUCCESS", message: null }, now),
  ]);
}

/** A region has said that something is in it after all. @throws MustHitOne when it has ended or was opened again meanwhile */
export async function reopenService(directory: D1Database, closed: OwnedService, held: OperationRow, message: string, now: number): Promise<void> {
  const { id, cloudId, name, environment, description, version } = closed;
  await commit(directory, [
    { query: sql`UPDATE ${service} SET closing = NULL, version = version + 1 WHERE id = ${id} AND closing = ${closed.closing}`, must: "service" },
    ...tellRegions({ kind: "service", service: { id, cloudId, name, environment, description, version: version + 1, closing: false } }),
    ...endClosing(closed, held, { status: "ERROR", message }, now),
  ]);
}

function endClosing(
  closed: OwnedService,
  held: OperationRow,
  { status, message }: { status: "SUCCESS" | "ERROR"; message: string | null },
  now: number,
): Write[] {
  const code = status === "SUCCESS" ? SUCCESS : ERROR;
  return [
    {
      query: sql`UPDATE operation SET status = ${code}, message = ${message}, updated = ${now}, completed = ${now} WHERE id = ${held.id} AND status = ${RUNNING}`,
      must: "operation",
    },
    insertEnded({ ...held, cloud_name: closed.cloudName }, { status, recorded: message }, now),
  ];
}

function copyOf({ id, cloudId, name, environment, description }: ServiceFacts, version: number, isClosing: boolean): ServiceCopy {
  return { id, cloudId, name, environment: environments[environment], description, version, closing: isClosing };
}
