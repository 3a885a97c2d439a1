/**
 * Makes true what a refusal says would change it, from the facts in the answer alone, and takes it back: in the database where an act of somebody
 * else's would, in the request where whoever asks can.
 */
import { sql } from "drizzle-orm";
import { exportJWK, generateKeyPair } from "jose";
import { commit } from "../../db/commit.ts";
import { registerCredential } from "../../db/directory/write/credentials.ts";
import { enrolKey } from "../../db/directory/write/security-keys.ts";
import { prepare, readFirst } from "../../db/statement.ts";
import type { Maker, Missing } from "../../worker/contract/missing.ts";
import { protections } from "../../worker/contract/protection.ts";
import { statuses } from "../../worker/contract/resource-types.ts";
import type { Env } from "../../worker/env.ts";
import { SoftwareAuthenticator } from "../software-authenticator.ts";
import { authenticate, type Ask, type Caller, type Person } from "../world.ts";
import type { Asker } from "./people.ts";

/** The request as it is sent, and by whom. */
export interface Attempt {
  asker: Asker;
  path: string;
  ask: Ask;
  /** Where a proof is asked for it is given. */
  proves: boolean;
}

export interface Changed {
  attempt: Attempt;
  undo(): Promise<void>;
}

const nothing = async () => {};

/** @param askers among whom is who can do it in somebody's place */
export async function changed(attempt: Attempt, part: Missing, askers: readonly Asker[], env: Env): Promise<Changed> {
  const { asker } = attempt;
  const { change } = part;
  const { id } = asker.caller;
  switch (change.kind) {
    case "prove":
      return { attempt: { ...attempt, proves: true }, undo: nothing };
    case "authenticate":
      return { attempt: { ...attempt, asker: { ...asker, caller: await withKey(asker, env) } }, undo: nothing };
    case "hand-over":
      return { attempt: { ...attempt, asker: otherOf(part.by, asker, askers), proves: true }, undo: nothing };
    case "wait": {
      const row = (await readFirst<{ resource_id: number; open_operation: number; status: number }>(
        env.REGION_EB,
        sql`SELECT o.resource_id, r.open_operation, r.status FROM operation o JOIN resource r ON r.id = o.resource_id WHERE o.id = ${change.action!}`,
      ))!;
      const after = change.label === "stop-instance" || change.label === "stop-lb" ? statuses.INACTIVE : row.status;
      await setResource(env, row.resource_id, null, null, after);
      return { attempt, undo: () => setResource(env, row.resource_id, row.open_operation, change.label, row.status) };
    }
    case "act":
      return { attempt, undo: await acted(change, part, id, asker, env) };
    default:
      throw new Error(`Nothing can be done about ${JSON.stringify(part)}.`);
  }
}

async function setResource(env: Env, id: number, action: number | null, label: string | null, status: number): Promise<void> {
  await prepare(env.REGION_EB, sql`UPDATE resource SET open_operation = ${action}, open_label = ${label}, status = ${status} WHERE id = ${id}`).run();
}

async function acted(
  change: Extract<Missing["change"], { kind: "act" }>,
  part: Missing,
  id: number,
  asker: Asker,
  env: Env,
): Promise<() => Promise<void>> {
  const directory = async (query: ReturnType<typeof sql>) => void (await prepare(env.DIRECTORY, query).run());
  switch (change.label) {
    case "change-profile":
    case "update-api-account": {
      const cloud = part.cloud!.id;
      const set = (profile: string) => directory(sql`UPDATE membership SET profile = ${profile} WHERE actor_id = ${id} AND cloud_id = ${cloud}`);
      await set(part.needed![0]!);
      return () => set(part.held!);
    }
    case "give-duty": {
      const duty = change.options!["duty"] as string;
      await directory(sql`INSERT INTO duty (actor_id, duty) VALUES (${id}, ${duty})`);
      return () => directory(sql`DELETE FROM duty WHERE actor_id = ${id} AND duty = ${duty}`);
    }
    case "issue-enrolment":
      return enrol(asker.person!, env);
    case "start-instance":
    case "start-lb":
    case "stop-instance":
    case "stop-lb": {
      const [after, before] = change.label.startsWith("start") ? [statuses.ACTIVE, statuses.INACTIVE] : [statuses.INACTIVE, statuses.ACTIVE];
      const set = async (status: number) =>
        void (await prepare(env.REGION_EB, sql`UPDATE resource SET status = ${status} WHERE id = ${change.id!}`).run());
      await set(after);
      return () => set(before);
    }
    case "enable-monitoring-instance": {
      const set = async (protection: number | null) => {
        const row = await readFirst<{ protection: number | null }>(env.REGION_EB, sql`SELECT protection FROM resource WHERE id = ${change.id!}`);
        await prepare(env.REGION_EB, sql`UPDATE resource SET protection = ${protection} WHERE id = ${change.id!}`).run();
        return row!.protection;
      };
      const before = await set(protections.monitoring);
      return async () => void (await set(before));
    }
    default: {
      const [, verb, noun] = /^(resume|suspend)-(person|cloud|organization)$/.exec(change.label) ?? [];
      if (!verb) throw new Error(`How is ${change.label} done here? Say it in test/decision/changing.ts.`);
      const set = (state: string) =>
        directory(
          noun === "person"
            ? sql`UPDATE actor SET state = ${state} WHERE id = ${change.id!}`
            : noun === "cloud"
              ? sql`UPDATE cloud SET state = ${state} WHERE id = ${change.id!}`
              : sql`UPDATE organization SET state = ${state} WHERE id = ${change.id!}`,
        );
      await set(verb === "resume" ? "active" : "suspended");
      return () => set(part.held!);
    }
  }
}

/** The key that each person is given when they need one: made once. */
const keys = new Map<number, SoftwareAuthenticator>();

export async function keyOf(person: Person, env: Env): Promise<SoftwareAuthenticator> {
  const key = person.key ?? keys.get(person.id) ?? (await SoftwareAuthenticator.create(env.ORIGIN));
  keys.set(person.id, key);
  return key;
}

async function enrol(person: Person, env: Env): Promise<() => Promise<void>> {
  const key = await SoftwareAuthenticator.create(env.ORIGIN);
  const { id, name, session } = person;
  keys.set(id, key);
  await commit(env.DIRECTORY, enrolKey(key.enrolled(), { id, name, organizationId: 1, session }, "A key", Date.now()));
  return async () => void (await prepare(env.DIRECTORY, sql`DELETE FROM security_key WHERE person_id = ${id}`).run());
}

async function withKey({ caller }: Asker, env: Env): Promise<Caller> {
  return authenticate({ id: caller.id, clientId: caller.name, organization: { id: 1 } } as never, "key", env, Date.now());
}

/** Somebody else who holds what `by` names, with a key that is there. */
function otherOf(by: readonly Maker[], { caller }: Asker, askers: readonly Asker[]): Asker {
  const duty = by[0]!.endsWith("service-delivery") ? "service-delivery" : "representative";
  return askers.find(({ who, caller: other }) => who.kind === "person" && who.duty === duty && who.key === "fresh" && other.id !== caller.id)!;
}

interface Signer {
  kid: string;
  privateKey: CryptoKey;
}
const signers = new Map<number, Signer>();

/** The signature of a program's request (RFC 9421), by a key that is registered for it once. */
export async function signedBy({ caller }: Asker, path: string, ask: Ask, env: Env): Promise<Record<string, string>> {
  const { kid, privateKey } = signers.get(caller.id) ?? (await register(caller, env));
  const url = new URL(path, env.ORIGIN);
  const body = ask.json === undefined ? "" : JSON.stringify(ask.json);
  const values: [string, string][] = [
    ["@method", ask.method!],
    ["@authority", url.host],
    ["@path", url.pathname],
    ["@query", url.search || "?"],
  ];
  if (body) values.push(["content-digest", `sha-256=:${base64(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body)))}:`]);
  const names = values.map(([name]) => `"${name}"`).join(" ");
  const input = `(${names});created=${Math.floor(Date.now() / 1000)};nonce="${crypto.randomUUID()}";keyid="${kid}"`;
  const base = [...values.map(([name, value]) => `"${name}": ${value}`), `"@signature-params": ${input}`].join("\n");
  const bytes = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, new TextEncoder().encode(base));
  return {
    ...Object.fromEntries(values.filter(([name]) => !name.startsWith("@"))),
    "signature-input": `s=${input}`,
    signature: `s=:${base64(bytes)}:`,
  };
}

const base64 = (data: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(data)));

async function register({ id, name, organizationId }: Caller, env: Env): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const kid = `changed-${id}`;
  const account = { kind: "api-account" as const, id, name, organizationId, session: name };
  const jwk = { ...(await exportJWK(publicKey)), kid };
  await commit(env.DIRECTORY, registerCredential(account, { id: null, name: kid, ends: null, kind: "key", jwk }, Date.now() - 1000));
  const signer = { kid, privateKey };
  signers.set(id, signer);
  return signer;
}
