/** People of an organization to ask about: those who ask are never among them. */
import { sql } from "drizzle-orm";
import { prepare } from "../db/statement.ts";
import { makeId } from "../worker/contract/ids.ts";
import type { Place, Things } from "./asking.ts";
import type { World } from "./world.ts";

let made = 0;

/** Somebody active, with no profile and no key. */
export async function aPerson(_: World, { env, organizationId }: Place): Promise<Things> {
  const person = makeId({ region: 0, organization: organizationId, sequence: 4_200_000_000 + ++made });
  await env.DIRECTORY.batch([
    prepare(
      env.DIRECTORY,
      sql`INSERT INTO actor (id, organization_id, kind, name, state, created) VALUES (${person}, ${organizationId}, 'person', ${`Asked ${made}`}, 'active', ${Date.now()})`,
    ),
    prepare(env.DIRECTORY, sql`INSERT INTO person (id, email) VALUES (${person}, ${`asked-${made}@people.example`})`),
  ]);
  return { person };
}
