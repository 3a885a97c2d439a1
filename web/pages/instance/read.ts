/** One instance as its page, the row's menu and the acts want it. */
import type { Family } from "../../../worker/contract/resource-types.ts";
import type { Label } from "../../../worker/contract/actions.ts";
import { readId } from "../../../worker/contract/ids.ts";
import { call, request, type Answer } from "../../api/client.ts";
import { asProblem, isCancelled } from "../../api/problem.ts";
import type { ActRequest } from "../../actions/acting.svelte.ts";

export type Instance = Answer<"read-instance">;

type Resource = Answer<"read-resource">;

/** The page's subject: an instance with all that it has, or a resource of another family with what all have. */
export interface AnyResource {
  resource: Resource;
  instance: Instance | null;
  acted: ActRequest["instance"] | null;
}

export interface ReadInstance {
  instance: Instance;
  /** The same, as acts and their buttons want it. */
  acted: ActRequest["instance"];
}

/** @throws ApiProblem `not_found` for what is absent, not the person's to see, or no instance */
export async function readInstance(id: number | string, signal?: AbortSignal): Promise<ReadInstance> {
  const { body, etag } = await request("read-instance", { params: { instance: id }, signal });
  return { instance: body, acted: actedOn(body, etag) };
}

/** @throws ApiProblem `not_found` for what is absent or not the person's to see */
export async function readAny(id: number, signal: AbortSignal): Promise<AnyResource> {
  try {
    const { instance, acted } = await readInstance(id, signal);
    return { resource: instance, instance, acted };
  } catch (error) {
    if (isCancelled(error) || asProblem(error).code !== "not_found") throw error;
    return { resource: await call("read-resource", { params: { resource: id }, signal }), instance: null, acted: null };
  }
}

function actedOn(instance: Instance, etag: string | null): ReadInstance["acted"] {
  const {
    id,
    cloudId,
    cloudName,
    serviceId,
    serviceName,
    name,
    category,
    status,
    environment,
    revision,
    disks,
    ipAddress,
    network,
    availableActions,
  } = instance;
  return {
    id,
    organizationId: readId(id)!.organization,
    cloudId,
    cloudName,
    serviceId,
    serviceName,
    name,
    family: instance.family as Family,
    category,
    status,
    environment,
    zone: instance.availabilityZone,
    monitored: instance.monitoringEnabled,
    revision,
    openOperation: (instance.actionsInProgress[0]?.label ?? null) as Label | null,
    etag: etag ?? `"${revision}.${instance.observation}"`,
    availableActions,
    sizing: instance.resourceId,
    disks,
    ipAddress,
    aliases: network.dns.map(({ alias }) => alias),
    memberships: instance.loadbalancers,
  };
}
