/** Everybody who can stand before the gate: one person for each profile or duty and each state of their security key, one program for each profile and credential. */
import { sql } from "drizzle-orm";
import { commit } from "../../db/commit.ts";
import { enrolKey } from "../../db/directory/write/security-keys.ts";
import { insertSession } from "../../db/directory/write/sessions.ts";
import { prepare } from "../../db/statement.ts";
import { labels } from "../../worker/contract/actions.ts";
import { makeId } from "../../worker/contract/ids.ts";
import type { Env } from "../../worker/env.ts";
import { newSession } from "../../worker/identity/session.ts";
import { SoftwareAuthenticator } from "../software-authenticator.ts";
import { authenticate, Person, type Caller, type World } from "../world.ts";
import type { Duty } from "../policy/specification.ts";
import { keys, profiles, type Key, type Profile, type Who } from "./expected.ts";

export interface Asker {
  who: Who;
  caller: Caller;
  /** Null for programs, and for nobody. */
  person: Person | null;
}

/** On which Clouds they hold what: their own profile on the first, Standard on the second. */
export interface Clouds {
  own: number;
  toRead: number;
}

export async function everybody(it: World, clouds: Clouds, env: Env): Promise<Asker[]> {
  const people = profiles.flatMap((profile) => keys.map((key) => ({ profile, key })));
  const holders = (["representative", "service-delivery"] as const).flatMap((duty) => keys.map((key) => ({ profile: "STD" as const, key, duty })));
  const accounts = [
    ...profiles.flatMap((profile) => (["secret", "key"] as const).map((uses) => ({ profile, uses }))),
    { profile: "POW", uses: "excepted secret" } as const,
  ];
  const askers: Asker[] = [{ who: { kind: "nobody" }, caller: it.nobody, person: null }];
  for (const [index, { profile, key }] of people.entries()) {
    const person = await addPerson({ sequence: 900_000 + index, profile, key }, clouds, env);
    askers.push({ who: { kind: "person", profile, key }, caller: person, person });
  }
  for (const [index, who] of holders.entries()) {
    const person = await addPerson({ sequence: 940_000 + index, ...who }, clouds, env);
    askers.push({ who: { kind: "person", ...who }, caller: person, person });
  }
  for (const [index, { profile, uses }] of accounts.entries())
    askers.push({
      who: { kind: "account", profile, uses },
      caller: await addAccount({ sequence: 950_000 + index, profile, uses }, clouds, env),
      person: null,
    });
  return askers;
}

const duties: Record<Duty, string> = { representative: "security-representative", "service-delivery": "service-delivery" };

async function addPerson(
  { sequence, profile, key, duty }: { sequence: number; profile: Profile; key: Key; duty?: Duty },
  clouds: Clouds,
  env: Env,
): Promise<Person> {
  const id = makeId({ region: 0, organization: 1, sequence });
  const name = `${duty ?? profile} with key ${key}`;
  const email = `${duty ?? profile}-${key}@asclepia.example`.toLowerCase();
  const now = Date.now();
  const { row, cookie } = await newSession(new Request(env.ORIGIN), id, now);
  const authenticator = key === "none" ? null : await SoftwareAuthenticator.create(env.ORIGIN);
  await commit(env.DIRECTORY, [
    ...actor({ id, name, kind: "person", profile }, clouds),
    { query: sql`INSERT INTO person (id, email) VALUES (${id}, ${email})` },
    ...(duty ? [{ query: sql`INSERT INTO duty (actor_id, duty) VALUES (${id}, ${duties[duty]})` }] : []),
    insertSession(row),
    ...(authenticator ? enrolKey(authenticator.enrolled(), { id, name, organizationId: 1, session: row.id }, "A key", now) : []),
  ]);
  if (key === "removed") await prepare(env.DIRECTORY, sql`DELETE FROM security_key WHERE person_id = ${id}`).run();
  return new Person({ id, name, email, organization: asclepia } as never, { id: row.id, cookie: cookie.split(";")[0]! }, authenticator, env);
}

const asclepia = { id: 1 };

async function addAccount(
  { sequence, profile, uses }: { sequence: number; profile: Profile; uses: "secret" | "excepted secret" | "key" },
  clouds: Clouds,
  env: Env,
): Promise<Caller> {
  const id = makeId({ region: 0, organization: 1, sequence });
  const clientId = `cgdm-sa-${profile}-${uses.replace(" ", "-")}`.toLowerCase();
  const exception =
    uses === "excepted secret" ? JSON.stringify({ labels, cloudIds: [clouds.own], ends: 9e12, givenBy: 1, given: 0, reason: "" }) : null;
  await commit(env.DIRECTORY, [
    ...actor({ id, name: clientId, kind: "api-account", profile }, clouds),
    { query: sql`INSERT INTO api_account (id, client_id, exception) VALUES (${id}, ${clientId}, ${exception})` },
  ]);
  return authenticate({ id, clientId, organization: asclepia } as never, uses === "key" ? "key" : "secret", env, Date.now());
}

function actor({ id, name, kind, profile }: { id: number; name: string; kind: string; profile: Profile }, { own, toRead }: Clouds) {
  const memberships = [
    [own, profile],
    [toRead, "STD"],
  ] as const;
  return [
    { query: sql`INSERT INTO actor (id, organization_id, kind, name, state, created) VALUES (${id}, 1, ${kind}, ${name}, 'active', 0)` },
    ...memberships.map(([cloud, held]) => ({
      query: sql`INSERT INTO membership (actor_id, cloud_id, profile, state, begins) VALUES (${id}, ${cloud}, ${held}, 'confirmed', 0)`,
    })),
  ];
}

/** The keys' uses are as their owners' names say, however long the table takes: six minutes ago is a moment after five. */
export async function refreshUses(askers: readonly Asker[], env: Env): Promise<void> {
  const now = Date.now();
  const usedAt: Record<Key, number | null> = { none: null, unused: null, fresh: now, expired: now - 5 * 60_000, removed: now };
  await env.DIRECTORY.batch(
    askers.flatMap(({ who, person }) =>
      person && who.kind === "person"
        ? [prepare(env.DIRECTORY, sql`UPDATE session SET mfa_at = ${usedAt[who.key]}, last_seen = ${now + 60_000} WHERE id = ${person.session}`)]
        : [],
    ),
  );
}
