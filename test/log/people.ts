/** An organization of its own for each test of the log, in the directory as sign-in would find it, and events as the acts of its people write them. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { commit, type Write } from "../../db/commit.ts";
import { makeId } from "../../worker/contract/ids.ts";
import type { ActAccepted, ActEnded, IdentityEvent, LogEntry, OutboxBody } from "../../worker/contract/log-entry.ts";
import type { OutboxDatabase } from "../../worker/log/databases.ts";
import { organizationLog } from "../../worker/log/notify.ts";

export const idIn = (organization: number, sequence: number) => makeId({ region: 0, organization, sequence });

/** Sequence numbers of the ids of an organization's things. */
export const CARE = 1;
export const RESEARCH = 2;
export const ODILE = 11;
export const SYBIL = 12;
export const RITA = 13;

/** Asclepia with its two Clouds; Odile operates Care, Rita operates Research, Sybil is the security representative. Everybody is signed in. */
export async function found(organization: number): Promise<void> {
  const now = Date.now();
  const id = (sequence: number) => idIn(organization, sequence);
  const cloud = (sequence: number, name: string): Write => ({
    query: sql`INSERT INTO cloud(id, organization_id, name, created) VALUES (${id(sequence)}, ${organization}, ${name}, ${now})`,
  });
  const person = (sequence: number, name: string, cloudSequence: number): Write[] => [
    {
      query: sql`INSERT INTO actor(id, organization_id, kind, name, state, created) VALUES (${id(sequence)}, ${organization}, 'person', ${name}, 'active', ${now})`,
    },
    { query: sql`INSERT INTO person(id, email) VALUES (${id(sequence)}, ${`${name}@${organization}.example`})` },
    {
      query: sql`INSERT INTO membership(actor_id, cloud_id, profile, state, begins) VALUES (${id(sequence)}, ${id(cloudSequence)}, 'OPE', 'confirmed', ${now - 1000})`,
    },
    {
      query: sql`INSERT INTO session(token_hash, id, person_id, created, last_seen, expires, agent, network)
        VALUES (${`hash-${id(sequence)}`}, ${sessionOf(organization, sequence)}, ${id(sequence)}, ${now}, ${now}, ${now + 3_600_000}, 'test', '')`,
    },
  ];
  await commit(env.DIRECTORY, [
    { query: sql`INSERT INTO organization(id, name, kind, created) VALUES (${organization}, ${`Asclepia ${organization}`}, 'customer', ${now})` },
    cloud(CARE, "Asclepia Care"),
    cloud(RESEARCH, "Asclepia Research"),
    ...person(ODILE, "odile", CARE),
    ...person(RITA, "rita", RESEARCH),
    ...person(SYBIL, "sybil", CARE),
    { query: sql`INSERT INTO duty(actor_id, duty) VALUES (${id(SYBIL)}, 'security-representative')` },
  ]);
}

export const sessionOf = (organization: number, person: number) => `session-${organization}-${person}`;

/** Odile stops an instance of a Cloud. */
export function stopped(organization: number, instance: number, cloud = CARE, operation = instance): OutboxBody {
  const event: ActAccepted = {
    kind: "act-accepted",
    at: new Date().toISOString(),
    cloudId: idIn(organization, cloud),
    label: "stop-instance",
    actor: { kind: "person", id: idIn(organization, ODILE), session: sessionOf(organization, ODILE) },
    target: { kind: "resource", id: makeId({ region: 1, organization, sequence: instance }) },
    environment: "TEST",
    operationId: makeId({ region: 1, organization, sequence: 100_000 + operation }),
    requestId: `request-${instance}`,
    changeReference: null,
    parameters: {},
    proof: "session",
    evidence: null,
  };
  return { event, names: { [idIn(organization, ODILE)]: "Odile Renaud", [event.target.id]: `web-${instance}` } };
}

/** And the zone ends it. */
export function ended(organization: number, operation: number, status: "SUCCESS" | "ERROR", cloud = CARE): OutboxBody {
  const event: ActEnded = {
    kind: "act-ended",
    at: new Date().toISOString(),
    cloudId: idIn(organization, cloud),
    label: "stop-instance",
    operationId: makeId({ region: 1, organization, sequence: 100_000 + operation }),
    target: { kind: "resource", id: makeId({ region: 1, organization, sequence: 1 }) },
    status,
    message: status === "ERROR" ? "The zone did not answer." : null,
  };
  return { event, names: {} };
}

export function signedIn(organization: number, person: number, name: IdentityEvent["name"] = "signed-in"): OutboxBody {
  const session = sessionOf(organization, person);
  return {
    event: {
      kind: "identity",
      name,
      actor: { kind: "person", id: idIn(organization, person), session },
      at: new Date().toISOString(),
      cloudId: null,
      facts: {},
    },
    names: {},
  };
}

export async function put(database: OutboxDatabase, organization: number, ...bodies: (OutboxBody | string)[]): Promise<void> {
  await commit(
    env[database],
    bodies.map((body) => ({
      query: sql`INSERT INTO outbox(organization_id, at, body) VALUES (${organization}, ${Date.now()}, ${typeof body === "string" ? body : JSON.stringify(body)})`,
    })),
  );
}

export async function waiting(database: OutboxDatabase, organization: number): Promise<number> {
  return (await env[database].prepare("SELECT count(*) AS n FROM outbox WHERE organization_id = ?").bind(organization).first<number>("n"))!;
}

/** The whole chain, oldest first. */
export async function chainOf(organization: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let before: number | null = null; ;) {
    const found = await organizationLog(env, organization).readPage({ all: true, audiences: [] }, {}, before, 200);
    entries.push(...found.entries.map((text) => JSON.parse(text) as LogEntry));
    if (found.next === null) return entries.reverse();
    before = found.next;
  }
}

/** Which things were acted on, in the order of the chain, by the number in their id. */
export const targetsOf = (entries: LogEntry[]) =>
  entries.map(({ event }) => ("target" in event && event.target ? event.target.id % 2 ** 32 : event.kind));

export async function until(condition: () => boolean | Promise<boolean>, patience = 10_000): Promise<void> {
  const end = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error("It did not happen in time.");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
