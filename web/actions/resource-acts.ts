/** What can be changed of any resource without its zone: its Service, its tags, its environment. */
import type { Family } from "../../worker/contract/resource-types.ts";
import type { Label } from "../../worker/contract/actions.ts";
import type { ResourceTarget } from "../../worker/contract/actor.ts";
import { readId } from "../../worker/contract/ids.ts";
import type { TagPair } from "../../worker/contract/tags.ts";
import type { Answer, Body } from "../api/client.ts";
import { can } from "../can.ts";
import { t } from "../messages/index.svelte.ts";
import { refusalWords, type Availability } from "../messages/refusals.ts";
import { session } from "../state/session.svelte.ts";
import type { Act } from "./ask.ts";
import type { About } from "./sign.svelte.ts";

export type ResourceLabel = "move-resource" | "update-tags" | "update-resource";
export const resourceLabels: readonly ResourceLabel[] = ["move-resource", "update-tags", "update-resource"];
export type Resource = Answer<"read-resource">;

export function mayResourceAct(label: ResourceLabel, resource: Resource): Availability {
  const { actor } = session;
  if (!actor) return { reason: label, change: null };
  const target = targetOf(resource);
  return refusalWords(can(label, actor, target), label, actor, target) ?? { reason: null, change: null };
}

export function moveResource(resource: Resource, to: { id: number; name: string } | null): Act<"move-resource"> {
  const words = t().services;
  const facts: [string, string][] = to ? [[words.moveTo, to.name]] : [];
  return { ...commonOf(resource, { facts, effect: words.moveEffect }), label: "move-resource", body: { options: { serviceId: to?.id ?? 0 } } };
}

/** Only what differs is asked for: what somebody else has added meanwhile is not lost. */
export function updateTags(resource: Resource, after: readonly TagPair[]): Act<"update-tags"> {
  const value = (list: readonly TagPair[], key: string) => list.find((tag) => tag.key === key)?.value;
  const add = after.filter((tag) => value(resource.tags, tag.key) !== tag.value);
  const remove = resource.tags.filter(({ key }) => value(after, key) === undefined).map(({ key }) => key);
  return {
    ...commonOf(resource),
    label: "update-tags",
    body: { options: { ...(add.length > 0 && { add }), ...(remove.length > 0 && { remove }) } },
  };
}

export function updateResource(resource: Resource, options: Body<"update-resource">["options"]): Act<"update-resource"> {
  const words = t();
  const { environment } = options;
  const facts: [string, string][] =
    environment && environment !== resource.environment
      ? [[words.services.newEnvironment, words.resources.environments[environment] ?? environment]]
      : [];
  return { ...commonOf(resource, { facts }), label: "update-resource", body: { options } };
}

function commonOf(resource: Resource, { facts = [], effect }: About = {}) {
  const words = t().instance;
  const { id, revision, observation, environment } = resource;
  const known: [string, string][] = [
    [words.cloud, resource.cloudName],
    [words.service, resource.serviceName],
    [words.environment, t().resources.environments[environment] ?? environment],
  ];
  const about: About = { name: resource.name, facts: [...known, ...facts], ...(effect && { effect }) };
  return { params: { resource: id }, etag: `"${revision}.${observation}"`, on: id, environment, about };
}

function targetOf(resource: Resource): ResourceTarget {
  const { id, cloudId, serviceId, name, category, status, environment, availabilityZone, revision } = resource;
  return {
    kind: "resource",
    id,
    organizationId: readId(id)!.organization,
    cloudId,
    serviceId,
    name,
    family: resource.family as Family,
    category,
    status,
    environment,
    zone: availabilityZone,
    // None of these acts asks for it.
    monitored: false,
    revision,
    openOperation: (resource.actionsInProgress[0]?.label ?? null) as Label | null,
  };
}
