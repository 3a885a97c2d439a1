/**
 * A region that was brought back to an earlier moment: marked right after, settled by each organization. What was given out since must not be given again, for
 * zones know effects by the ids of their operations, and logs know events by the numbers of the outbox.
 */
import { sql } from "drizzle-orm";
import type { Permit } from "../../../worker/contract/permit.ts";
import { aliasStatuses } from "../../../worker/contract/domains.ts";
import { environments, statuses, type Environment, type Status } from "../../../worker/contract/resource-types.ts";
import { DAY, snapshotStatuses } from "../../../worker/contract/snapshots.ts";
import type { TagPair } from "../../../worker/contract/tags.ts";
import { insertAccepted, rememberAnswer, spendProof, type Remembered } from "../../act.ts";
import { commit, type Write } from "../../commit.ts";
import type { Json } from "../../../worker/contract/operation.ts";
import { insert } from "../../statement.ts";
import { alias, resource, snapshot } from "../schema/index.ts";
import { removeResource } from "./outcome.ts";
import { keySetOf, knowKeys, linkTags } from "./tags.ts";

/** How far the numbers of each organization jump where nobody can say which were given out: far above what any gives out in the time that can be restored. */
export const JUMP = 2 ** 20;

/** Whatever would begin or end an operation of a held organization is refused by the database itself, and so is what would be signed in vain. */
const refuse = (name: string, event: string, isHeld: string) =>
  sql.raw(`CREATE TRIGGER IF NOT EXISTS ${name} BEFORE ${event} WHEN ${isHeld} BEGIN SELECT RAISE(ABORT, 'restored'); END`);
const held = (organization: string) => `EXISTS (SELECT 1 FROM restoration WHERE organization_id = ${organization})`;
const triggers = [
  refuse("operation_held", "INSERT ON operation", held("new.organization_id")),
  refuse("operation_stands", "UPDATE ON operation", held("new.organization_id")),
  refuse("challenge_held", "INSERT ON challenge", `new.purpose <> 'settle-restoration' AND ${held("(new.actor_id >> 32) % 131072")}`),
];

/** Rows in one statement: as text it must stay below what D1 takes. */
const AT_ONCE = 20;

/** What stood in the database right before it was brought back, and guards against doing anything twice. */
export interface Carried {
  sequences: readonly { organizationId: number; next: number }[];
  outbox: readonly { number: number; organization_id: number; at: number; body: string }[];
  idempotency: readonly Record<string, unknown>[];
  spent: readonly Record<string, unknown>[];
}

/**
 * Everything that must happen before the region may be used again, as one commit; it can be run again. Without `carried` (the database could not be read any
 * more) numbers jump: those of the outbox to the microseconds of now, which are more than it can ever have given.
 * @param organizations all that there are
 */
export function markRestored(
  { point, now }: { point: number; now: number },
  organizations: readonly number[],
  carried: Carried | null,
): { query: ReturnType<typeof sql> }[] {
  const known = new Map(carried?.sequences.map(({ organizationId, next }) => [organizationId, next]));
  const rows = (table: string, columns: readonly string[], list: readonly Record<string, unknown>[]) =>
    Array.from({ length: Math.ceil(list.length / AT_ONCE) }, (_, chunk) => ({
      query: sql`INSERT OR REPLACE INTO ${sql.raw(table)} (${sql.raw(columns.join(", "))})
        SELECT ${sql.raw(columns.map((column) => `value ->> '$.${column}'`).join(", "))}
        FROM json_each(${JSON.stringify(list.slice(chunk * AT_ONCE, (chunk + 1) * AT_ONCE))})`,
    }));
  return [
    // A second run changes nothing of what the first one saw.
    {
      query: sql`INSERT OR IGNORE INTO restoration (organization_id, point, restored, outbox)
        SELECT CAST(value AS INTEGER), ${point}, ${now}, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)
        FROM json_each(${JSON.stringify(organizations)})`,
    },
    ...organizations.map((id) => ({
      query: sql`INSERT INTO sequence (organization_id, next) VALUES (${id}, ${Math.max(known.get(id) ?? 0, JUMP)})
        ON CONFLICT DO UPDATE SET next = max(next + ${JUMP}, ${known.get(id) ?? 0})`,
    })),
    { query: sql`INSERT OR IGNORE INTO outbox (number, organization_id, at, body) VALUES (${now * 1_000}, 0, ${now}, '')` },
    { query: sql`DELETE FROM outbox WHERE organization_id = 0` },
    ...(carried
      ? [
          ...rows("outbox", ["number", "organization_id", "at", "body"], carried.outbox),
          ...rows("idempotency", ["principal", "method", "path", "key", "fingerprint", "status", "answer", "expires"], carried.idempotency),
        ]
      : []),
    // What was asked then is asked no more; what was spent stays spent.
    { query: sql`DELETE FROM challenge WHERE purpose <> 'spent'` },
    ...(carried ? rows("challenge", ["hash", "purpose", "actor_id", "session", "nonce", "expires"], carried.spent) : []),
    ...triggers.map((query) => ({ query })),
  ];
}

export interface Settlement {
  organizationId: number;
  name: string;
  /** The writes of each resource, in order. */
  facts: readonly Write[];
  /** Operations that were under way then: they end here, whatever became of them. */
  underWay: readonly number[];
  /** What they were done to. */
  busy: readonly number[];
  /** Names that somebody else has by now. */
  lostNames: readonly { book: "alias" | "host"; name: string; holder: number }[];
  /** Copies of Services that the directory has ended since. */
  goneServices: readonly number[];
  /** The greatest number of an id that the log has seen. */
  highest: number;
  parameters: Json;
  remembered: Remembered | null;
}

/** @throws MustHitOne when the challenge is spent, or somebody else has settled it */
export async function settleRestoration(database: D1Database, permit: Permit<"settle-restoration">, settlement: Settlement): Promise<void> {
  const { organizationId, name, facts, underWay, busy, lostNames, goneServices, highest, parameters, remembered } = settlement;
  const list = (values: readonly unknown[]) => sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`;
  const lost = (book: "alias" | "host") => lostNames.filter((one) => one.book === book).map((one) => one.name);
  await commit(database, [
    ...spendProof(permit),
    { query: sql`DELETE FROM restoration WHERE organization_id = ${organizationId}`, must: "the restoration" },
    {
      query: sql`UPDATE operation SET status = 3, message = 'The region was brought back to an earlier moment.', updated = ${permit.now}, completed = ${permit.now}
        WHERE id IN ${list(underWay)}`,
    },
    // What was being made then was not made by these facts; what was being changed is there.
    { query: sql`DELETE FROM snapshot WHERE id IN ${list(underWay)} AND status = ${snapshotStatuses.PREPARATION}` },
    { query: sql`DELETE FROM alias WHERE id IN ${list(underWay)} AND status = ${aliasStatuses.PREPARATION}` },
    { query: sql`UPDATE snapshot SET status = ${snapshotStatuses.ACTIVE} WHERE resource_id IN ${list(busy)}` },
    { query: sql`UPDATE alias SET status = ${aliasStatuses.ACTIVE} WHERE resource_id IN ${list(busy)}` },
    { query: sql`DELETE FROM balancer_member WHERE balancer_id IN ${list(busy)} AND phase = 0` },
    { query: sql`UPDATE balancer_member SET phase = 1 WHERE balancer_id IN ${list(busy)}` },
    ...facts,
    // Whatever was signed before is about other facts than these.
    {
      query: sql`UPDATE resource SET open_operation = NULL, open_label = NULL, revision = revision + 1 WHERE open_operation IN ${list(underWay)}`,
    },
    { query: sql`UPDATE sequence SET next = max(next, ${highest + 1}) WHERE organization_id = ${organizationId}` },
    { query: sql`DELETE FROM alias WHERE name IN ${list(lost("alias"))}` },
    { query: sql`DELETE FROM url_host WHERE host IN ${list(lost("host"))}` },
    { query: sql`DELETE FROM service WHERE id IN ${list(goneServices)}` },
    insertAccepted(
      permit,
      { id: null, organization_id: organizationId, cloud_id: null, resource_id: organizationId, resource_name: name, change_reference: null },
      parameters,
    ),
    ...rememberAnswer(remembered, permit.now),
  ]);
}

/** Nothing is known that these facts do not have: nobody has to decide. */
export async function openUntouched(database: D1Database, organizationId: number): Promise<void> {
  await commit(database, [{ query: sql`DELETE FROM restoration WHERE organization_id = ${organizationId}` }]);
}

/** The zone has it, in this state. */
export function asObserved(id: number, status: Status | null, attributes: object | null, now: number): Write[] {
  const state = status ? sql`${statuses[status]}` : sql`status`;
  const seen = attributes ? sql`, attributes = json_patch(attributes, ${JSON.stringify(attributes)})` : sql``;
  return [
    {
      query: sql`UPDATE resource SET status = ${state}, open_operation = NULL, open_label = NULL, revision = revision + 1, observation = observation + 1, updated = ${now} ${seen}
        WHERE id = ${id}`,
    },
  ];
}

/** The zone does not have it any more: it goes with all that is its own. */
export function asGone({ id, cloudId, organizationId }: { id: number; cloudId: number; organizationId: number }): Write[] {
  return [
    { query: sql`DELETE FROM balancer_member WHERE balancer_id = ${id} OR member_id = ${id}` },
    { query: sql`DELETE FROM url_host WHERE balancer_id = ${id}` },
    { query: sql`INSERT OR IGNORE INTO alias_freed (name, resource_id) SELECT name, resource_id FROM alias WHERE resource_id = ${id}` },
    { query: sql`DELETE FROM alias WHERE resource_id = ${id}` },
    { query: sql`UPDATE resource SET open_operation = 0 WHERE id = ${id}` },
    ...removeResource({ id: 0, cloud_id: cloudId, resource_id: id, organization_id: organizationId }),
  ];
}

/** Of a resource that stays: the names and snapshots that are really there, and no others. */
export function withOnly(id: number, names: readonly string[], snapshots: readonly number[] | null): Write[] {
  const but = (values: readonly unknown[]) => sql`NOT IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;
  return [
    {
      query: sql`INSERT OR IGNORE INTO alias_freed (name, resource_id) SELECT name, resource_id FROM alias WHERE resource_id = ${id} AND name ${but(names)}`,
    },
    { query: sql`DELETE FROM alias WHERE resource_id = ${id} AND name ${but(names)}` },
    { query: sql`UPDATE alias SET status = 1 WHERE resource_id = ${id}` },
    ...(snapshots
      ? [
          { query: sql`DELETE FROM snapshot WHERE resource_id = ${id} AND id ${but(snapshots)}` },
          { query: sql`UPDATE snapshot SET status = 1 WHERE resource_id = ${id}` },
        ]
      : []),
  ];
}

export interface AddedInstance {
  id: number;
  organizationId: number;
  cloudId: number;
  serviceId: number;
  type: number;
  environment: Environment;
  zone: number;
  name: string;
  createdBy: string;
  created: number;
  tags: readonly TagPair[];
  attributes: string;
}

export function asAdded({ organizationId, environment, tags, ...row }: AddedInstance): Write[] {
  return [
    knowKeys({ organizationId }, tags),
    {
      query: insert(resource, {
        ...row,
        status: statuses.INACTIVE,
        environment: environments[environment],
        updated: row.created,
        tags: JSON.stringify(tags),
        keySet: keySetOf({ organizationId }, tags),
      }),
    },
    ...linkTags({ id: row.id, organizationId }, tags),
  ];
}

export function asAlias(row: {
  id: number;
  resourceId: number;
  name: string;
  domain: string;
  address: string;
  author: string;
  created: number;
}): Write {
  return { query: insert(alias, { ...row, status: aliasStatuses.ACTIVE }) };
}

export function asSnapshot({
  lifetime,
  size,
  ...row
}: {
  id: number;
  resourceId: number;
  label: string;
  description: string | null;
  author: string;
  created: number;
  size: number;
  /** In days. */
  lifetime: number;
}): Write {
  const expires = row.created + lifetime * DAY;
  return { query: insert(snapshot, { ...row, status: snapshotStatuses.ACTIVE, expires, due: expires, sizeGb: size }) };
}
