/**
 * Earlier states of a region: where they are kept, and how one becomes the region's again. On a local start a backup is a copy of the database's file; in
 * production D1 keeps every minute of the last 30 days by itself (Time Travel).
 */
import { spawnSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { unstable_readConfig as readConfig } from "wrangler";
import { commit } from "../../db/commit.ts";
import { tellAgain } from "../../db/directory/write/feed.ts";
import { markRestored, type Carried } from "../../db/region/write/restoration.ts";
import { toStatement, type Statement } from "../../db/statement.ts";
import type { Region } from "../../worker/contract/topology.ts";
import { withDatabases } from "./databases.ts";
import { ownEnvironment, root } from "./own-node.mjs";

interface Declared {
  binding: string;
  database_name: string;
  database_id: string;
}

function declared(binding: string): Declared {
  const all = (readConfig({ config: join(root, "wrangler.toml") }) as { d1_databases: Declared[] }).d1_databases;
  return all.find((one) => one.binding === binding)!;
}

/** Where the local runtime keeps a database: a Durable Object's id, made of the database's. */
function fileOf(state: string, binding: string): string {
  const key = createHash("sha256").update("miniflare-D1DatabaseObject").digest();
  const name = createHmac("sha256", key).update(declared(binding).database_id).digest().subarray(0, 16);
  const check = createHmac("sha256", key).update(name).digest().subarray(0, 16);
  return join(state, "v3", "d1", "miniflare-D1DatabaseObject", `${Buffer.concat([name, check]).toString("hex")}.sqlite`);
}

const folderOf = (home: string, region: Region) => join(home, "backups", region);
const nameOf = (at: number) => `${new Date(at).toISOString().replaceAll(":", ".")}.sqlite`;
const momentOf = (name: string) => Date.parse(name.replace(/\.sqlite$/, "").replace(/T(\d\d)\.(\d\d)\./, "T$1:$2:"));

/** A copy of the region as it is at this moment, also while the server runs. @returns its moment */
export async function keep(home: string, region: Region): Promise<number> {
  const source = new DatabaseSync(fileOf(join(home, "state"), `REGION_${region}`), { readOnly: true });
  try {
    mkdirSync(folderOf(home, region), { recursive: true });
    const at = Date.now();
    await backup(source, join(folderOf(home, region), nameOf(at)));
    return at;
  } finally {
    source.close();
  }
}

/** The moments that can be gone back to, the oldest first. */
export function kept(home: string, region: Region): number[] {
  const folder = folderOf(home, region);
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".sqlite"))
        .map(momentOf)
        .sort((left, right) => left - right)
    : [];
}

const asked = {
  sequences: "SELECT organization_id AS organizationId, next FROM sequence",
  rows: "SELECT number, organization_id, at, body FROM outbox",
  idempotency: "SELECT * FROM idempotency",
  spent: "SELECT hash, purpose, actor_id, session, nonce, expires FROM challenge WHERE purpose = 'spent'",
} as const;

type Read = <Row>(query: string) => Promise<Row[]>;

/** What guards against doing anything twice; null: the database cannot be read any more, and numbers will jump instead. */
async function carry(read: Read): Promise<Carried | null> {
  try {
    const [sequences, rows, idempotency, spent] = [
      await read<Carried["sequences"][number]>(asked.sequences),
      await read<Carried["outbox"][number]>(asked.rows),
      await read<Record<string, unknown>>(asked.idempotency),
      await read<Record<string, unknown>>(asked.spent),
    ];
    return { sequences, outbox: rows, idempotency, spent };
  } catch (error) {
    console.warn(`The region as it is cannot be read (${String(error)}): numbers jump, and Idempotency-Keys since then are unknown.`);
    return null;
  }
}

/** Never while the server runs. @param point of one that is kept */
export async function bringBack(home: string, region: Region, point: number): Promise<void> {
  const state = join(home, "state");
  const binding = `REGION_${region}` as const;
  const carried = await withDatabases(state, (databases) =>
    carry(async (query) => (await databases[binding].prepare(query).all()).results as never),
  ).catch(() => null);
  const file = fileOf(state, binding);
  for (const beside of ["-wal", "-shm"]) rmSync(file + beside, { force: true });
  copyFileSync(join(folderOf(home, region), nameOf(point)), file);
  // Opened anew, migrations that came since are applied first.
  await withDatabases(state, async (databases) => {
    const { results } = await databases.DIRECTORY.prepare("SELECT id FROM organization").all<{ id: number }>();
    const organizations = results.map(({ id }) => id);
    await commit(databases[binding], markRestored({ point, now: Date.now() }, organizations, carried));
    await commit(databases.DIRECTORY, [...tellAgain(region), eraseAgain(point)]);
  });
}

/** Names that were erased since are there again: the sweep forgets them once more. */
const eraseAgain = (point: number) => ({ query: { sql: "UPDATE actor SET erased = NULL WHERE erased > ?", params: [point] } });

/** In production, by wrangler, as whoever is signed in there. */
export async function bringBackRemote(region: Region, point: number): Promise<void> {
  const { database_name: name } = declared(`REGION_${region}`);
  const { database_name: directory } = declared("DIRECTORY");
  const read =
    (database: string): Read =>
    async (query) =>
      (JSON.parse(wrangler(["d1", "execute", database, "--remote", "--json", "--command", query]).stdout) as { results: never[] }[])[0]!.results;
  wrangler(["secret", "put", "HELD_REGIONS"], region);
  const carried = await carry(read(name));
  wrangler(["d1", "time-travel", "restore", name, "--timestamp", new Date(point).toISOString()], "y\n");
  wrangler(["d1", "migrations", "apply", name, "--remote"], "y\n");
  const organizations = (await read(directory)<{ id: number }>("SELECT id FROM organization")).map(({ id }) => id);
  execute(
    name,
    markRestored({ point, now: Date.now() }, organizations, carried).map(({ query }) => toStatement(query)),
  );
  execute(
    directory,
    [...tellAgain(region), eraseAgain(point)].map(({ query }) => toStatement(query)),
  );
  wrangler(["secret", "delete", "HELD_REGIONS"], "y\n");
}

/** As one file: D1 runs it as a whole, or not at all. */
function execute(database: string, statements: readonly Statement[]): void {
  const file = join(tmpdir(), `itcare-${process.pid}.sql`);
  writeFileSync(file, statements.map((statement) => `${written(statement)};\n`).join(""), { mode: 0o600 });
  try {
    wrangler(["d1", "execute", database, "--remote", "--yes", "--file", file]);
  } finally {
    rmSync(file, { force: true });
  }
}

/** The statement with its parameters in it. */
export function written({ sql, params }: Statement): string {
  let at = 0;
  return sql.replaceAll("?", () => {
    const value = params[at++];
    if (value === null) return "NULL";
    return typeof value === "number" ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
  });
}

function wrangler(args: readonly string[], input = ""): { stdout: string } {
  const program = join(root, "node_modules/wrangler/bin/wrangler.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: root, encoding: "utf8", input, env: ownEnvironment() });
  if (status !== 0) throw new Error(`wrangler ${args.slice(0, 3).join(" ")} has failed:\n${stdout}${stderr}`);
  return { stdout };
}
