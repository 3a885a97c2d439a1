/**
 * What `npm run deploy` does, in order: settings, account, databases, migrations, secrets, console, Worker. Each step says what it will do before it does it,
 * finds what is there already, and stops with what to correct; what was done until then stands, and the next run goes on from there.
 */
import { exportJWK, generateKeyPair } from "jose";
import { randomToken } from "../../worker/contract/operation.ts";
import type { Env } from "../../worker/env.ts";
import { secretsFor, whatIsWrong } from "../../worker/serving.ts";
import { environmentOf, type Production } from "./production.ts";
import { jsonOf, type Said, type Wrangler } from "./wrangler.ts";

/** A step that cannot go on: what to correct, for people. */
export class Stopped extends Error {}

export interface Deploying {
  production: Production;
  wrangler: Wrangler;
  say(line: string): void;
  /** Asks for a secret without showing it; null: nobody is there to be asked. */
  ask(question: string): Promise<string | null>;
  /** Writes the configuration with these ids and answers its path. */
  configure(ids: Readonly<Record<string, string>>): string;
  buildConsole(): void;
}

type SecretName = ReturnType<typeof secretsFor>[number];

/** @throws Stopped */
export async function deploy(deploying: Deploying): Promise<void> {
  const { production, wrangler, say, buildConsole } = deploying;
  say("Looking at production.toml …");
  await checkSettings(production);
  say("Asking Cloudflare who you are …");
  const who = await wrangler(["whoami", "--json"]);
  if (!who.ok) throw new Stopped("Nobody is logged in at Cloudflare. Run npm exec -- wrangler login, or set CLOUDFLARE_API_TOKEN.");
  const config = await prepareDatabases(deploying);
  const state = await readState(deploying, config);
  if (state.demo)
    throw new Stopped(
      `The database ${nameOf(production, "DIRECTORY")} holds the demo company of a local start. Delete it (wrangler d1 delete) and deploy again.`,
    );
  await prepareSecrets(deploying, config, state.passwords);
  say("Building the console …");
  buildConsole();
  say(`Deploying the Worker ${production.name} with its pages …`);
  succeeded(await wrangler(["deploy", "--config", config]), "The Worker was not deployed.");
  say(`ITCare is deployed at ${production.vars.ORIGIN}. A new domain takes some minutes to answer.`);
}

/** @throws Stopped with all that the Worker itself would refuse to serve with, and what is still the example's */
export async function checkSettings(production: Production, isDryRun = false): Promise<void> {
  const { vars, routes = [] } = production;
  const secrets = Object.fromEntries(await Promise.all(secretsFor(vars).map(async (name) => [name, (await generate(name)) ?? "asked for"] as const)));
  const wrong = whatIsWrong(environmentOf(production, secrets));
  if (!routes.some(({ pattern, custom_domain }) => custom_domain && `https://${pattern}` === vars.ORIGIN))
    wrong.push(`No route leads from ${vars.ORIGIN} to the Worker: give it the pattern of ORIGIN's host and custom_domain = true.`);
  if (!isDryRun && vars.ORIGIN.endsWith(".example"))
    wrong.push(`ORIGIN is still the example's, ${vars.ORIGIN}: put your own name there, in the route and in MAIL_FROM.`);
  if (wrong.length > 0) throw new Stopped(`Correct production.toml:\n  ${wrong.join("\n  ")}`);
}

interface Listed {
  name: string;
  uuid: string;
  jurisdiction?: string | null;
}

/** Finds or makes each database in the jurisdiction, and brings its schema up to date. @returns the configuration's path */
async function prepareDatabases({ production, wrangler, say, configure }: Deploying): Promise<string> {
  const { JURISDICTION: jurisdiction } = production.vars;
  say("Looking for the databases …");
  const there = await listDatabases(wrangler);
  for (const { database_name: name } of production.d1_databases.filter(({ database_name }) => !there.has(database_name))) {
    say(`Making the database ${name}, in the jurisdiction ${jurisdiction} …`);
    succeeded(await wrangler(["d1", "create", name, "--jurisdiction", jurisdiction]), `The database ${name} was not made.`);
  }
  const config = configure(await findDatabases(production, wrangler));
  for (const { binding, database_name: name } of production.d1_databases) {
    say(`Bringing the schema of ${name} up to date …`);
    const said = await wrangler(["d1", "migrations", "apply", binding, "--remote", "--config", config]);
    succeeded(said, `The schema of ${name} is not up to date: a migration that fails is taken back whole, those before it stand.`);
  }
  return config;
}

/** The databases' ids by binding. @throws Stopped when one is missing, or lies outside of the jurisdiction */
export async function findDatabases({ d1_databases, vars: { JURISDICTION } }: Production, wrangler: Wrangler): Promise<Record<string, string>> {
  const there = await listDatabases(wrangler);
  const found = d1_databases.map(({ binding, database_name: name }) => {
    const database = there.get(name);
    if (!database) throw new Stopped(`Cloudflare lists no database ${name}. Run npm run deploy; a new one may take a minute to be listed.`);
    if (database.jurisdiction === JURISDICTION) return [binding, database.uuid];
    throw new Stopped(
      `The database ${name} lies in ${database.jurisdiction ? `the jurisdiction ${database.jurisdiction}` : "no jurisdiction"}, and that cannot be changed. ` +
        `Delete it if nobody needs it (wrangler d1 delete ${name}), or give database_name in wrangler.toml another name.`,
    );
  });
  return Object.fromEntries(found) as Record<string, string>;
}

async function listDatabases(wrangler: Wrangler): Promise<Map<string, Listed>> {
  const said = succeeded(await wrangler(["d1", "list", "--json"]), "The account's databases cannot be listed.");
  return new Map(jsonOf<Listed[]>(said).map((database) => [database.name, database]));
}

async function readState({ wrangler }: Deploying, config: string): Promise<{ demo: number; passwords: number }> {
  const query =
    "SELECT (SELECT count(*) FROM mark WHERE name = 'demo') AS demo, (SELECT count(*) FROM person WHERE password IS NOT NULL) AS passwords";
  const said = await wrangler(["d1", "execute", "DIRECTORY", "--remote", "--json", "--yes", "--config", config, "--command", query]);
  succeeded(said, "The directory cannot be read.");
  return jsonOf<{ results: { demo: number; passwords: number }[] }[]>(said)[0]!.results[0]!;
}

/** What is there stays: another pepper would make every password wrong. */
async function prepareSecrets({ production, wrangler, say, ask }: Deploying, config: string, passwords: number): Promise<void> {
  say("Looking for the Worker's secrets …");
  const listed = await wrangler(["secret", "list", "--format", "json", "--config", config]);
  // The only failure that means that there are none.
  const isNew = !listed.ok && listed.all.includes(`Worker "${production.name}" not found`);
  if (!isNew) succeeded(listed, "The Worker's secrets cannot be listed.");
  const there = new Set(isNew ? [] : jsonOf<{ name: string }[]>(listed).map(({ name }) => name));
  const missing = secretsFor(production.vars).filter((name) => !there.has(name));
  if (missing.length === 0) return;
  if (missing.includes("PASSWORD_PEPPER") && passwords > 0)
    throw new Stopped(
      `The secret PASSWORD_PEPPER is gone, and ${passwords} people have passwords that nobody can check without it. ` +
        "Set it again from your safe (wrangler secret put PASSWORD_PEPPER); with a new one everybody would need a new password.",
    );
  const secrets: Record<string, string> = {};
  for (const name of missing) {
    const generated = await generate(name);
    say(generated ? `Generating the secret ${name} …` : `Asking for the secret ${name} …`);
    const value = generated ?? (await ask(`${name} (${asked[name]}): `));
    if (!value)
      throw new Stopped(
        `The secret ${name} is missing (${asked[name]}). Run npm run deploy in a terminal, or set it with wrangler secret put ${name}.`,
      );
    secrets[name] = value;
  }
  const said = await wrangler(["secret", "bulk", "--config", config], JSON.stringify(secrets));
  if (!said.ok) throw new Stopped(`The secrets were not set.\n${without(said.all, Object.values(secrets))}`);
}

const asked: Partial<Record<SecretName, string>> = { SMTP_URL: "smtps://user:password@host:465, or smtp:// for STARTTLS at 587" };

/** Null: it is somebody else's to know. */
async function generate(name: SecretName): Promise<string | null> {
  switch (name) {
    case "PASSWORD_PEPPER":
      return randomToken();
    case "OAUTH_SIGNING_KEY": {
      const { privateKey } = await generateKeyPair("ES256", { extractable: true });
      return JSON.stringify({ ...(await exportJWK(privateKey)), kid: randomToken(8), alg: "ES256", use: "sig" });
    }
    case "SMTP_URL":
      return null;
  }
}

function nameOf({ d1_databases }: Production, binding: keyof Env): string {
  return d1_databases.find((database) => database.binding === binding)!.database_name;
}

/** @throws Stopped with what wrangler said */
function succeeded(said: Said, otherwise: string): Said {
  if (said.ok) return said;
  throw new Stopped(`${otherwise} Wrangler says:\n${said.all}`);
}

/** Whatever a program repeats of its input. */
function without(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return forms.reduce((clean, secret) => clean.replaceAll(secret, "…"), text);
}
