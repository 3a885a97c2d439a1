/** API accounts to ask about: none of those who ask. */
import { sql } from "drizzle-orm";
import { prepare } from "../db/statement.ts";
import { makeId } from "../worker/contract/ids.ts";
import type { Asking, Place, Things } from "./asking.ts";
import type { World } from "./world.ts";

export const askingApiAccounts = {
  "create-api-account": {
    about: (it, place) => Promise.resolve({ cloud: it.planted.clouds.find(({ name }) => name === place.cloud)!.id }),
    body: ({ cloud }) => ({ name: "asked", clouds: [{ cloudId: cloud, profile: "STD" }] }),
  },
  "update-api-account": { about: anAccount, body: () => ({ operation: "update", options: { name: "asked" } }) },
  "end-api-account": { about: anAccount },
  "add-api-credential": { about: anAccount, body: () => ({ kind: "secret", name: "asked" }) },
  "add-api-keys": { about: anAccount, body: ({ x }) => ({ jwks: { keys: [{ kty: "OKP", crv: "Ed25519", x, kid: "asked" }] }, name: "asked" }) },
  "remove-api-credential": { about: anAccount },
  "give-secret-exception": {
    about: anAccountOnCloud,
    body: ({ cloud }) => ({ labels: ["stop-instance"], cloudIds: [cloud], days: 1, reason: "asked" }),
  },
  "end-secret-exception": { about: anExceptedAccount },
  "suspend-api-account": { about: anAccount, body: () => ({ operation: "suspend" }) },
  "resume-api-account": { about: aSuspendedAccount, body: () => ({ operation: "resume" }) },
  "change-credential-days": { body: () => ({ operation: "change_credential_days", options: { days: 120 } }) },
  "list-api-accounts": {},
  "read-api-account": { about: anAccount },
} satisfies Record<string, Asking>;

let made = 0;

/** An API account without any profile, and a secret of its own. */
async function anAccount(_: World, { env, organizationId }: Place): Promise<Things> {
  const account = makeId({ region: 0, organization: organizationId, sequence: 4_210_000_000 + ++made });
  const credential = makeId({ region: 0, organization: organizationId, sequence: 4_220_000_000 + made });
  const named = `asked-${made}`;
  await env.DIRECTORY.batch([
    prepare(
      env.DIRECTORY,
      sql`INSERT INTO actor (id, organization_id, kind, name, state, created) VALUES (${account}, ${organizationId}, 'api-account', ${named}, 'active', ${Date.now()})`,
    ),
    prepare(env.DIRECTORY, sql`INSERT INTO api_account (id, client_id) VALUES (${account}, ${`cgdm-sa-${named}`})`),
    prepare(
      env.DIRECTORY,
      sql`INSERT INTO api_credential (id, account_id, kind, name, secret_hash, created) VALUES (${credential}, ${account}, 'secret', 'asked', ${named}, ${Date.now()})`,
    ),
  ]);
  // A key of its own: one is registered once.
  return { account, credential, x: `asked${made}`.padEnd(43, "A") };
}

async function aSuspendedAccount(it: World, place: Place): Promise<Things> {
  const things = await anAccount(it, place);
  await prepare(place.env.DIRECTORY, sql`UPDATE actor SET state = 'suspended' WHERE id = ${Number(things["account"])}`).run();
  return things;
}

/** One that holds something on the place's Cloud. */
async function anAccountOnCloud(it: World, place: Place): Promise<Things> {
  const { account } = await anAccount(it, place);
  const cloud = it.planted.clouds.find(({ name }) => name === place.cloud)!.id;
  const held = sql`INSERT INTO membership (actor_id, cloud_id, profile, state, begins) VALUES (${account}, ${cloud}, 'OPE', 'confirmed', 0)`;
  await prepare(place.env.DIRECTORY, held).run();
  return { account: account!, cloud };
}

async function anExceptedAccount(it: World, place: Place): Promise<Things> {
  const { account, cloud } = await anAccountOnCloud(it, place);
  const exception = { labels: ["stop-instance"], cloudIds: [cloud], ends: 9e12, givenBy: 1, given: 0, reason: "asked" };
  await prepare(place.env.DIRECTORY, sql`UPDATE api_account SET exception = ${JSON.stringify(exception)} WHERE id = ${Number(account)}`).run();
  return { account: account! };
}
