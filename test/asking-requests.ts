/** Requests to ask about, asked by somebody who asks nothing else; and what a new one names. */
import { insert, prepare } from "../db/statement.ts";
import { sql } from "drizzle-orm";
import { aPerson } from "./asking-people.ts";
import { askingQuotas } from "./asking-quotas.ts";
import { accountRequest } from "../db/directory/schema/index.ts";
import type { HandledLabel } from "../worker/contract/actions.ts";
import { makeId } from "../worker/contract/ids.ts";
import type { Wanted } from "../worker/contract/requests.ts";
import { cloudOf, type Asking, type Place, type Things } from "./asking.ts";
import type { World } from "./world.ts";

let made = 0;

async function cloudAndAddress(it: World, place: Place): Promise<Things> {
  return { cloud: cloudOf(it, place), email: `asked-${++made}@new.example` };
}

/** An account for Nadia, asked by the organization's representative. */
async function aRequest(it: World, place: Place): Promise<Things> {
  const { env, organizationId } = place;
  const id = makeId({ region: 0, organization: organizationId, sequence: 4_290_000_000 + ++made });
  const email = `asked-${made}@requests.example`;
  const wanted: Wanted = {
    kind: "person",
    person: { name: "Nadia Verne", email, locale: "en" },
    profiles: [{ cloudId: cloudOf(it, place), profile: "OPE", ends: null }],
  };
  const askedBy = it.planted.people.find((person) => person.organization.id === organizationId)!.id;
  const row = {
    id,
    organizationId,
    kind: "person",
    about: email,
    wanted: JSON.stringify(wanted),
    reason: "asked",
    askedBy,
    asked: Date.now(),
  } as const;
  await prepare(env.DIRECTORY, insert(accountRequest, row)).run();
  return { request: id, email };
}

const inState =
  (state: string) =>
  async (it: World, place: Place): Promise<Things> => {
    const things = await aPerson(it, place);
    await prepare(place.env.DIRECTORY, sql`UPDATE actor SET state = ${state} WHERE id = ${Number(things["person"])}`).run();
    return things;
  };
const anInvited = inState("invited");
const aSuspended = inState("suspended");

/** An empty Cloud of the organization. */
function aCloud(state: string) {
  return async (_: World, { env, organizationId }: Place): Promise<Things> => {
    const cloud = makeId({ region: 0, organization: organizationId, sequence: 4_250_000_000 + ++made });
    await prepare(
      env.DIRECTORY,
      sql`INSERT INTO cloud (id, organization_id, name, state, created) VALUES (${cloud}, ${organizationId}, ${`Standing ${made}`}, ${state}, ${Date.now()})`,
    ).run();
    return { cloud };
  };
}

/** A customer without a Cloud, whoever asks. */
function anOrganization(state: string) {
  return async (_: World, { env }: Place): Promise<Things> => {
    const organization = 50_000 + ++made;
    await prepare(
      env.DIRECTORY,
      sql`INSERT INTO organization (id, name, kind, state, created) VALUES (${organization}, ${`Standing ${made}`}, 'customer', ${state}, ${Date.now()})`,
    ).run();
    return { organization };
  };
}

const operation = (name: string, options?: unknown) => () => ({ operation: name, ...(options !== undefined && { options }) });

export const requestAsking = {
  ...askingQuotas,
  "renew-activation": { about: anInvited },
  "suspend-person": { about: aPerson, body: operation("suspend", { reason: "asked" }) },
  "resume-person": { about: aSuspended, body: operation("resume") },
  "end-person": { about: aPerson },
  "suspend-cloud": { about: aCloud("active"), body: operation("suspend") },
  "resume-cloud": { about: aCloud("suspended"), body: operation("resume") },
  "end-cloud": { about: aCloud("active") },
  "list-clouds": {},
  "suspend-organization": { about: anOrganization("active"), body: operation("suspend") },
  "resume-organization": { about: anOrganization("suspended"), body: operation("resume") },
  "end-organization": { about: anOrganization("active") },
  "list-organizations": {},
  "request-account": {
    about: cloudAndAddress,
    body: ({ cloud, email }) => ({
      kind: "person",
      name: "Nadia Verne",
      email,
      profiles: [{ cloudId: cloud, profile: "OPE" }],
      reason: "she joins the portal team",
    }),
  },
  "request-organization": {
    about: cloudAndAddress,
    body: ({ email }) => ({ name: `Of ${email}`, cloud: "First", representative: { name: "Ines Faro", email }, reason: "a new customer" }),
  },
  "withdraw-request": { about: aRequest, body: operation("withdraw") },
  "accept-request": { about: aRequest, body: operation("accept") },
  "refuse-request": { about: aRequest, body: operation("refuse", { reason: "asked" }) },
  "list-requests": {},
  "read-request": { about: aRequest },
} as const satisfies Partial<Record<HandledLabel, Asking>>;
