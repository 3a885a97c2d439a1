/** One load balancer as its page and its acts want it. */
import type { Family } from "../../../worker/contract/resource-types.ts";
import type { Label } from "../../../worker/contract/actions.ts";
import type { ResourceTarget } from "../../../worker/contract/actor.ts";
import { readId } from "../../../worker/contract/ids.ts";
import { outageWithout } from "../../../worker/contract/load-balancers.ts";
import type { Named } from "../../actions/alias-actions.ts";
import type { About } from "../../actions/sign.svelte.ts";
import { call, request, type Answer } from "../../api/client.ts";
import { can } from "../../can.ts";
import { t } from "../../messages/index.svelte.ts";
import { refusalWords, type Availability } from "../../messages/refusals.ts";
import { session } from "../../state/session.svelte.ts";
import { environmentName } from "../resources/resource.ts";

export type Balancer = Answer<"read-lb">;
export type Member = Answer<"list-lb-members">[number];
export type Url = Balancer["urls"][number];

export interface ReadBalancer {
  balancer: Balancer;
  members: Member[];
  etag: string | null;
}

/** Both at one moment: what is wanted and what is observed belong together. @throws ApiProblem `not_found` for what is absent or not the person's */
export async function readBalancer(id: number, signal?: AbortSignal): Promise<ReadBalancer> {
  const params = { loadbalancer: id };
  const [{ body, etag }, members] = await Promise.all([request("read-lb", { params, signal }), call("list-lb-members", { params, signal })]);
  return { balancer: body, members: members ?? [], etag };
}

/** As the contract's decisions want it. */
export function targetOf(balancer: Balancer): ResourceTarget {
  const { id, cloudId, serviceId, name, category, status, environment, revision, monitoringEnabled } = balancer;
  return {
    kind: "resource",
    id,
    organizationId: readId(id)!.organization,
    cloudId,
    serviceId,
    name,
    family: balancer.family as Family,
    category,
    status,
    environment,
    zone: balancer.availabilityZone,
    revision,
    monitored: monitoringEnabled,
    openOperation: (balancer.actionsInProgress[0]?.label ?? null) as Label | null,
  };
}

/** As its aliases want it. */
export function namedOf({ balancer, etag }: ReadBalancer): Named {
  return { ...targetOf(balancer), etag, cloudName: balancer.cloudName, serviceName: balancer.serviceName };
}

/** Why not, and what would change it; both null when it is available. The server's word goes before the contract's. */
export function availability(label: Label, balancer: Balancer): Availability {
  const { actor } = session;
  if (!actor) return { reason: label, change: null };
  const said = balancer.availableActions.find((entry) => entry.label === label);
  const target = targetOf(balancer);
  const refused = refusalWords(can(label, actor, target), label, actor, target);
  if (said?.available) return available;
  return refused ?? (said ? { reason: said.unavailabilityCauses.join(" ") || label, change: null } : available);
}

const available = { reason: null, change: null };

/** What stops serving without a member, as all stand now; null: enough is left. The API's own rule, in the person's language. */
export function outageWords({ id, port }: Pick<Member, "id" | "port">, { members, balancer }: ReadBalancer): string | null {
  const member = members.find((one) => one.id === id && one.port === port);
  const others = members.filter((one) => one !== member);
  const outage = member && outageWithout(member, others, balancer.status);
  if (!outage) return null;
  const words = t().balancers.members.outages;
  return outage.of === "balancer" ? words.balancer : words.dataCenter(outage.dataCenter ?? "");
}

/** What every act on it has in common. @param further what it is about beside the balancer, for the signing card */
export function commonOf(label: Label, { balancer, etag }: ReadBalancer, further: readonly (readonly [string, string])[] = []) {
  const words = t().instance;
  const facts: (readonly [string, string])[] = [
    [words.cloud, balancer.cloudName],
    [words.service, balancer.serviceName],
    [words.environment, environmentName(balancer.environment)],
    ...further,
  ];
  const about: About = { name: balancer.name, facts, effect: t().balancers.effects[label] };
  return { params: { loadbalancer: balancer.id }, etag, on: balancer.id, environment: balancer.environment, about };
}
