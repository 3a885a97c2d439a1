/**
 * The hosts of URLs: each is served by one load balancer of the whole product. The directory holds them as it holds the names of aliases. With
 * `setUpDNSEnabled` a host is made a name in DNS too, which leads to the load balancer and goes with its URL.
 */
import { AlreadyThere } from "../../../db/commit.ts";
import { aliasFault, domains, domainsFor, type Domain } from "../../contract/domains.ts";
import type { Actor } from "../../contract/actor.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";
import { nameTaken, type Wanted } from "../../names/holding.ts";
import { isNameFree } from "../../names/reservation.ts";

/** @param balancerId null: it is still to be made. @throws Problem("name_taken") */
export async function requireFreeHost(env: Env, name: string, field: string, balancerId: number | null): Promise<void> {
  if (!(await isNameFree(env, "host", name, balancerId, Date.now()))) throw nameTaken({ name, field });
}

/** The domain in which the host is made a name. @throws Problem("invalid_field_value" | "name_taken") */
export async function planHostInDns(env: Env, actor: Actor, host: string, field: string, balancerId: number | null): Promise<Domain> {
  const open = domainsFor(actor.organizationKind).filter((domain) => domains[domain].dnsCreation);
  const domain = open.find((candidate) => host.endsWith(`.${candidate}`));
  if (!domain || aliasFault(host, domain)) {
    throw new Problem("invalid_field_value", {
      field: "setUpDNSEnabled",
      detail: `Error on field 'setUpDNSEnabled': ${host} lies in no domain in which ${actor.organizationName} may make names.`,
      change: `Choose a URL in ${open.join(" or ")}, or leave setUpDNSEnabled out.`,
    });
  }
  if (await isNameFree(env, "alias", host, balancerId, Date.now())) return domain;
  throw new Problem("name_taken", {
    field,
    detail: `The name '${host}' leads elsewhere in DNS.`,
    change: "Choose another URL, or leave setUpDNSEnabled out: the name then leads where it led before.",
  });
}

/** What a URL takes: its host, and its name in DNS. */
export function namesOf({ host, dns }: { host: string; dns: Domain | null }, field: string): Wanted[] {
  const taken = { name: host, field };
  return [{ book: "host", ...taken }, ...(dns ? [{ book: "alias", ...taken } as const] : [])];
}

/** A commit that takes them. @throws Problem("name_taken") when the region has one of them already */
export async function takingNames<Result>(host: string, field: string, commit: () => Promise<Result>): Promise<Result> {
  try {
    return await commit();
  } catch (error) {
    if (error instanceof AlreadyThere && /\b(url_host\.host|alias\.name)\b/.test(error.index)) throw nameTaken({ name: host, field });
    throw error;
  }
}
