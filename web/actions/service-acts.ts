/** What can be done to Services, and the acts as they are asked: with the revision that the person saw. */
import type { Label } from "../../worker/contract/actions.ts";
import type { CloudTarget } from "../../worker/contract/actor.ts";
import { readId } from "../../worker/contract/ids.ts";
import type { AvailableAction, ServiceItem } from "../../worker/contract/shapes/resources.ts";
import type { Body } from "../api/client.ts";
import { can } from "../can.ts";
import { i18n, t } from "../messages/index.svelte.ts";
import { refusalWords, type Availability } from "../messages/refusals.ts";
import { serviceTarget } from "../pages/service/service.ts";
import { session } from "../state/session.svelte.ts";
import type { Act } from "./ask.ts";

export type ServiceLabel = "update-service" | "delete-service";
/** A Service as the list or its own page has it; only the page knows what the server says of each act. */
export type KnownService = ServiceItem & { availableActions?: readonly AvailableAction[] };

const available: Availability = { reason: null, change: null };

export function mayServiceAct(label: ServiceLabel, service: KnownService): Availability {
  const { actor } = session;
  if (!actor) return { reason: label, change: null };
  const target = serviceTarget(service);
  const refused = refusalWords(can(label, actor, target), label, actor, target);
  if (refused) return refused;
  const words = t().services;
  if (label === "delete-service" && service.resourceCount) return { reason: words.notEmpty(service.resourceCount), change: words.notEmptyChange };
  const said = service.availableActions?.find((entry) => entry.label === label);
  return said && !said.available && i18n.language === "en" ? { reason: said.unavailabilityCauses.join(" "), change: null } : available;
}

/** The Clouds in which the person may make a Service, and, where there is none, why not. */
export function cloudsToFill(): { clouds: { id: number; name: string }[]; refused: Availability } {
  const { actor } = session;
  const label: Label = "create-service";
  const all = actor?.grants ?? [];
  const asked = all.map(({ cloudId, cloudName }) => {
    const target: CloudTarget = { kind: "cloud", id: cloudId, cloudId, organizationId: readId(cloudId)!.organization, name: cloudName };
    return { id: cloudId, name: cloudName, refused: refusalWords(can(label, actor!, target), label, actor!, target) };
  });
  const clouds = asked.filter(({ id, refused }) => !refused && (!session.cloud || session.cloud.id === id)).map(({ id, name }) => ({ id, name }));
  const first = asked.find(({ id }) => !session.cloud || session.cloud.id === id);
  return { clouds, refused: clouds.length > 0 ? available : (first?.refused ?? { reason: t().services.noCloud, change: null }) };
}

export function createService(cloudName: string, body: Body<"create-service">): Act<"create-service"> {
  const words = t().services;
  return {
    label: "create-service",
    body,
    on: body.cloudId,
    about: { name: body.name, facts: [[words.cloud, cloudName]], effect: words.createEffect },
  };
}

export function updateService(service: KnownService, options: Body<"update-service">["options"]): Act<"update-service"> {
  return { ...commonOf(service), label: "update-service", body: { options } };
}

export function deleteService(service: KnownService): Act<"delete-service"> {
  return { ...commonOf(service), label: "delete-service" };
}

function commonOf(service: KnownService) {
  const { id, name, cloudName, environment, revision } = service;
  const words = t().services;
  const facts: [string, string][] = [
    [words.cloud, cloudName],
    [words.environment, t().resources.environments[environment] ?? environment],
  ];
  return { params: { service: id }, etag: `"${revision}.0"`, on: id, environment, about: { name, facts } };
}
