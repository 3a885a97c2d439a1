/** What can be done to the aliases of an instance or a load balancer, and the acts as they are asked: with the revision that the person saw. */
import type { Actor, ResourceTarget } from "../../worker/contract/actor.ts";
import type { AliasAct } from "../../worker/contract/lifecycle.ts";
import { toBase64Url } from "../../worker/contract/operation.ts";
import { call, type Answer } from "../api/client.ts";
import { can } from "../can.ts";
import { t } from "../messages/index.svelte.ts";
import { refusalWords, type Availability } from "../messages/refusals.ts";
import { router } from "../router.svelte.ts";
import { session } from "../state/session.svelte.ts";
import type { Act } from "./ask.ts";
import type { Command } from "./palette.svelte.ts";
import type { About } from "./sign.svelte.ts";

export type Alias = Answer<"list-dns">[number];

/** What has aliases. */
export interface Named extends Omit<ResourceTarget, "kind"> {
  etag: string | null;
  cloudName: string;
  serviceName: string;
}

export function aliasLabels({ category }: Pick<Named, "category">) {
  return category === "LOAD_BALANCER"
    ? ({ create: "create-dns-lb", remove: "delete-dns-lb" } as const)
    : ({ create: "create-dns", remove: "delete-dns" } as const);
}

const isBalancer = ({ category }: Named) => category === "LOAD_BALANCER";

export async function listAliases(resource: Named, signal: AbortSignal): Promise<Alias[]> {
  const { id } = resource;
  return isBalancer(resource)
    ? call("list-dns-lb", { params: { loadbalancer: id }, signal })
    : call("list-dns", { params: { instance: id }, signal });
}

/** Why not, and what would change it; both null when it is available. */
export function aliasAvailability(label: AliasAct, resource: Named, actor: Actor): Availability {
  const target = { ...resource, kind: "resource" } as const;
  return refusalWords(can(label, actor, target), label, actor, target) ?? { reason: null, change: null };
}

export function createAlias(resource: Named, body: { alias: string; domain: string }): Act<"create-dns" | "create-dns-lb"> {
  const label = aliasLabels(resource).create;
  const common = { ...commonOf(label, resource, body.alias), body };
  return label === "create-dns-lb"
    ? { ...common, label, params: { loadbalancer: resource.id } }
    : { ...common, label, params: { instance: resource.id } };
}

export function deleteAlias(resource: Named, alias: string): Act<"delete-dns" | "delete-dns-lb"> {
  const label = aliasLabels(resource).remove;
  const common = commonOf(label, resource, alias);
  return label === "delete-dns-lb"
    ? { ...common, label, params: { loadbalancer: resource.id, alias } }
    : { ...common, label, params: { instance: resource.id, alias } };
}

/** For the palette of a page that shows the aliases in one of its tabs: that tab knows how many there are, and asks. */
export function aliasCommand(resource: Named, tab: string): Command {
  const { create } = aliasLabels(resource);
  return {
    id: create,
    text: t().signing.acts[create]!(resource.name),
    icon: "plus",
    hint: create,
    reason: session.actor && aliasAvailability(create, resource, session.actor).reason,
    run: () => router.setQuery({ tab, do: create }, {}),
  };
}

function commonOf(label: AliasAct, resource: Named, alias: string) {
  const { id, etag, environment } = resource;
  return { etag, on: id, environment, about: aboutOf(label, resource, alias) };
}

function aboutOf(label: AliasAct, resource: Named, alias: string): About {
  const words = t().instance;
  const facts: [string, string][] = [
    [words.cloud, resource.cloudName],
    [words.service, resource.serviceName],
    [words.environment, t().resources.environments[resource.environment] ?? resource.environment],
    [words.dns, alias],
  ];
  return { name: resource.name, facts, effect: words.effects[label] };
}

/** The command that looks a name up over HTTPS (RFC 8484); what it prints is the address. */
export function lookupCommand(origin: string, name: string): string {
  const labels = name.split(".").flatMap((label) => [label.length, ...Array.from(label, (character) => character.charCodeAt(0))]);
  const message = Uint8Array.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
  return `curl -s '${origin}/dns-query?dns=${toBase64Url(message)}' | tail -c 4 | od -An -tu1`;
}
