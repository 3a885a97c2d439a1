/**
 * The people and the things that tests talk about, in workerd: the demo company, small, with everybody signed in. Call it once per file; storage is
 * isolated per file, so each test takes instances of its own (`addInstance`).
 *
 *   const { odile, stan, instances } = await world(env);
 *   const refused = await odile.fetch(`/itcare/compute/instances/${instances.EB.ACTIVE.TEST.id}`, { method: "PATCH", json: { operation: "stop" } });
 *   const accepted = await odile.sign(refused);
 */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { commit } from "../db/commit.ts";
import { enrolKey } from "../db/directory/write/security-keys.ts";
import { insertSession } from "../db/directory/write/sessions.ts";
import { asBalancer } from "../db/seed/balancers.ts";
import { attributesOf } from "../db/seed/attributes.ts";
import { company } from "../db/seed/company.ts";
import { plantCompany, resourceWrites, type Planted, type SeededAccount, type SeededPerson } from "../db/seed/plant.ts";
import { chance } from "../db/seed/random.ts";
import type { SeededResource } from "../db/seed/resources.ts";
import { prepare, readFirst } from "../db/statement.ts";
import { makeId } from "../worker/contract/ids.ts";
import { randomToken, toBase64Url } from "../worker/contract/operation.ts";
import { quotaList } from "../worker/contract/quotas.ts";
import { sumOf } from "../worker/contract/protection.ts";
import { environmentList, statusList, type Environment, type Family, type Status } from "../worker/contract/resource-types.ts";
import { regionList, regionOfZone, regions, type Region, type Zone } from "../worker/contract/topology.ts";
import type { Env } from "../worker/env.ts";
import { issueAccessToken } from "../worker/identity/oauth/access-token.ts";
import { newSession } from "../worker/identity/session.ts";
import worker from "../worker/index.ts";
import { SoftwareAuthenticator } from "./software-authenticator.ts";

export interface Ask extends Omit<RequestInit, "body"> {
  /** Sent as application/json. */
  json?: unknown;
  body?: BodyInit;
  /** Another environment than the file's: a region taken away, a slower zone. */
  env?: Env;
}

/** Somebody who asks. Ids and names are those of the directory. */
export class Caller {
  readonly id: number;
  readonly name: string;
  readonly organizationId: number;
  /** Sent beside what the test says: the cookie and what browsers add, or the bearer token. */
  protected readonly credentials: Record<string, string>;
  protected readonly env: Env;

  constructor(who: { id: number; name: string; organizationId: number }, credentials: Record<string, string>, env: Env) {
    this.id = who.id;
    this.name = who.name;
    this.organizationId = who.organizationId;
    this.credentials = credentials;
    this.env = env;
  }

  /** Sends through the Worker's own entry and waits until what it left to do is done. */
  async fetch(path: string, { json, env = this.env, ...init }: Ask = {}): Promise<Response> {
    const headers = new Headers({ ...this.credentials, ...(json !== undefined && { "content-type": "application/json" }) });
    new Headers(init.headers).forEach((value, name) => headers.set(name, value));
    const request = new Request(new URL(path, env.ORIGIN), { ...init, headers, body: json === undefined ? init.body : JSON.stringify(json) });
    const context = createExecutionContext();
    const response = await worker.fetch!(request as never, env, context);
    if (response.status !== 101) await waitOnExecutionContext(context);
    return response;
  }
}

export class Person extends Caller {
  readonly email: string;
  /** The session's public id. */
  readonly session: string;
  /** Null: none is enrolled. */
  readonly key: SoftwareAuthenticator | null;
  readonly #asked = new WeakMap<Response, { path: string; ask: Ask }>();

  constructor(who: Somebody, session: { id: string; cookie: string }, key: SoftwareAuthenticator | null, env: Env) {
    const own = { cookie: session.cookie, origin: env.ORIGIN, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" };
    super({ id: who.id, name: who.name, organizationId: who.organization.id }, own, env);
    this.email = who.email;
    this.session = session.id;
    this.key = key;
  }

  override async fetch(path: string, ask: Ask = {}): Promise<Response> {
    const response = await super.fetch(path, ask);
    this.#asked.set(response, { path, ask });
    return response;
  }

  /** Answers a 401's challenge with the security key and sends the same request again. @throws Error when there is nothing to sign */
  async sign(refused: Response): Promise<Response> {
    const { path, ask } = this.#asked.get(refused)!;
    return this.fetch(path, { ...ask, headers: { ...Object.fromEntries(new Headers(ask.headers)), "itcare-proof": await this.proofFor(refused) } });
  }

  /** The `ITCare-Proof` that answers a 401's challenge, to be sent by hand or bent first. */
  async proofFor(refused: Response): Promise<string> {
    const problem = (await refused.clone().json()) as { detail?: string; challenge?: { options: { challenge: string } } };
    if (!problem.challenge) throw new Error(`${this.name} has nothing to sign: ${refused.status} ${problem.detail}`);
    if (!this.key) throw new Error(`${this.name} has no security key.`);
    const answer = await this.key.get(problem.challenge.options);
    return toBase64Url(new TextEncoder().encode(JSON.stringify(answer)));
  }

  /** Asks, signs what is asked for, and answers what came of it. */
  async act(path: string, ask: Ask): Promise<Response> {
    return this.sign(await this.fetch(path, ask));
  }

  /** The same person at the same browser, with another key in their hand. */
  holding(key: SoftwareAuthenticator): Person {
    const who = { ...this, key: "", organization: { id: this.organizationId } };
    return new Person(who, { id: this.session, cookie: this.credentials["cookie"]! }, key, this.env);
  }

  /** As if the key had been used in this session `ago` ms before now. */
  async stepUp(ago = 0): Promise<void> {
    await prepare(this.env.DIRECTORY, sql`UPDATE session SET mfa_at = ${Date.now() - ago} WHERE id = ${this.session}`).run();
  }
}

type Somebody = Pick<SeededPerson, "id" | "key" | "name" | "email"> & { organization: { id: number } };
type PersonKey = "stan" | "mona" | "odile" | "paul" | "sybil" | "nora" | "rita" | "boris" | "bea" | "otto" | "greta" | "olga" | "david";

export interface NewInstance {
  organizationId?: number;
  cloud?: string;
  zone?: Zone;
  family?: Family;
  status?: Status;
  environment?: Environment;
  name?: string;
  tags?: { key: string; value: string }[];
  monitored?: boolean;
}

export type World = Record<PersonKey, Person> & {
  /** Everybody, the three organizations' API accounts left out. */
  people: Person[];
  /** Nobody: neither cookie nor token. */
  nobody: Caller;
  /** Asclepia's API accounts: the one with a secret, which only reads, and the one with a key. */
  reader: Caller;
  runner: Caller;
  /** The runner's account, with a token got by a secret: its profile would do, its credential does not. */
  runnerWithSecret: Caller;
  planted: Planted;
  /** One instance of Asclepia Care for each. A test that changes one takes another by `addInstance`. */
  instances: Record<Region, Record<Status, Record<Environment, SeededResource>>>;
  /** An instance of Borealis, ACTIVE, and a number that is an id of Asclepia's but of nothing. */
  foreign: SeededResource;
  absent: number;
  addInstance(what?: NewInstance): Promise<SeededResource>;
};

const careZone: Record<Region, Zone> = { EB: "EB-HDS-A", ET: "ET-HDS-A" };

export async function world(env: Env): Promise<World> {
  const now = Date.now();
  const planted = await plantCompany({ directory: env.DIRECTORY, regions: { EB: env.REGION_EB, ET: env.REGION_ET }, now, size: "small" });
  await prepare(env.DIRECTORY, sql`UPDATE actor SET state = 'active' WHERE kind = 'person'`).run();
  // Tests that are about quotas set them; the others may fill a Cloud with whatever they need.
  const boundless = JSON.stringify(Object.fromEntries(quotaList.map((name) => [name, 1e12])));
  await Promise.all(regionList.map((region) => prepare(env[`REGION_${region}`], sql`UPDATE cloud SET quotas = ${boundless}`).run()));
  const people = await Promise.all(planted.people.map((person) => signIn(person, env, now)));
  const accountOf = (name: string) => planted.accounts.find(({ clientId }) => clientId === `cgdm-sa-asclepia-${name}`)!;
  const [reader, runner, runnerWithSecret] = await Promise.all([
    authenticate(accountOf("reader"), "secret", env, now),
    authenticate(accountOf("runner"), "key", env, now),
    authenticate(accountOf("runner"), "secret", env, now),
  ]);
  const adder = instanceAdder(planted, env, now);
  const all = await adder(
    regionList.flatMap((region) =>
      statusList.flatMap((status) =>
        environmentList.map((environment) => ({
          zone: careZone[region],
          status,
          environment,
          name: `${region}-${status}-${environment}`.toLowerCase(),
        })),
      ),
    ),
  );
  const [foreign] = await adder([{ organizationId: 2, cloud: "Borealis", environment: "TEST" }]);
  const find = (region: Region, status: Status, environment: Environment) =>
    all.find((instance) => instance.region === region && instance.status === status && instance.environment === environment)!;
  return {
    ...(Object.fromEntries(planted.people.map(({ key }, index) => [key, people[index]!])) as Record<PersonKey, Person>),
    people,
    nobody: new Caller({ id: 0, name: "nobody", organizationId: 0 }, {}, env),
    reader,
    runner,
    runnerWithSecret,
    planted,
    instances: record(regionList, (region) =>
      record(statusList, (status) => record(environmentList, (environment) => find(region, status, environment))),
    ),
    foreign: foreign!,
    absent: makeId({ region: regions.EB.code, organization: 1, sequence: 4_000_000_000 }),
    addInstance: async (what = {}) => (await adder([what]))[0]!,
  };
}

/** With a session and, Nora aside, a key. */
export async function signIn(person: Somebody, env: Env, now: number): Promise<Person> {
  const { row, cookie } = await newSession(new Request(env.ORIGIN, { headers: { "user-agent": "a test" } }), person.id, now);
  const key = person.key === "nora" ? null : await SoftwareAuthenticator.create(env.ORIGIN);
  await commit(env.DIRECTORY, [
    insertSession(row),
    ...(key
      ? enrolKey(
          key.enrolled(),
          { id: person.id, name: person.name, organizationId: person.organization.id, session: row.id },
          `${person.name}'s key`,
          now,
        )
      : []),
  ]);
  return new Person(person, { id: row.id, cookie: cookie.split(";")[0]! }, key, env);
}

export async function authenticate({ id, clientId, organization }: SeededAccount, uses: "secret" | "key", env: Env, now: number): Promise<Caller> {
  const familyId = randomToken(16);
  const lifetime = 1200;
  await prepare(
    env.DIRECTORY,
    sql`INSERT INTO token_family (id, account_id, authenticated_by, scope, created, expires) VALUES (${familyId}, ${id}, ${uses}, '', ${now}, ${now + lifetime * 1000})`,
  ).run();
  const bearer = await issueAccessToken({ accountId: id, clientId, familyId, authenticatedBy: uses, scope: "", lifetime }, env, now);
  return new Caller({ id, name: clientId, organizationId: organization.id }, { authorization: `Bearer ${bearer}` }, env);
}

/** Adds instances as if they had always been there; ids come from the region's own sequence, so nothing else gets the same. */
function instanceAdder(planted: Planted, env: Env, now: number) {
  const random = chance(2);
  let count = 0;
  let added = 0;
  return async (wanted: readonly NewInstance[]): Promise<SeededResource[]> => {
    const made: SeededResource[] = [];
    for (const {
      organizationId = 1,
      cloud = "Asclepia Care",
      zone = "EB-HDS-A",
      family = "DEBIAN",
      status = "ACTIVE",
      environment = "TEST",
      name,
      tags = [],
      monitored = false,
    } of wanted) {
      const region = regionOfZone(zone);
      const taken = await readFirst<{ next: number }>(
        env[`REGION_${region}`],
        sql`UPDATE sequence SET next = next + 1 WHERE organization_id = ${organizationId} RETURNING next`,
      );
      const { id: cloudId } = planted.clouds.find((candidate) => candidate.name === cloud)!;
      const service = planted.services.find((candidate) => candidate.cloudId === cloudId)!;
      const network = planted.networks.find((candidate) => candidate.organizationId === organizationId && candidate.zone === zone)!;
      const id = makeId({ region: regions[region].code, organization: organizationId, sequence: taken!.next - 1 });
      const index = added++;
      const inNetwork = attributesOf(family, { ...network, nextHost: 10 + (index % 240) }, random) as { network?: object };
      // A network has room for some; whatever is added beyond has an address of its own elsewhere.
      const ipAddress = `10.200.${Math.floor(index / 256) % 256}.${index % 256}`;
      const attributes = {
        ...inNetwork,
        ...(index >= 240 && inNetwork.network ? { ipAddress, network: { ...inNetwork.network, ipAddress } } : {}),
        ...(monitored ? { monitoringEnabled: true } : {}),
      };
      const one: SeededResource = {
        id,
        organizationId,
        cloudId,
        service,
        region,
        zone,
        family,
        status,
        environment,
        name: name ?? `test-${++count}`,
        created: now,
        updated: now,
        tags,
        attributes,
        protection: sumOf({ monitoring: monitored }),
      };
      made.push(family === "LOAD_BALANCER" ? asBalancer(one, company.find(({ id: owner }) => owner === organizationId)!.domain) : one);
    }
    const inRegion = (region: Region) => made.filter((instance) => instance.region === region);
    const there = regionList.filter((region) => inRegion(region).length > 0);
    await Promise.all(there.map((region) => commit(env[`REGION_${region}`], resourceWrites(inRegion(region)))));
    return made;
  };
}

function record<Key extends string, Value>(keys: readonly Key[], value: (key: Key) => Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<Key, Value>;
}
