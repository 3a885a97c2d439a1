/** The three local databases, opened without the Worker: the same files that `wrangler dev` uses. Never while it runs. */
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { migrate } from "../../db/migrate.ts";
import { root } from "./own-node.mjs";

export interface Databases {
  DIRECTORY: D1Database;
  REGION_EB: D1Database;
  REGION_ET: D1Database;
}

/** As wrangler.toml has them. */
interface Declared {
  binding: keyof Databases;
  database_id: string;
  migrations_dir: string;
}

/**
 * Opens the databases, brings their schema up to date, lets `work` use them, and closes them.
 * @param state the folder that `wrangler dev --persist-to` gets
 */
export async function withDatabases<Answer>(state: string, work: (databases: Databases) => Promise<Answer>): Promise<Answer> {
  const declared = (readConfig({ config: join(root, "wrangler.toml") }) as { d1_databases: Declared[] }).d1_databases;
  const ids = Object.fromEntries(declared.map(({ binding, database_id: id }) => [binding, id]));
  const runtime = new Miniflare(
    convertV4MiniflareOptions({ modules: true, script: "", resourcePersistencePath: join(state, "v3"), d1Databases: ids }),
  );
  try {
    const databases = (await runtime.getBindings()) as unknown as Databases;
    for (const { binding, migrations_dir: folder } of declared) await migrate(databases[binding], join(root, folder));
    return await work(databases);
  } finally {
    await runtime.dispose();
  }
}
