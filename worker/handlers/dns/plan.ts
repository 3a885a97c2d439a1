/** Whether an alias can be made or deleted: worked out before anybody signs, so that nobody signs what must fail. */
import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { aliasStatuses, domains, domainsFor, foldName, isDomain, mayUseDomain, MOST_ALIASES, type Domain } from "../../contract/domains.ts";
import type { AliasAct } from "../../contract/lifecycle.ts";
import type { CreateAlias } from "../../contract/shapes/dns.ts";
import { readAlias, readAliasFacts } from "../../../db/region/read/aliases.ts";
import type { Env } from "../../env.ts";
import { lacksKindOfOrganization, lacksState, type Missing } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { nameTaken } from "../../names/holding.ts";
import { isNameFree } from "../../names/reservation.ts";
import { requireQuota } from "../quotas/require.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";

export interface AliasPlan {
  name: string;
  domain: Domain;
  address: string;
}

/** @throws Problem("invalid_field_value" | "domain_reserved" | "state_forbids" | "name_taken" | "quota_exceeded" | "region_unavailable") */
export async function planAlias(actor: Actor, target: ResourceTarget, { alias: name, domain: wanted }: CreateAlias, env: Env): Promise<AliasPlan> {
  const domain = chooseDomain(actor, wanted);
  const region = regionOfId(target.id)!;
  const { attributes, names, quotas } = await readRegion(region, () => readAliasFacts(databaseOf(env, target.id), target));
  if (names.includes(name)) throw nameTaken({ name, field: "alias" }, `${target.name} has the alias '${name}' already.`);
  if (names.length >= MOST_ALIASES) {
    throw unavailable(
      target,
      `${target.name} has ${names.length} aliases, and ${MOST_ALIASES} is the most`,
      "Delete an alias that is no longer needed.",
      lacksState(`${names.length} aliases`, [`${MOST_ALIASES - 1} aliases`], { kind: "act", label: actOn(target, "delete"), id: target.id }),
    );
  }
  // An instance's own, or the one that a load balancer serves on.
  if (!attributes.ipAddress)
    throw unavailable(
      target,
      `${target.name} has no address yet`,
      "Wait until it has one.",
      lacksState("no address", ["an address"], { kind: "wait", label: null, action: null, until: null }, []),
    );
  requireQuota({ dnsAliases: 1 }, quotas, region);
  if (!(await isNameFree(env, "alias", name, target.id, Date.now()))) throw nameTaken({ name, field: "alias" });
  return { name, domain, address: attributes.ipAddress };
}

/** @throws Problem("operation_in_progress") while it is being made, or deleted already */
export async function planAliasDeletion(
  _actor: Actor,
  target: ResourceTarget,
  _body: unknown,
  env: Env,
  params: Record<string, string>,
): Promise<null> {
  const { id } = target;
  const name = foldName(params["alias"]!);
  const alias = await readRegion(regionOfId(id)!, () => readAlias(databaseOf(env, id), name, id));
  if (alias?.status === aliasStatuses.ACTIVE) return null;
  throw new Problem("operation_in_progress", {
    detail: `${actOn(target, "delete")} is not available: ${name} is ${alias?.status === aliasStatuses.PREPARATION ? "still being made" : "being deleted already"}.`,
    change: "Wait until that has ended.",
  });
}

function chooseDomain(actor: Actor, wanted: string): Domain {
  const open = domainsFor(actor.organizationKind).filter((domain) => domains[domain].dnsCreation);
  if (!isDomain(wanted)) throw wrong(`no domain has the name '${wanted}'; GET /itcare/networking/domains lists them`);
  if (!mayUseDomain(actor.organizationKind, wanted)) {
    throw new Problem("domain_reserved", {
      field: "domain",
      detail: `${wanted} is reserved for the group; ${actor.organizationName} is a customer.`,
      change: `Choose one of ${open.join(", ")}.`,
      missing: [lacksKindOfOrganization(actor.organizationKind, { kind: "ask-otherwise", field: "domain", oneOf: open })],
    });
  }
  if (!domains[wanted].dnsCreation) throw wrong(`${wanted} does not support DNS creation; ${open.join(", ")} do`);
  return wanted;
}

function wrong(what: string): Problem {
  return new Problem("invalid_field_value", { field: "domain", detail: `Error on field 'domain': ${what}.` });
}

function unavailable(target: ResourceTarget, why: string, change: string, missing: Missing): Problem {
  return new Problem("state_forbids", { detail: `${actOn(target, "create")} is not available: ${why}.`, change, missing: [missing] });
}

/** The label, as it is called for the target's category. */
function actOn({ category }: ResourceTarget, what: "create" | "delete"): AliasAct {
  return category === "LOAD_BALANCER" ? `${what}-dns-lb` : `${what}-dns`;
}
