/** The writes of aliases, of instances and of load balancers alike. Each demands the permit of its own labels. */
import { sql } from "drizzle-orm";
import { aliasStatuses, type Domain } from "../../../worker/contract/domains.ts";
import { isAliasAct, takesAliases } from "../../../worker/contract/lifecycle.ts";
import type { Permit } from "../../../worker/contract/permit.ts";
import { commit, type Write } from "../../commit.ts";
import type { OperationRow } from "../read/operations.ts";
import { changeResource, type Act } from "./change.ts";
import type { Ended, Ending } from "./settle.ts";

export interface NewAlias {
  name: string;
  domain: Domain;
  address: string;
  /** Until when the directory holds the name, in ms since 1970: by the region's own clock nothing is committed later. */
  reservedUntil: number;
}

/** Opens its creation; its id is the operation's. @throws MustHitOne also when the reservation is over; AlreadyThere when the region has the name */
export async function createAlias(database: D1Database, permit: Permit<"create-dns" | "create-dns-lb">, asked: NewAlias, act: Act): Promise<void> {
  const { id, resource_id: resourceId, change_reference: changeReference } = act.operation;
  await changeResource(database, permit, act, [
    {
      query: sql`INSERT INTO alias (id, resource_id, name, domain, address, author, status, created, change_reference)
        SELECT CAST(${id} AS INTEGER), CAST(${resourceId} AS INTEGER), ${asked.name}, ${asked.domain}, ${asked.address}, ${permit.actor.name},
          ${aliasStatuses.PREPARATION}, ${permit.now}, ${changeReference} WHERE unixepoch('subsec') * 1000 < ${asked.reservedUntil}`,
      must: "the reservation",
    },
  ]);
}

/** Opens its deletion. @throws MustHitOne also when it has gone, or is still being made */
export async function deleteAlias(database: D1Database, permit: Permit<"delete-dns" | "delete-dns-lb">, name: string, act: Act): Promise<void> {
  await changeResource(database, permit, act, [
    {
      query: sql`UPDATE alias SET status = ${aliasStatuses.DELETION}
        WHERE resource_id = ${permit.target.id} AND name = ${name} AND status = ${aliasStatuses.ACTIVE}`,
      must: "alias",
    },
  ]);
}

/** What becomes of the alias that an operation was about, and of those that went ahead of their resource. */
export function settleAliases(ended: Ended, ending: Ending): Write[] {
  const { label, parameters, resource_id: resourceId } = ended;
  // The names are taken back before anything else is done: with the first step they are gone, whatever became of the rest.
  if (takesAliases(label)) return ending.step > 0 ? forget(resourceId, null) : [];
  if (!isAliasAct(label)) return [];
  const { name } = JSON.parse(parameters) as { name: string };
  const { observed } = ending;
  const isThere = observed?.kind === "records" ? observed.records.some((record) => record.name === name) : label.startsWith("delete-");
  if (!isThere) return forget(resourceId, name);
  return [{ query: sql`UPDATE alias SET status = ${aliasStatuses.ACTIVE} WHERE resource_id = ${resourceId} AND name = ${name}` }];
}

/** The region has the alias no more, and the directory is to let its name go. @param name null: all of the resource's */
function forget(resourceId: number, name: string | null): Write[] {
  const which = sql`resource_id = ${resourceId} ${name === null ? sql`` : sql`AND name = ${name}`}`;
  return [
    {
      query: sql`INSERT OR IGNORE INTO alias_freed (name, resource_id) SELECT name, resource_id FROM alias INDEXED BY alias_resource WHERE ${which}`,
    },
    { query: sql`DELETE FROM alias WHERE ${which}` },
  ];
}

/** The directory has let the name go, or has it for an alias that came since. */
export async function clearFreed(database: D1Database, freed: { name: string; resource_id: number }): Promise<void> {
  await commit(database, [{ query: sql`DELETE FROM alias_freed WHERE name = ${freed.name} AND resource_id = ${freed.resource_id}` }]);
}

/** True when an operation that ends may have freed names. */
export function mayFreeNames({ label }: Pick<OperationRow, "label">): boolean {
  return isAliasAct(label) || takesAliases(label);
}
