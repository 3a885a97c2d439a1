/** The writes of aliases, of instances and of load balancers alike. Each demands the permit of its own labels. */
import { sql, type SQL } from "drizzle-orm";
import { aliasStatuses, type Domain } from "../../../worker/contract/domains.ts";
import { isAliasAct, movesNames, takesAliases } from "../../../worker/contract/lifecycle.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { commit, type Write } from "../../commit.ts";
import type { OperationRow } from "../read/operations.ts";
import { changeResource, type Act } from "./change.ts";
import { withinQuotas } from "./quotas.ts";
import type { Ended, Ending } from "./settle.ts";

export interface NewAlias {
  name: string;
  domain: Domain;
  /** "": it is not known yet. */
  address: string;
  /** Until when the directory holds the name, in ms since 1970: by the region's own clock nothing is committed later. */
  reservedUntil: number;
}

/** Opens its creation; its id is the operation's. @throws MustHitOne also when the reservation is over, or the quota used up; AlreadyThere when the region has the name */
export async function createAlias(database: D1Database, permit: Permit<"create-dns" | "create-dns-lb">, asked: NewAlias, act: Act): Promise<void> {
  await changeResource(database, permit, act, [insertAlias(permit, act.operation, asked), ...withinQuotas(permit.target.cloudId, { dnsAliases: 1 })]);
}

/** An alias that is to be made: by an act of its own, or with a URL. */
export function insertAlias(
  { actor, now }: Permit<"create-dns" | "create-dns-lb" | "create-lb" | "add-url-lb">,
  { id, resource_id: resourceId, change_reference: changeReference }: OperationRow,
  asked: NewAlias,
): Write {
  return {
    query: sql`INSERT INTO alias (id, resource_id, name, domain, address, author, status, created, change_reference)
      SELECT CAST(${id} AS INTEGER), CAST(${resourceId} AS INTEGER), ${asked.name}, ${asked.domain}, ${asked.address}, ${actor.name},
        ${aliasStatuses.PREPARATION}, ${now}, ${changeReference} WHERE unixepoch('subsec') * 1000 < ${asked.reservedUntil}`,
    must: "the reservation",
  };
}

/** Opens its deletion. @throws MustHitOne also when it has gone, or is still being made */
export async function deleteAlias(database: D1Database, permit: Permit<"delete-dns" | "delete-dns-lb">, name: string, act: Act): Promise<void> {
  await changeResource(database, permit, act, [takeAlias(permit.target.id, name)]);
}

/** The alias is being deleted from now on. */
export function takeAlias(resourceId: number, name: string): Write {
  return {
    query: sql`UPDATE alias SET status = ${aliasStatuses.DELETION}
      WHERE resource_id = ${resourceId} AND name = ${name} AND status = ${aliasStatuses.ACTIVE}`,
    must: "alias",
  };
}

/** What becomes of the alias that an operation was about, and of those that went ahead of their resource. */
export function settleAliases({ label, parameters, resource_id: resourceId }: Ended, { status, observed, records, step }: Ending): Write[] {
  const kept = records ?? (observed?.kind === "records" ? observed : null);
  const names = kept && kept.records.map((record) => record.name);
  // The names are taken back before anything else is done: with the first step they are gone, whatever became of the rest.
  if (takesAliases(label)) return names ? forget(resourceId, but(names)) : step > 0 ? forget(resourceId, sql``) : [];
  const name = nameIn(label, parameters);
  if (name === null) return [];
  const isDeletion = label.startsWith("delete-");
  const isThere = names ? names.includes(name) : isDeletion ? step === 0 : status === "SUCCESS";
  const isGone = label === "create-lb" && !observed;
  if (isThere && !isGone) {
    const address = observed?.kind === "balancer" && !isDeletion ? sql`, address = ${observed.ipAddress}` : sql``;
    return [{ query: sql`UPDATE alias SET status = ${aliasStatuses.ACTIVE} ${address} WHERE resource_id = ${resourceId} AND name = ${name}` }];
  }
  return [
    ...forget(resourceId, sql`AND name = ${name}`),
    ...(label === "delete-dns" || label === "create-dns" ? [] : [urlWithoutDns(resourceId, name)]),
  ];
}

/** The alias that an act makes or takes back, beside those that go with their resource; null: none. */
function nameIn(label: string, parameters: string): string | null {
  if (isAliasAct(label)) return (JSON.parse(parameters) as { name: string }).name;
  if (!movesNames(label)) return null;
  const { host, dns, aliases = [] } = JSON.parse(parameters) as { host?: string; dns?: Domain | null; aliases?: string[] };
  return label === "delete-url-lb" ? (aliases[0] ?? null) : dns ? (host ?? null) : null;
}

const but = (names: readonly string[]) => sql`AND name NOT IN (SELECT value FROM json_each(${JSON.stringify(names)}))`;

/** A URL whose name in DNS has gone says so: it takes none with it when it goes. */
function urlWithoutDns(balancerId: number, host: string): Write {
  return {
    query: sql`UPDATE resource SET attributes = json_set(attributes, '$.urls', (
        SELECT json_group_array(json(iif(replace(replace(url.value ->> '$.name', 'https://', ''), 'http://', '') = ${host},
          json_set(url.value, '$.setUpDNSEnabled', json('false')), url.value))) FROM json_each(attributes, '$.urls') AS url))
      WHERE id = ${balancerId}`,
  };
}

/** The region has these aliases no more, and the directory is to let their names go. @param which a further condition; empty: all of the resource's */
function forget(resourceId: number, which: SQL): Write[] {
  const these = sql`resource_id = ${resourceId} ${which}`;
  return [
    {
      query: sql`INSERT OR IGNORE INTO alias_freed (name, resource_id) SELECT name, resource_id FROM alias INDEXED BY alias_resource WHERE ${these}`,
    },
    { query: sql`DELETE FROM alias WHERE ${these}` },
  ];
}

/** The directory has let the name go, or has it for an alias that came since. */
export async function clearFreed(database: D1Database, freed: { name: string; holder: number }): Promise<void> {
  await commit(database, [{ query: sql`DELETE FROM alias_freed WHERE name = ${freed.name} AND resource_id = ${freed.holder}` }]);
}

/** True when an operation that ends may have freed names. */
export function mayFreeNames({ label }: Pick<OperationRow, "label">): boolean {
  return isAliasAct(label) || takesAliases(label) || movesNames(label);
}
