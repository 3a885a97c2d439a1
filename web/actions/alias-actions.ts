/** What can be done to an instance's aliases, and the acts as they are asked: with the revision that the person saw. */
import type { Actor } from "../../worker/contract/actor.ts";
import type { AliasAct } from "../../worker/contract/lifecycle.ts";
import { toBase64Url } from "../../worker/contract/operation.ts";
import type { Answer } from "../api/client.ts";
import { can } from "../can.ts";
import { t } from "../messages/index.svelte.ts";
import { refusalWords } from "../messages/refusals.ts";
import type { ActRequest } from "./acting.svelte.ts";
import type { Act } from "./ask.ts";
import type { About } from "./sign.svelte.ts";

export type Alias = Answer<"list-dns">[number];
type Instance = ActRequest["instance"];

/** Why not, and what would change it; both null when it is available. */
export function aliasAvailability(label: AliasAct, instance: Instance, actor: Actor): { reason: string | null; change: string | null } {
  const target = { ...instance, kind: "resource" } as const;
  return refusalWords(can(label, actor, target), label, actor, target) ?? { reason: null, change: null };
}

export function createAlias(instance: Instance, body: { alias: string; domain: string }): Act<"create-dns"> {
  return { ...commonOf("create-dns", instance, body.alias), label: "create-dns", params: { instance: instance.id }, body };
}

export function deleteAlias(instance: Instance, alias: string): Act<"delete-dns"> {
  return { ...commonOf("delete-dns", instance, alias), label: "delete-dns", params: { instance: instance.id, alias } };
}

function commonOf(label: AliasAct, instance: Instance, alias: string) {
  const { id, etag, environment } = instance;
  return { etag, on: id, environment, about: aboutOf(label, instance, alias) };
}

function aboutOf(label: AliasAct, instance: Instance, alias: string): About {
  const words = t().instance;
  const facts: [string, string][] = [
    [words.cloud, instance.cloudName],
    [words.service, instance.serviceName],
    [words.environment, t().resources.environments[instance.environment] ?? instance.environment],
    [words.dns, alias],
  ];
  return { name: instance.name, facts, effect: words.effects[label] };
}

/** The command that looks a name up over HTTPS (RFC 8484); what it prints is the address. */
export function lookupCommand(origin: string, name: string): string {
  const labels = name.split(".").flatMap((label) => [label.length, ...Array.from(label, (character) => character.charCodeAt(0))]);
  const message = Uint8Array.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
  return `curl -s '${origin}/dns-query?dns=${toBase64Url(message)}' | tail -c 4 | od -An -tu1`;
}
