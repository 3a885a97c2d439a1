/** The writes of load balancers and their members. Each demands the permit of its own label. */
import { sql } from "drizzle-orm";
import type { Domain } from "../../../worker/contract/domains.ts";
import { memberPhases, memberStates, memberStatuses, type MemberState } from "../../../worker/contract/load-balancers.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import type { BalancerUrl } from "../../../worker/contract/shapes/balancer-attributes.ts";
import type { Write } from "../../commit.ts";
import type { OperationRow } from "../read/operations.ts";
import { changeResource, type Act } from "./change.ts";
import { insertAlias, takeAlias } from "./aliases.ts";
import { withinQuotas } from "./quotas.ts";
import { takeHost } from "./url-hosts.ts";

export interface NewMember {
  instanceId: number;
  port: number;
  state: MemberState;
}

/**
 * Members that the engine is still to be told of. Each is an instance of the Cloud that is there and stays: whoever deletes one looks for memberships.
 * @param id the balancer
 */
export function insertMembers(id: number, cloudId: number, members: readonly NewMember[]): Write[] {
  if (members.length === 0) return [];
  const rows = JSON.stringify(members.map(({ instanceId, port, state }) => [instanceId, port, memberStates[state]]));
  return [
    {
      query: sql`INSERT INTO balancer_member (balancer_id, member_id, port, state, status, phase)
        SELECT CAST(${id} AS INTEGER), r.id, wanted.value ->> 1, wanted.value ->> 2,
          iif(wanted.value ->> 2 = ${memberStates.enabled}, ${memberStatuses.unknown}, ${memberStatuses.user_down}), ${memberPhases.PREPARATION}
        FROM json_each(${rows}) AS wanted CROSS JOIN resource r ON r.id = wanted.value ->> 0 AND r.cloud_id = ${cloudId} AND r.open_label IS NOT 'delete-instance'`,
    },
    {
      query: sql`INSERT INTO must(hit, what) SELECT count(*) = ${members.length}, 'members' FROM json_each(${rows}) AS wanted
        CROSS JOIN balancer_member m ON m.balancer_id = ${id} AND m.member_id = wanted.value ->> 0 AND m.port = wanted.value ->> 1`,
    },
  ];
}

/** @throws MustHitOne also when the instance is going; AlreadyThere when it is a member by this port */
export async function addMember(database: D1Database, permit: Permit<"add-member-lb">, member: NewMember, act: Act): Promise<void> {
  await changeResource(database, permit, act, insertMembers(permit.target.id, permit.target.cloudId, [member]));
}

/** Opens its draining and its removal. @throws MustHitOne also when it has gone */
export async function deleteMember(
  database: D1Database,
  permit: Permit<"delete-member-lb">,
  member: Pick<NewMember, "instanceId" | "port">,
  act: Act,
): Promise<void> {
  await changeResource(database, permit, act, [take(permit.target.id, member, "DELETION")]);
}

/** Opens the change of what is wanted of it. @throws MustHitOne also when it has gone */
export async function changeMember(
  database: D1Database,
  permit: Permit<"update-member-state">,
  member: Pick<NewMember, "instanceId" | "port">,
  act: Act,
): Promise<void> {
  await changeResource(database, permit, act, [take(permit.target.id, member, "CHANGE")]);
}

/**
 * Takes a balancer, as it was seen, for an item of a plan whose turn has come, and the member whose state it changes.
 * @param seen what somebody changes of it, or what is observed, after this look makes the commit hit nothing
 */
export function takeForItem(
  { id, label, resource_id: balancer }: Pick<OperationRow, "id" | "label" | "resource_id">,
  member: Pick<NewMember, "instanceId" | "port">,
  seen: { revision: number; observation: number },
  now: number,
): Write[] {
  return [
    {
      query: sql`UPDATE resource SET revision = revision + 1, updated = ${now}, open_operation = ${id}, open_label = ${label}
        WHERE id = ${balancer} AND revision = ${seen.revision} AND observation = ${seen.observation} AND open_operation IS NULL`,
      must: "balancer",
    },
    take(balancer, member, "CHANGE"),
  ];
}

function take(id: number, { instanceId, port }: Pick<NewMember, "instanceId" | "port">, to: "CHANGE" | "DELETION"): Write {
  return {
    query: sql`UPDATE balancer_member SET phase = ${memberPhases[to]}
      WHERE balancer_id = ${id} AND member_id = ${instanceId} AND port = ${port} AND phase = ${memberPhases.ACTIVE}`,
    must: "member",
  };
}

export interface NewUrl {
  url: BalancerUrl;
  host: string;
  /** Until when the directory holds its names. */
  until: number;
  /** Where it is made a name in DNS, and what that leads to; null: it is not. */
  dns: Domain | null;
  address: string | null;
}

/** Opens its addition; it has the operation's id. @throws MustHitOne also when the quota is used up; AlreadyThere also for the host and for its name in DNS */
export async function addUrl(
  database: D1Database,
  permit: Permit<"add-url-lb">,
  { url, host, until, dns, address }: NewUrl,
  act: Act,
): Promise<void> {
  await changeResource(database, permit, act, [
    takeHost({ host, until }, permit.target.id),
    ...(dns ? [insertAlias(permit, act.operation, { name: host, domain: dns, address: address ?? "", reservedUntil: until })] : []),
    {
      query: sql`UPDATE resource SET attributes = json_insert(attributes, '$.urls[#]', json(${JSON.stringify(url)})) WHERE id = ${permit.target.id}`,
      must: "url",
    },
    ...withinQuotas(permit.target.cloudId, { dnsAliases: dns ? 1 : 0 }),
  ]);
}

/** Opens its removal. @throws MustHitOne also when it has gone, or is still being added */
export async function deleteUrl(
  database: D1Database,
  permit: Permit<"delete-url-lb">,
  { urlId, aliases }: { urlId: number; aliases: readonly string[] },
  act: Act,
): Promise<void> {
  await changeResource(database, permit, act, [
    ...aliases.map((name) => takeAlias(permit.target.id, name)),
    {
      query: sql`UPDATE resource SET attributes = json_set(attributes, '$.urls', ${urlsWith(urlId, "DELETION")})
        WHERE id = ${permit.target.id} AND EXISTS (
          SELECT 1 FROM json_each(attributes, '$.urls') AS url WHERE url.value ->> '$.id' = ${urlId} AND url.value ->> '$.status' = 'ACTIVE')`,
      must: "url",
    },
  ]);
}

/** The URLs of a row, one of them with another status. */
export function urlsWith(urlId: number, status: BalancerUrl["status"]) {
  return sql`(SELECT json_group_array(json(iif(url.value ->> '$.id' = ${urlId}, json_set(url.value, '$.status', ${status}), url.value)))
    FROM json_each(attributes, '$.urls') AS url)`;
}

/** The URLs of a row without one. */
export function urlsWithout(urlId: number) {
  return sql`(SELECT json_group_array(json(url.value)) FROM json_each(attributes, '$.urls') AS url WHERE url.value ->> '$.id' <> ${urlId})`;
}

/** An instance that is a member of a balancer does not go. */
export function noMembership(instanceId: number): Write {
  return {
    query: sql`INSERT INTO must(hit, what) SELECT NOT EXISTS (SELECT 1 FROM balancer_member INDEXED BY balancer_member_of WHERE member_id = ${instanceId}), 'membership'`,
  };
}
