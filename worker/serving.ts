/**
 * What must be there before this Worker answers anybody. A deployment that lacks a secret, or that carries what belongs to a local start (its mailbox, its
 * secrets, the demo company), answers 503 to everything: the log says to operators what is wrong, the answer says nothing.
 */
import type { JWK } from "jose";
import { isDemo } from "../db/directory/read/marks.ts";
import type { Env } from "./env.ts";
import { Problem, problemResponse } from "./gate/problem.ts";
import { isLocalStart, isWritten, LOCAL_KEYS } from "./local-start.ts";

type Needed = { [Name in keyof Env]-?: object extends Pick<Env, Name> ? never : Name }[keyof Env];

/** Everything without which there is no deployment: what the Worker takes and nobody names here does not compile. */
export const needed = {
  DIRECTORY: "binding",
  REGION_EB: "binding",
  REGION_ET: "binding",
  ZONE_CONTROLLERS: "binding",
  SIMULATED_ZONES: "binding",
  ORGANIZATION_LOGS: "binding",
  ORGANIZATION_PACES: "binding",
  ASSETS: "binding",
  DNS_QUERIES: "binding",
  ORIGIN: "variable",
  ZONE_PACE: "variable",
  PASSWORD_PEPPER: "secret",
  OAUTH_SIGNING_KEY: "secret",
} as const satisfies Record<Needed, "binding" | "variable" | "secret">;

type SecretName = "PASSWORD_PEPPER" | "OAUTH_SIGNING_KEY" | "SMTP_URL";

/** The secrets that every deployment has, and the one that mails by SMTP need. */
export function secretsFor({ MAIL }: Pick<Env, "MAIL">): SecretName[] {
  return ["PASSWORD_PEPPER", "OAUTH_SIGNING_KEY", ...(MAIL === "smtp" ? (["SMTP_URL"] as const) : [])];
}

/** Everything that keeps this Worker from serving, as sentences for operators; none of them holds a secret. */
export function whatIsWrong(env: Partial<Env>): string[] {
  const missing = secretsFor(env).filter((name) => !env[name]);
  const wrong = missing.map((name) => `The secret ${name} is missing: npm run deploy sets it.`);
  return isLocalStart(env) ? wrong : [...wrong, ...wrongInProduction(env)];
}

function wrongInProduction(env: Partial<Env>): string[] {
  const { ORIGIN, MAIL, JURISDICTION, PASSWORD_PEPPER, OAUTH_SIGNING_KEY } = env;
  const rules: [boolean, string][] = [
    ...named("binding").map((name): [boolean, string] => [Boolean(env[name]), `The binding ${name} is missing.`]),
    ...named("variable").map((name): [boolean, string] => [Boolean(env[name]), `The variable ${name} is missing.`]),
    [/^https:\/\/[^/?#@\s]+$/.test(ORIGIN ?? ""), "ORIGIN is not the https origin that browsers use, as https://itcare.example."],
    [JURISDICTION === "eu", 'JURISDICTION is not "eu": logs and zones would be kept anywhere.'],
    [MAIL !== "mailbox", 'MAIL is "mailbox", which shows everybody\'s mails to anybody: it is for a local start.'],
    [MAIL !== "cloudflare" || Boolean(env.EMAIL), 'MAIL is "cloudflare", and the binding EMAIL is missing.'],
    [!PASSWORD_PEPPER || isPepper(PASSWORD_PEPPER), "PASSWORD_PEPPER is not 32 random bytes in base64url, or is a local start's."],
    [!OAUTH_SIGNING_KEY || isSigningKey(OAUTH_SIGNING_KEY), "OAUTH_SIGNING_KEY is no private P-256 JWK with a kid, or is a local start's."],
  ];
  return rules.filter(([holds]) => !holds).map(([, sentence]) => sentence);
}

function named(kind: (typeof needed)[Needed]): Needed[] {
  return (Object.keys(needed) as Needed[]).filter((name) => needed[name] === kind);
}

function isPepper(text: string): boolean {
  return /^[\w-]{43}$/.test(text) && !isWritten(text);
}

function isSigningKey(text: string): boolean {
  try {
    const { kty, crv, x, y, d, kid } = JSON.parse(text) as JWK;
    return kty === "EC" && crv === "P-256" && Boolean(x && y && d) && typeof kid === "string" && !kid.startsWith(LOCAL_KEYS);
  } catch {
    return false;
  }
}

/** Databases that were looked at and hold no demo: once in the life of an isolate. */
const looked = new WeakSet<D1Database>();
const told = new Set<string>();

/** The answer to everything while something is wrong; null: the Worker serves. */
export async function refuseToServe(env: Env, request?: Request): Promise<Response | null> {
  const wrong = whatIsWrong(env);
  if (isLocalStart(env)) {
    if (request && !isThisMachine(request)) wrong.push(`ORIGIN is ${env.ORIGIN}, and somebody asks at ${new URL(request.url).host}.`);
  } else if (wrong.length === 0 && !looked.has(env.DIRECTORY)) {
    const demo = await isDemo(env.DIRECTORY).catch(() => null);
    if (demo === false) looked.add(env.DIRECTORY);
    else
      wrong.push(
        demo ? "The directory holds the demo company, whose passwords were printed: deploy with another one." : "The directory does not answer.",
      );
  }
  if (wrong.length === 0) return null;
  for (const sentence of wrong.filter((one) => !told.has(one))) console.error(`ITCare does not serve: ${sentence}`);
  for (const sentence of wrong) told.add(sentence);
  const problem = new Problem("unavailable", { detail: "ITCare does not serve here at the moment." });
  return problemResponse(problem, request ?? new Request("https://itcare.invalid"), crypto.randomUUID());
}

function isThisMachine(request: Request): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(request.url).hostname);
}
