/**
 * The two people with whom a deployment begins: one of Service Delivery and one security representative of the provider, for nobody decides on what they
 * asked for themselves. No key is there yet that could sign this, so it asks for no permit: whoever can write to the database of the deployment does it,
 * once, and the log tells so.
 */
import { sql } from "drizzle-orm";
import type { WantedPerson } from "../../../worker/contract/requests.ts";
import type { Duty } from "../../../worker/contract/roles.ts";
import { makeId } from "../../../worker/contract/ids.ts";
import { AlreadyThere, commit, MustHitOne, type Write } from "../../commit.ts";
import { readFirst } from "../../statement.ts";
import { readHolders, readOrganizationNames, type Holder } from "../read/first-people.ts";
import { ACTIVATION_LASTS, issueActivation } from "./activation.ts";
import { firstIds, makeOrganization } from "./organizations.ts";
import { appendEvent } from "./outbox.ts";
import { invitePerson } from "./people.ts";

/** Why nobody is invited, and what to do, as a sentence for whoever deploys. */
export class NotInvited extends Error {}

export interface Invitation {
  /** Service Delivery comes first and makes the organization; its security representative comes into it. */
  duty: Duty;
  organization: string;
  cloud: string;
  person: WantedPerson;
  /** Of the activation link. */
  tokenHash: string;
}

/** @returns until when the link is good, and whether it stands for one that was never used @throws NotInvited */
export async function inviteFirst(directory: D1Database, invitation: Invitation, now: number): Promise<{ until: number; renewed: boolean }> {
  const { duty, person } = invitation;
  const holders = await readHolders(directory, duty);
  const again = holders.length === 1 && isUnused(holders[0]!, person.email, now) ? holders[0]! : null;
  if (holders.length > 0 && !again) throw thereAlready(holders, now);
  const writes = again
    ? renewal(again, duty, invitation.tokenHash, now)
    : await (duty === "service-delivery" ? provider : representative)(directory, invitation, now);
  try {
    await commit(directory, writes);
  } catch (error) {
    if (error instanceof AlreadyThere && error.index.includes("person.email"))
      throw new NotInvited(
        `Somebody has the address ${person.email} already: it takes two people, for nobody decides on what they asked for themselves.`,
      );
    if (error instanceof AlreadyThere || error instanceof MustHitOne)
      throw new NotInvited("Somebody else has just been invited. Look who, by the same command.");
    throw error;
  }
  return { until: now + ACTIVATION_LASTS, renewed: again !== null };
}

function isUnused({ state, email, linkUntil }: Holder, asked: string, now: number): boolean {
  return state === "invited" && email === asked && (linkUntil === null || linkUntil <= now);
}

function thereAlready(holders: readonly Holder[], now: number): NotInvited {
  const who = holders.map(({ name, email, organizationName, state, linkUntil }) => {
    const link =
      linkUntil !== null && linkUntil > now
        ? `the link is good until ${new Date(linkUntil).toISOString()}`
        : "the link was never used: repeat the command with this address";
    return `${name} <${email}> of ${organizationName}, ${state}${state === "invited" ? `; ${link}` : ""}`;
  });
  return new NotInvited(`Nobody is invited: there is somebody already.\n  ${who.join("\n  ")}`);
}

/** The organization with its first person. Of two that are made at the same moment, one has the number. */
async function provider(directory: D1Database, { organization, cloud, person, tokenHash }: Invitation, now: number): Promise<Write[]> {
  const there = await readOrganizationNames(directory);
  if (there.length > 0)
    throw new NotInvited(
      `This is no first start: there are organizations (${there.map(({ name }) => name).join(", ")}), and nobody of the group's has the duty Service Delivery. ` +
        "A security representative of the group gives it to somebody, in the console under People.",
    );
  const first = { person, duty: "service-delivery" } as const;
  const id = 1;
  return [
    ...makeOrganization({ id, name: organization, kind: "group", cloud, first, grantedBy: null, reason: REASON, tokenHash }, now),
    told({ id: firstIds(id).person, name: person.name, organizationId: id }, first.duty, now),
  ];
}

const REASON = "The first start";

async function representative(directory: D1Database, { person, tokenHash }: Invitation, now: number): Promise<Write[]> {
  const [delivery] = await readHolders(directory, "service-delivery");
  if (!delivery) throw new NotInvited("Invite the first person of Service Delivery before: the same command, without --representative.");
  const { organizationId } = delivery;
  const ids = (await readFirst<{ next: number; cloud: number }>(
    directory,
    sql`SELECT s.next, (SELECT min(c.id) FROM cloud c WHERE c.organization_id = s.organization_id AND c.state <> 'ended') AS cloud FROM sequence s
      WHERE s.organization_id = ${organizationId}`,
  ))!;
  const id = makeId({ region: 0, organization: organizationId, sequence: ids.next });
  const duty = "security-representative";
  const profiles = ids.cloud === null ? [] : [{ cloudId: ids.cloud, profile: "STD" as const, ends: null }];
  return [
    {
      // One statement decides who is first, and which number they get.
      query: sql`UPDATE sequence SET next = next + 1 WHERE organization_id = ${organizationId} AND next = ${ids.next} AND NOT EXISTS
        (SELECT 1 FROM duty d JOIN actor a ON a.id = d.actor_id WHERE d.duty = ${duty} AND a.organization_id = ${organizationId} AND a.state <> 'ended')`,
      must: "the first representative",
    },
    ...invitePerson({ id, organizationId, person, profiles, grantedBy: null, reason: REASON, duty, tokenHash }, now),
    told({ id, name: person.name, organizationId }, duty, now),
  ];
}

/** A new link in place of one that nobody has used in time. */
function renewal({ id, name, organizationId }: Holder, duty: Duty, tokenHash: string, now: number): Write[] {
  return [
    {
      query: sql`UPDATE actor SET version = version + 1 WHERE id = ${id} AND state = 'invited'
        AND NOT EXISTS (SELECT 1 FROM activation WHERE person_id = ${id} AND expires > ${now})`,
      must: "an invitation that was never used",
    },
    ...issueActivation(tokenHash, id, now),
    told({ id, name, organizationId }, duty, now),
  ];
}

function told(who: { id: number; name: string; organizationId: number }, duty: Duty, now: number): Write {
  return appendEvent("first-invited", { ...who, session: "" }, { duty }, now);
}
