/** What is taken away as a file, the end of the log, and what is decided after a region was brought back. */
import { sql } from "drizzle-orm";
import { prepare } from "../db/statement.ts";
import { makeId } from "../worker/contract/ids.ts";
import type { Asking, Place, Things } from "./asking.ts";
import type { World } from "./world.ts";

export const askingKept = {
  "read-log-head": {},
  "export-log": {},
  "export-organization": {},
  "read-export": { about: anExport },
  "list-restorations": {},
  "settle-restoration": { about: aRestoration, body: () => ({ operation: "settle", options: { facts: "actual" } }) },
} satisfies Record<string, Asking>;

let made = 0;

/** One that whoever asks has opened. */
async function anExport(it: World, { env, organizationId, personId }: Place): Promise<Things> {
  const id = makeId({ region: 0, organization: organizationId, sequence: 4_260_000_000 + ++made });
  const opener = personId ?? it.people.find((person) => person.organizationId === organizationId)!.id;
  await prepare(
    env.DIRECTORY,
    sql`INSERT INTO organization_export (id, organization_id, asked_by, asked, expires) VALUES (${id}, ${organizationId}, ${opener}, ${Date.now()}, 4e12)`,
  ).run();
  return { export: id };
}

/** A region that is held for the organization: the one in which the others ask for nothing. */
async function aRestoration(_: World, { env, organizationId }: Place): Promise<Things> {
  await prepare(
    env.REGION_ET,
    sql`INSERT OR REPLACE INTO restoration (organization_id, point, restored, outbox) VALUES (${organizationId}, ${Date.now() - 3_600_000}, ${Date.now()}, 4000000000000000)`,
  ).run();
  return { region: "ET" };
}
