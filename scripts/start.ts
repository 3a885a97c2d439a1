/**
 * `npm start`: builds the console, brings the local databases up to date, seeds the demo company once, starts the server and says where to go.
 *
 *   npm start -- --fresh        begin anew: the databases are deleted and seeded again
 *   npm start -- --port 8790    another port
 *   npm start -- --home DIR     keep databases, secrets and the demo's credentials in DIR rather than in .wrangler
 *   npm start -- --quiet        one line rather than the tour; for the browser's tests
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs, parseEnv } from "node:util";
import { exportJWK, generateKeyPair } from "jose";
import { issueLinks, seed } from "../db/seed.ts";
import type { Demo } from "../db/seed/demo.ts";
import { randomToken } from "../worker/contract/operation.ts";
import { localPepper, LOCAL_KEYS } from "../worker/local-start.ts";
import { withDatabases, type Databases } from "./lib/databases.ts";
import { giveUp, ownEnvironment, root } from "./lib/own-node.mjs";
import { isFree, startServer } from "./lib/server.ts";
import { tour } from "./lib/tour.ts";

const { values: options } = parseArgs({
  options: {
    fresh: { type: "boolean" },
    quiet: { type: "boolean" },
    port: { type: "string", default: "8787" },
    home: { type: "string" },
    var: { type: "string", multiple: true, default: [] },
  },
});
const port = Number(options.port);
const home = options.home ? resolve(options.home) : join(root, ".wrangler");
const files = {
  state: join(home, "state"),
  secrets: options.home ? join(home, ".dev.vars") : join(root, ".dev.vars"),
  demo: join(home, "demo", "demo.json"),
};

const say = (line: string): void => void (options.quiet || console.log(line));

if (!Number.isInteger(port) || port < 1 || port > 65_535) giveUp(`--port takes a number from 1 to 65535, not ${options.port}.`);
if (!(await isFree(port)))
  giveUp(`Port ${port} is in use: is ITCare running already? Stop what runs there, or choose another port:\n\n  npm start -- --port ${port + 3}`);

buildConsole();
// The credentials are written last: without them the databases are those of a first start that did not come to its end.
const isNew = options.fresh || !existsSync(files.demo);
if (isNew) for (const path of [files.state, join(home, "demo")]) rmSync(path, { recursive: true, force: true });
const pepper = await ensureSecrets();
const { demo, links } = await withDatabases(files.state, (databases) => prepare(databases));

const server = await startServer({
  port,
  state: files.state,
  secrets: files.secrets,
  vars: Object.fromEntries(options.var.map((pair) => pair.split(/:(.*)/s).slice(0, 2))),
}).catch((error: Error) => giveUp(error.message));
let asked = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    asked = true;
    server.stop();
  });
}
console.log(options.quiet ? `ITCare answers at ${server.origin}` : tour(server.origin, demo, links, relative(root, join(home, "demo"))));
const code = await server.ended;
process.exitCode = asked ? 0 : code;

function buildConsole(): void {
  say("Building the console …");
  const built = spawnSync(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"], {
    cwd: root,
    encoding: "utf8",
    env: ownEnvironment(),
  });
  if (built.status !== 0) giveUp(`The console does not build:\n${built.stdout}${built.stderr}`);
}

/** Fresh random secrets for this machine, once. A demo whose secrets are gone has passwords that nobody can check. */
async function ensureSecrets(): Promise<string> {
  const known = existsSync(files.secrets) ? parseEnv(readFileSync(files.secrets, "utf8")) : {};
  if (known.PASSWORD_PEPPER && known.OAUTH_SIGNING_KEY) return known.PASSWORD_PEPPER;
  if (!isNew)
    giveUp(`The secrets in ${relative(root, files.secrets)} are gone, and with them the demo's passwords. Begin anew:\n\n  npm start -- --fresh`);
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const secrets = {
    PASSWORD_PEPPER: localPepper(),
    OAUTH_SIGNING_KEY: JSON.stringify({ ...(await exportJWK(privateKey)), kid: `${LOCAL_KEYS}${randomToken(8)}`, alg: "ES256", use: "sig" }),
    ...known,
  };
  mkdirSync(home, { recursive: true });
  writeFileSync(
    files.secrets,
    Object.entries(secrets)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(""),
    { mode: 0o600 },
  );
  return secrets.PASSWORD_PEPPER!;
}

async function prepare({ DIRECTORY, REGION_EB, REGION_ET }: Databases): Promise<{ demo: Demo; links: Record<string, string> }> {
  const now = Date.now();
  if (isNew) say("Seeding the demo company …");
  const demo = isNew
    ? await seed({ directory: DIRECTORY, regions: { EB: REGION_EB, ET: REGION_ET }, pepper, now })
    : (JSON.parse(readFileSync(files.demo, "utf8")) as Demo);
  const links = await issueLinks(DIRECTORY, now);
  mkdirSync(join(home, "demo"), { recursive: true });
  const write = (path: string, content: unknown): void => writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  for (const { clientId, privateKey } of demo.apiAccounts) if (privateKey) write(join(home, "demo", `${clientId}.jwk.json`), privateKey);
  write(join(home, "demo", "links.json"), links);
  write(files.demo, demo);
  return { demo, links };
}
