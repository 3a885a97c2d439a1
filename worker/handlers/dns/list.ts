import { ALIAS_TTL, aliasStatusList, domains, domainsFor } from "../../contract/domains.ts";
import type { AliasItem, DomainItem } from "../../contract/shapes/dns.ts";
import { readAliases, type AliasRow } from "../../../db/region/read/aliases.ts";
import type { Handler } from "../../gate/context.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";

/** By name; being made, there, and being deleted. */
export const listAliases: Handler<"list-dns" | "list-dns-lb"> = async ({ target }, _input, { env }) => {
  const rows = await readRegion(regionOfId(target.id)!, () => readAliases(databaseOf(env, target.id), target.id));
  return Response.json(rows.map(toItem));
};

/** The domains that the organization may use. */
export const listDomains: Handler<"list-domains"> = ({ actor }) =>
  Response.json(domainsFor(actor.organizationKind).map((domain): DomainItem => ({ domain, ...domains[domain] })));

function toItem(row: AliasRow): AliasItem {
  return {
    alias: row.name,
    domain: row.domain,
    status: aliasStatusList[row.status]!,
    type: "A",
    address: row.address || null,
    ttl: ALIAS_TTL,
    author: row.author,
    creationDate: new Date(row.created).toISOString(),
    changeReference: row.change_reference,
    actionId: row.id,
  };
}
