/** Organizations: made on request with one Cloud and one security representative, suspended, ended. */
import { sql } from "drizzle-orm";
import { makeId } from "../../../worker/contract/ids.ts";
import { firstNetworksIn } from "../../../worker/contract/networks.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import type { WantedPerson } from "../../../worker/contract/requests.ts";
import { regions, zones, type OrganizationKind } from "../../../worker/contract/topology.ts";
import type { Write } from "../../commit.ts";
import { insert } from "../../statement.ts";
import { organization, sequence } from "../schema/index.ts";
import { makeCloud } from "./clouds.ts";
import { tellRegions } from "./feed.ts";
import { commitGoverned, type GovernedAct } from "./governed.ts";
import { invitePerson } from "./people.ts";

export interface NewOrganization {
  id: number;
  name: string;
  kind: OrganizationKind;
  cloud: string;
  /** Its first person, with a duty, and Standard on the first Cloud. */
  first: { person: WantedPerson; duty: "security-representative" | "service-delivery" };
  /** Null: nobody could yet. */
  grantedBy: number | null;
  reason: string;
  /** Of the activation link. */
  tokenHash: string;
}

/** The ids of what a new organization begins with. */
export function firstIds(id: number): { cloud: number; person: number } {
  return { cloud: makeId({ region: 0, organization: id, sequence: 1 }), person: makeId({ region: 0, organization: id, sequence: 2 }) };
}

/** In the commit, AlreadyThere on `organization.id` says that another one was faster, on `organization.name` or `person.email` that those are taken. */
export function makeOrganization({ id, name, kind, cloud, first, grantedBy, reason, tokenHash }: NewOrganization, now: number): Write[] {
  const ids = firstIds(id);
  const profiles = [{ cloudId: ids.cloud, profile: "STD" as const, ends: null }];
  return [
    { query: insert(organization, { id, name, kind, created: now }), must: "the organization" },
    { query: insert(sequence, { organizationId: id, next: 3 }), must: "the sequence" },
    ...makeNetworks(id, kind),
    ...makeCloud({ id: ids.cloud, organizationId: id, name: cloud }, now),
    ...invitePerson({ id: ids.person, organizationId: id, person: first.person, profiles, grantedBy, reason, duty: first.duty, tokenHash }, now),
  ];
}

/** Told to each region, which makes them there: without a network nobody creates anything. */
function makeNetworks(organizationId: number, kind: OrganizationKind): Write[] {
  return tellRegions((region) => ({
    kind: "networks",
    made: {
      organizationId,
      base: makeId({ region: regions[region].code, organization: organizationId, sequence: 0 }),
      networks: firstNetworksIn(region, organizationId, kind).map(({ zone, ...network }) => ({ ...network, zone: zones[zone].code })),
    },
  }));
}

type StandingLabel = "suspend-organization" | "resume-organization" | "end-organization";

const standing = { "suspend-organization": "suspended", "resume-organization": "active", "end-organization": "ended" } as const satisfies Record<
  StandingLabel,
  string
>;

/**
 * Nobody of an organization that is not active is anybody, from the next request on: no session lives, no token is taken, no operation is begun. It ends when
 * all its Clouds have; its people's addresses are free then, its log stays.
 * @throws MustHitOne when the challenge is spent, the organization has changed since, is the provider's own, or has a Cloud left
 */
export async function changeOrganization(directory: D1Database, permit: Permit<StandingLabel>, act: GovernedAct): Promise<void> {
  const { target, label } = permit;
  // Its people's ids lie together.
  const first = makeId({ region: 0, organization: target.id, sequence: 0 });
  const last = makeId({ region: 0, organization: target.id, sequence: 2 ** 32 - 1 });
  const ends = label === "end-organization";
  const empty = ends ? sql`NOT EXISTS (SELECT 1 FROM cloud WHERE cloud.organization_id = ${target.id} AND cloud.state <> 'ended')` : sql`true`;
  const changed: Write = {
    query: sql`UPDATE organization SET state = ${standing[label]}, ended = ${ends ? permit.now : null}, version = version + 1
      WHERE id = ${target.id} AND version = ${target.revision} AND id <> ${permit.actor.organizationId} AND ${empty}`,
    must: "the organization",
  };
  const leave: Write[] = [
    { query: sql`DELETE FROM session WHERE person_id BETWEEN ${first} AND ${last}` },
    { query: sql`DELETE FROM activation WHERE person_id IN (SELECT id FROM person WHERE id BETWEEN ${first} AND ${last})` },
  ];
  const forget: Write[] = [
    { query: sql`UPDATE person SET password = NULL, email = 'ended:' || id WHERE id BETWEEN ${first} AND ${last}` },
    { query: sql`UPDATE actor SET ended = coalesce(ended, ${permit.now}) WHERE id BETWEEN ${first} AND ${last} AND kind = 'person'` },
  ];
  await commitGoverned(directory, permit, act, [changed, ...(label === "resume-organization" ? [] : leave), ...(ends ? forget : [])]);
}
