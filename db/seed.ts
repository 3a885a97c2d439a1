/**
 * The demo company with everything that it takes to sign in: three organizations with their people, API accounts, Services and a few hundred
 * resources. For a local start and for the browser's tests; no deployment ever runs this. Names, numbers and states come from a repeatable chance;
 * the password, the links, the secrets and the keys never do.
 */
import { exportJWK, generateKeyPair } from "jose";
import { hashText, randomToken } from "../worker/contract/operation.ts";
import { families } from "../worker/contract/resource-types.ts";
import { hashPassword } from "../worker/identity/password/hash.ts";
import { commit } from "./commit.ts";
import { registerCredential } from "./directory/write/credentials.ts";
import { issueActivation } from "./directory/write/activation.ts";
import type { Demo } from "./seed/demo.ts";
import { plantCompany, type Ground, type SeededAccount } from "./seed/plant.ts";
import { readAll } from "./statement.ts";

/** Fills three empty, migrated databases. @param pepper env.PASSWORD_PEPPER of the Worker that will check the password */
export async function seed({ pepper, ...ground }: Ground & { pepper: string }): Promise<Demo> {
  const { people, accounts, resources } = await plantCompany(ground);
  const password = makePassphrase();
  const hash = hashPassword(password, { PASSWORD_PEPPER: pepper });
  const withPassword = people.filter(({ invited }) => !invited).map(({ id }) => id);
  const credentials = await Promise.all(accounts.map(async (account) => ({ account, ...(await makeCredential(account)) })));
  await commit(ground.directory, [
    { query: { sql: "UPDATE person SET password = ? WHERE id IN (SELECT value FROM json_each(?))", params: [hash, JSON.stringify(withPassword)] } },
    { query: { sql: "UPDATE actor SET state = 'active' WHERE id IN (SELECT value FROM json_each(?))", params: [JSON.stringify(withPassword)] } },
    ...credentials.flatMap(({ account, secretHash, jwk }) => {
      const subject = {
        kind: "api-account" as const,
        id: account.id,
        name: account.clientId,
        organizationId: account.organization.id,
        session: account.clientId,
      };
      const what = secretHash === null ? { kind: "key" as const, jwk: jwk! } : { kind: "secret" as const, secretHash };
      return registerCredential(subject, { id: null, name: "From the first start", ends: null, ...what }, Date.now());
    }),
  ]);
  const stopped = resources.find(
    ({ family, status, environment }) => families[family].category === "INSTANCE" && status === "INACTIVE" && environment !== "PRODUCTION",
  );
  return {
    password,
    stopped: stopped!.name,
    people: people.map(({ key, name, email, organization, profiles, duty, invited }) => ({
      key,
      name,
      email,
      organization: organization.name,
      profiles,
      duty: duty ?? null,
      hasPassword: !invited,
    })),
    apiAccounts: credentials.map(({ account, secret, privateKey }) => ({
      clientId: account.clientId,
      organization: account.organization.name,
      secret,
      privateKey,
    })),
  };
}

/**
 * A new activation link for everybody who has not used theirs, in place of the one before: links last a day, a demo stays longer.
 * @returns the path and fragment of each link, by e-mail address
 */
export async function issueLinks(directory: D1Database, now: number): Promise<Record<string, string>> {
  const invited = await readAll<{ id: number; email: string }>(directory, {
    sql: "SELECT actor.id, person.email FROM actor JOIN person ON person.id = actor.id WHERE actor.state = 'invited' ORDER BY actor.id",
    params: [],
  });
  const links = await Promise.all(
    invited.map(async ({ id, email }) => {
      const token = randomToken();
      return { email, path: `/activate#${token}`, writes: issueActivation(await hashText(token), id, now) };
    }),
  );
  const writes = links.flatMap((link) => link.writes);
  if (writes.length > 0) await commit(directory, writes);
  return Object.fromEntries(links.map(({ email, path }) => [email, path]));
}

async function makeCredential({ uses, clientId }: SeededAccount) {
  if (uses === "secret") {
    const secret = randomToken();
    return { secret, secretHash: await hashText(secret), jwk: null };
  }
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const about = { kid: `${clientId}-1`, alg: "ES256", use: "sig" };
  return {
    privateKey: { ...(await exportJWK(privateKey)), ...about },
    secretHash: null,
    jwk: { ...(await exportJWK(publicKey)), ...about },
  };
}

// oxfmt-ignore
const words = [
  "amber", "anchor", "basalt", "beacon", "birch", "bramble", "canyon", "cedar", "cinder", "clover", "cobalt", "comet", "copper", "coral", "crater", "delta",
  "ember", "falcon", "fathom", "fennel", "garnet", "glacier", "granite", "harbor", "hazel", "heron", "indigo", "island", "juniper", "kestrel", "lagoon", "lantern",
  "larch", "lichen", "linden", "magnet", "maple", "marble", "meadow", "meteor", "nectar", "nickel", "oasis", "ochre", "orchid", "osprey", "pebble", "pepper",
  "plover", "quarry", "quartz", "raven", "river", "saffron", "sage", "sierra", "silver", "spruce", "summit", "thistle", "topaz", "tundra", "velvet", "willow",
];

/** Five words of 64: 30 bits, typed without a mistake. Enough for a server that only this machine reaches. */
function makePassphrase(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) => words[byte % words.length]!).join("-");
}
