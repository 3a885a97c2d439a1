/** Production's configuration: wrangler.toml with production.toml over it and the ids of the account's databases in it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { experimental_readRawConfig as readRaw } from "wrangler";
import type { Env } from "../../worker/env.ts";
import { root } from "./own-node.mjs";

export interface Production {
  name: string;
  main: string;
  assets: { directory: string; binding: string };
  vars: Record<string, string> & { ORIGIN: string; JURISDICTION: string; MAIL?: Env["MAIL"] };
  routes?: { pattern: string; custom_domain?: boolean }[];
  d1_databases: { binding: string; database_name: string; database_id: string; migrations_dir: string }[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
  migrations: { tag: string; new_sqlite_classes?: string[] }[];
  ratelimits?: { name: string }[];
  send_email?: { name: string }[];
}

export function readProduction(): Production {
  const [base, own] = ["wrangler.toml", "production.toml"].map(
    (file) => readRaw({ config: join(root, file) }).rawConfig as unknown as Partial<Production>,
  );
  return { ...base, ...own, vars: { ...base!.vars, ...own!.vars } } as Production;
}

/** Where `wrangler` reads it. It holds no secret. */
export const PRODUCTION_FILE = join(root, ".wrangler", "production", "wrangler.json");

/** @param ids by binding @returns the file's path */
export function writeProduction(production: Production, ids: Readonly<Record<string, string>>, file = PRODUCTION_FILE): string {
  const fromHere = (path: string): string => relative(dirname(file), join(root, path)).replaceAll("\\", "/");
  const written: Production = {
    ...production,
    main: fromHere(production.main),
    assets: { ...production.assets, directory: fromHere(production.assets.directory) },
    d1_databases: production.d1_databases.map((database) => ({
      ...database,
      database_id: ids[database.binding] ?? database.database_id,
      migrations_dir: fromHere(database.migrations_dir),
    })),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`);
  return file;
}

/** The environment that the Worker would get: the variables as they are, the secrets as given, and something for each binding. */
export function environmentOf(production: Production, secrets: Readonly<Record<string, string>>): Partial<Env> {
  const { assets, d1_databases, durable_objects, ratelimits = [], send_email = [] } = production;
  const names = [
    assets.binding,
    ...d1_databases.map(({ binding }) => binding),
    ...[...durable_objects.bindings, ...ratelimits, ...send_email].map(({ name }) => name),
  ];
  return { ...Object.fromEntries(names.map((name) => [name, {}])), ...production.vars, ...secrets } as Partial<Env>;
}
