/** A customer's Cloud, whoever asks, and what it is to have at most. */
import { sql } from "drizzle-orm";
import { prepare } from "../db/statement.ts";
import type { HandledLabel } from "../worker/contract/actions.ts";
import { makeId } from "../worker/contract/ids.ts";
import type { Asking, Place, Things } from "./asking.ts";
import type { World } from "./world.ts";

let made = 0;

async function aCustomersCloud(_: World, { env }: Place): Promise<Things> {
  const organization = 60_000 + ++made;
  const cloud = makeId({ region: 0, organization, sequence: 1 });
  const now = Date.now();
  await prepare(
    env.DIRECTORY,
    sql`INSERT INTO organization (id, name, kind, created) VALUES (${organization}, ${`Bounded ${made}`}, 'customer', ${now})`,
  ).run();
  await prepare(env.DIRECTORY, sql`INSERT INTO cloud (id, organization_id, name, created) VALUES (${cloud}, ${organization}, 'First', ${now})`).run();
  return { organization, cloud };
}

export const askingQuotas = {
  "set-quotas": {
    about: aCustomersCloud,
    body: () => ({ operation: "set_quotas", options: { region: "EB", quotas: { instances: 80 }, usual: ["ram"], reason: "the portal grows" } }),
  },
  "list-quotas": {},
  "list-customer-quotas": { about: aCustomersCloud },
} as const satisfies Partial<Record<HandledLabel, Asking>>;
