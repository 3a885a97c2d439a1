/** Sessions and security keys to ask about, and enrolments to finish, of the one who asks: nobody else's can be named. */
import { sql } from "drizzle-orm";
import { insertChallenge } from "../db/directory/write/challenges.ts";
import { prepare, readFirst } from "../db/statement.ts";
import { makeId } from "../worker/contract/ids.ts";
import { randomToken } from "../worker/contract/operation.ts";
import { userHandle } from "../worker/identity/security-keys/relying-party.ts";
import { SoftwareAuthenticator } from "./software-authenticator.ts";
import type { Place, Things } from "./asking.ts";
import type { World } from "./world.ts";

let made = 0;

/** What a new key answered to an enrolment that was begun in the person's session. */
export async function anEnrolment(_: World, { env, personId = 0 }: Place): Promise<Things> {
  const hash = randomToken();
  const session = await readFirst<{ id: string }>(env.DIRECTORY, sql`SELECT id FROM session WHERE person_id = ${personId} AND id NOT LIKE 'asked-%'`);
  if (session) await insertChallenge(env.DIRECTORY, { hash, purpose: "enrol", personId, session: session.id }, "asked", Date.now() + 3_600_000);
  const key = await SoftwareAuthenticator.create(env.ORIGIN);
  return { credential: JSON.stringify(await key.register({ rp: {}, user: { id: userHandle(personId) }, challenge: hash })) };
}

/** A key that was locked: it is there, and makes nobody one who has a key. */
export async function aLockedKey(_: World, { env, personId }: Place): Promise<Things> {
  const key = makeId({ region: 0, organization: 1, sequence: 4_000_000_000 + ++made });
  if (personId !== undefined) {
    await prepare(
      env.DIRECTORY,
      sql`INSERT INTO security_key (id, person_id, name, credential_id, public_key, algorithm, sign_count, transports, backup_eligible, backed_up, uv_initialized, aaguid,
          attestation, created, locked)
        VALUES (${key}, ${personId}, 'an old key', ${`asked-${key}`}, x'00', -7, 1, '[]', 0, 0, 1, '', 'none', 0, 1)`,
    ).run();
  }
  return { key };
}

/** Another session of the one who asks; programs have none. */
export async function aSession(_: World, { env, personId }: Place): Promise<Things> {
  const session = `asked-${++made}`;
  const now = Date.now();
  if (personId !== undefined)
    await prepare(
      env.DIRECTORY,
      sql`INSERT INTO session (token_hash, id, person_id, created, last_seen, expires, agent, network)
        VALUES (${`hash-${session}`}, ${session}, ${personId}, ${now}, ${now}, ${now + 3_600_000}, '', '')`,
    ).run();
  return { session };
}
