/**
 * `npm run invite-first`: the two people with whom a deployment begins, each by a one-time link that is printed once and is nowhere else.
 *
 *   npm run invite-first -- --organization NAME --name NAME --email ADDRESS       the provider's organization, and its first person of Service Delivery
 *   npm run invite-first -- --representative --name NAME --email ADDRESS          then its first security representative, another person
 *
 *   --cloud NAME           the organization's first Cloud; absent: called like the organization
 *   --locale fr            the language in which they are written to; absent: English
 *   --local --home DIR     the databases of a local start in DIR, instead of the account's
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { inviteFirst, NotInvited } from "../db/directory/write/first-people.ts";
import { hashText, randomToken } from "../worker/contract/operation.ts";
import { person as personShape } from "../worker/contract/shapes/requests.ts";
import { withDatabases } from "./lib/databases.ts";
import { findDatabases, Stopped } from "./lib/deployment.ts";
import { giveUp, root } from "./lib/own-node.mjs";
import { readProduction, writeProduction } from "./lib/production.ts";
import { remoteDatabase } from "./lib/remote-database.ts";
import { wrangler } from "./lib/wrangler.ts";

const { values: options } = parseArgs({
  options: {
    organization: { type: "string" },
    representative: { type: "boolean", default: false },
    name: { type: "string" },
    email: { type: "string" },
    cloud: { type: "string" },
    locale: { type: "string" },
    local: { type: "boolean", default: false },
    home: { type: "string" },
  },
});

const { name, email, locale } = options;
const person = personShape.safeParse({ name, email, locale });
if (!person.success) giveUp(`Say who:\n\n  --name "Ada Wong" --email ada.wong@your-company.com\n\n${z.prettifyError(person.error)}`);
const organization = options.organization?.trim() ?? "";
if (!options.representative && (organization === "" || organization.length > 128))
  giveUp('Say for which organization:\n\n  --organization "Your company"');

const token = randomToken();
const invitation = {
  duty: options.representative ? ("security-representative" as const) : ("service-delivery" as const),
  organization,
  cloud: options.cloud?.trim() || organization,
  person: person.data,
  tokenHash: await hashText(token),
};
const invite = (directory: D1Database) => inviteFirst(directory, invitation, Date.now());

try {
  const { until, renewed } = options.local ? await inLocal() : await inProduction();
  console.log(`
${person.data.name} <${person.data.email}> ${renewed ? "has a new link, for the one before was not used in time" : "is invited"}. The link is good once, until ${new Date(until).toISOString()};
it is printed here and kept nowhere. Hand it over yourself, to nobody else:

  ${originOf()}/activate#${token}
`);
  if (!options.representative && !renewed)
    console.log(
      "It takes two to begin, for nobody decides on what they asked for themselves. Invite the organization's security representative too:\n\n  npm run invite-first -- --representative --name NAME --email ADDRESS\n",
    );
} catch (error) {
  if (error instanceof NotInvited || error instanceof Stopped) giveUp(error.message);
  throw error;
}

function inLocal() {
  const home = options.home ? resolve(options.home) : join(root, ".wrangler");
  return withDatabases(join(home, "state"), ({ DIRECTORY }) => invite(DIRECTORY));
}

async function inProduction() {
  const production = readProduction();
  const config = writeProduction(production, await findDatabases(production, wrangler));
  return invite(remoteDatabase(wrangler, config, "DIRECTORY"));
}

function originOf(): string {
  return options.local ? "http://localhost:8787" : readProduction().vars.ORIGIN;
}
