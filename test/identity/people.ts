/** The people of the identity tests, each test with its own: a small organization, its members, and a browser for each. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { commit } from "../../db/commit.ts";
import { insertKey } from "../../db/directory/write/security-keys.ts";
import { insertSession } from "../../db/directory/write/sessions.ts";
import { issueActivation } from "../../db/directory/write/activation.ts";
import { readAll } from "../../db/statement.ts";
import { makeId } from "../../worker/contract/ids.ts";
import type { IdentityEvent, OutboxBody } from "../../worker/contract/log-entry.ts";
import { hashText, randomToken } from "../../worker/contract/operation.ts";
import type { Duty, Profile } from "../../worker/contract/roles.ts";
import type { Env } from "../../worker/env.ts";
import { hashPassword } from "../../worker/identity/password/hash.ts";
import { userHandle } from "../../worker/identity/security-keys/relying-party.ts";
import { newSession } from "../../worker/identity/session.ts";
import { identityRoutes } from "../../worker/identity/routes.ts";
import { SoftwareAuthenticator, type AuthenticatorSettings } from "../software-authenticator.ts";

export const product = env as unknown as Env;

export const password = "seven-lanterns-over-the-quay";
const passwordHash = hashPassword(password, product);

let organizations = 100;
let sequence = 1;

export interface Member {
  id: number;
  name: string;
  email: string;
  organizationId: number;
  cloudId: number;
}

/** A customer organization with one Cloud. */
export async function foundOrganization(name = "Asclepia"): Promise<{ organizationId: number; cloudId: number }> {
  const organizationId = organizations++;
  const cloudId = nextId(organizationId);
  await commit(env.DIRECTORY, [
    { query: sql`INSERT INTO organization(id, name, kind, created) VALUES (${organizationId}, ${`${name} ${organizationId}`}, 'customer', 1)` },
    { query: sql`INSERT INTO cloud(id, organization_id, name, created) VALUES (${cloudId}, ${organizationId}, ${`${name} Care`}, 1)` },
    { query: sql`INSERT INTO sequence(organization_id, next) VALUES (${organizationId}, 100000)` },
  ]);
  return { organizationId, cloudId };
}

/** Somebody with a profile on the organization's Cloud; active with `password`, or invited. */
export async function hire(
  name: string,
  profile: Profile | null,
  { at, invited = false, duty }: { at?: { organizationId: number; cloudId: number }; invited?: boolean; duty?: Duty } = {},
): Promise<Member> {
  const { organizationId, cloudId } = at ?? (await foundOrganization());
  const id = nextId(organizationId);
  const email = `${name.toLowerCase().replaceAll(" ", ".")}.${id}@asclepia.example`;
  await commit(env.DIRECTORY, [
    {
      query: sql`INSERT INTO actor(id, organization_id, kind, name, state, created) VALUES (${id}, ${organizationId}, 'person', ${name}, ${invited ? "invited" : "active"}, 1)`,
    },
    { query: sql`INSERT INTO person(id, email, password) VALUES (${id}, ${email}, ${invited ? null : passwordHash})` },
    ...(profile
      ? [{ query: sql`INSERT INTO membership(actor_id, cloud_id, profile, state, begins) VALUES (${id}, ${cloudId}, ${profile}, 'confirmed', 1)` }]
      : []),
    ...(duty ? [{ query: sql`INSERT INTO duty(actor_id, duty) VALUES (${id}, ${duty})` }] : []),
  ]);
  return { id, name, email, organizationId, cloudId };
}

/** The token of a new activation link. */
export async function invite(member: Member, now = Date.now()): Promise<string> {
  const token = randomToken();
  await commit(env.DIRECTORY, issueActivation(await hashText(token), member.id, now));
  return token;
}

/** A browser on the console's own pages: sends what a browser sends, and keeps its cookie. */
export class Browser {
  cookie = "";
  readonly address: string;

  constructor(address = `198.51.${Math.floor(Math.random() * 256)}.${Math.floor(Math.random() * 256)}`) {
    this.address = address;
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const init: RequestInit = {
      method,
      headers: {
        "sec-fetch-site": "same-origin",
        "cf-connecting-ip": this.address,
        "user-agent": "Tests",
        ...(this.cookie ? { cookie: `__Host-itcare=${this.cookie}` } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await identityRoutes.request(`${product.ORIGIN}${path}`, init, product);
    const set = /__Host-itcare=([^;]*)/.exec(response.headers.get("set-cookie") ?? "");
    if (set) this.cookie = set[1]!;
    return response;
  }

  async post<Answer = Record<string, never>>(path: string, body: unknown, status = 200): Promise<Answer> {
    const response = await this.send("POST", path, body);
    if (response.status !== status) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  async signIn(member: Member): Promise<void> {
    await this.post("/session", { email: member.email, password });
  }

  /** The request that this browser would send to the API. */
  asks(method = "GET", path = "/itcare/me"): Request {
    return new Request(`${product.ORIGIN}${path}`, { method, headers: { cookie: `__Host-itcare=${this.cookie}` } });
  }
}

interface OptionsAnswer {
  options: { rp: { id?: string }; user: { id: string }; challenge: string };
}

/** A browser in which the member is signed in already. */
export async function seat(member: Member): Promise<Browser> {
  const browser = new Browser();
  const request = new Request(product.ORIGIN, { headers: { "user-agent": "Tests", "cf-connecting-ip": browser.address } });
  const { row, token } = await newSession(request, member.id, Date.now());
  await commit(env.DIRECTORY, [insertSession(row)]);
  browser.cookie = token;
  return browser;
}

/** A member with a security key, signed in: what an activation leaves behind. */
export async function equip(member: Member, settings: AuthenticatorSettings = {}): Promise<{ browser: Browser; key: SoftwareAuthenticator }> {
  const key = await SoftwareAuthenticator.create(product.ORIGIN, settings);
  key.userHandle = userHandle(member.id);
  await commit(env.DIRECTORY, insertKey(key.enrolled(), member, "Blue key", Date.now()));
  return { browser: await seat(member), key };
}

/** The same through the activation link itself, password and all. */
export async function enrol(member: Member, settings: AuthenticatorSettings = {}): Promise<{ browser: Browser; key: SoftwareAuthenticator }> {
  const browser = new Browser();
  const key = await SoftwareAuthenticator.create(product.ORIGIN, settings);
  const token = await invite(member);
  const { options } = await browser.post<OptionsAnswer>("/activation/options", { token });
  await browser.post("/activation", { token, password, keyName: "Blue key", credential: await key.register(options) }, 201);
  return { browser, key };
}

/** The identity events of an organization, oldest first. */
export async function events(organizationId: number): Promise<IdentityEvent[]> {
  const rows = await readAll<{ body: string }>(env.DIRECTORY, sql`SELECT body FROM outbox WHERE organization_id = ${organizationId} ORDER BY number`);
  return rows.map(({ body }) => (JSON.parse(body) as OutboxBody).event as IdentityEvent);
}

function nextId(organization: number): number {
  return makeId({ region: 0, organization, sequence: sequence++ });
}
