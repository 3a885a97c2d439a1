/** Profiles, duties and recoveries to ask about: those who ask are never among them. */
import { sql } from "drizzle-orm";
import { prepare } from "../db/statement.ts";
import { makeId } from "../worker/contract/ids.ts";
import { aPerson } from "./asking-people.ts";
import type { Asking, Place, Things } from "./asking.ts";
import type { World } from "./world.ts";

export const askingProfiles = {
  "give-profile": { about: aPersonAndCloud, body: ({ cloud }) => ({ cloudId: cloud, profile: "DTM" }) },
  "change-profile": { about: aPersonWithProfile, body: () => ({ operation: "change", options: { profile: "STD" } }) },
  "end-profile": { about: aPersonWithProfile },
  "give-duty": { about: aPerson, body: () => ({ duty: "security-representative" }) },
  "end-duty": { about: aRepresentative },
  "issue-enrolment": { about: aPerson, body: () => ({ reason: "the key was lost" }) },
  "ask-recovery": { about: aLastRepresentative, body: ({ person }) => ({ personId: person, reason: "called back on the number on file" }) },
  "approve-recovery": { about: aRecovery, body: () => ({ operation: "approve" }) },
  "cancel-recovery": { about: anOwnRecovery },
  "list-people": {},
  "read-person": { about: aPersonWithProfile },
  "review-access": { query: "?size=3" },
  "export-access": { query: "?kind=api-account&unusedDays=30" },
  "list-recoveries": {},
  "list-my-profiles": {},
} satisfies Record<string, Asking>;

let made = 0;

/** Somebody without a profile, and a Cloud on which they could have one. */
async function aPersonAndCloud(it: World, place: Place): Promise<Things> {
  return { ...(await aPerson(it, place)), cloud: it.planted.clouds.find(({ name }) => name === place.cloud)!.id };
}

async function aPersonWithProfile(it: World, place: Place): Promise<Things> {
  const things = await aPersonAndCloud(it, place);
  await prepare(
    place.env.DIRECTORY,
    sql`INSERT INTO membership (actor_id, cloud_id, profile, state, begins) VALUES (${Number(things["person"])}, ${Number(things["cloud"])}, 'OPE', 'confirmed', 0)`,
  ).run();
  return things;
}

/** Another representative than the one who asks. */
async function aRepresentative(it: World, place: Place): Promise<Things> {
  const things = await aPerson(it, place);
  const duty = "security-representative";
  await prepare(place.env.DIRECTORY, sql`INSERT INTO duty (actor_id, duty) VALUES (${Number(things["person"])}, ${duty})`).run();
  return { ...things, duty };
}

/** The only representative of an organization of its own, without a key. */
async function aLastRepresentative(it: World, place: Place): Promise<Things> {
  const organizationId = 700 + ++made;
  await prepare(
    place.env.DIRECTORY,
    sql`INSERT INTO organization (id, name, kind, created) VALUES (${organizationId}, ${`Asked ${made}`}, 'customer', 0)`,
  ).run();
  return { ...(await aRepresentative(it, { ...place, organizationId })), organization: organizationId };
}

/** A recovery that somebody asked for, of an organization of its own. */
async function aRecovery(it: World, place: Place): Promise<Things> {
  const { person, organization } = await aLastRepresentative(it, place);
  return recoveryOf(Number(organization), Number(person), place);
}

/** A recovery of a representative of the place's organization. */
async function anOwnRecovery(it: World, place: Place): Promise<Things> {
  const { person } = await aRepresentative(it, place);
  return recoveryOf(place.organizationId, Number(person), place);
}

async function recoveryOf(organizationId: number, personId: number, { env }: Place): Promise<Things> {
  const recovery = makeId({ region: 0, organization: organizationId, sequence: 4_250_000_000 + ++made });
  await prepare(
    env.DIRECTORY,
    sql`INSERT INTO recovery (id, organization_id, person_id, reason, state, asked_by, asked)
      VALUES (${recovery}, ${organizationId}, ${personId}, 'asked', 'asked', ${personId}, ${Date.now()})`,
  ).run();
  return { recovery };
}
