/**
 * How to ask for each row validly: what the sweeps, the decision table and the generated requests send. A row that gets a handler gets an entry here;
 * without one the project does not compile, because nothing would test who may ask for it.
 *
 *   "stop-instance": { about: anInstance("ACTIVE"), body: () => ({ operation: "stop" }) },
 *
 * - `about` makes what the request is about, in the Cloud that it is given, and names it: the path's `:instance` is `things.instance`. Each call makes
 *   another one. What the request is decided about (the path's first parameter, or the body's `serviceId`) is replaced by an id of nothing for requests
 *   about what is absent.
 * - `body` and `query` are made of the same things.
 */
import { sql } from "drizzle-orm";
import { prepare } from "../db/statement.ts";
import { methodOf, pathOf, rowOf, type HandledLabel } from "../worker/contract/actions.ts";
import { makeId, readId } from "../worker/contract/ids.ts";
import { environments, type Environment, type Status } from "../worker/contract/resource-types.ts";
import { readResourceTarget } from "../worker/routing/targets.ts";
import { aBalancer, aBalancerWithMember, aBalancerWithUrls, networkOf } from "./asking-balancers.ts";
import { askingApiAccounts } from "./asking-api-accounts.ts";
import { askingKept } from "./asking-kept.ts";
import { aPerson } from "./asking-people.ts";
import { askingProfiles } from "./asking-profiles.ts";
import { requestAsking } from "./asking-requests.ts";
import { aLockedKey, anEnrolment, aSession } from "./asking-account.ts";
import { anEntry } from "./asking-log.ts";
import type { Ask, World } from "./world.ts";
import type { Env } from "../worker/env.ts";

/** Where a thing stands, and for whom it is made: only one's own sessions can be ended. */
export interface Place {
  env: Env;
  organizationId: number;
  cloud: string;
  environment?: Environment;
  personId?: number;
}

/** What a request names, by the path's parameters; others are for the body. */
export type Things = Record<string, string | number>;

export interface Asking {
  about?: (it: World, place: Place) => Promise<Things>;
  body?: (things: Things) => unknown;
  query?: string;
  headers?: Record<string, string>;
}

const operation = (name: string, options?: unknown) => () => ({ operation: name, ...(options !== undefined && { options }) });

export const asking: Record<HandledLabel, Asking> = {
  "create-instance": {
    about: async (it, place) => ({ service: serviceOf(it, place), name: `asked-${++made}` }),
    body: ({ service, name }) => ({
      name,
      serviceId: service,
      productCode: "debian13",
      resourceId: "2cpu4gb",
      az: "EB-HDS-A",
      replicationEnabled: true,
    }),
  },
  "start-instance": { about: anInstance("INACTIVE"), body: operation("start") },
  "stop-instance": { about: anInstance("ACTIVE"), body: operation("stop") },
  "reset-instance": { about: anInstance("ACTIVE"), body: operation("reset") },
  "resize-compute-instance": { about: anInstance("ACTIVE"), body: operation("resize", { resourceId: "32cpu128gb" }) },
  "delete-instance": { about: anInstance("INACTIVE") },
  "create-snapshot": { about: anInstance("ACTIVE"), body: () => ({ label: "before the change" }) },
  "recover-snapshot": { about: anInstanceWithSnapshot, body: operation("recover") },
  "delete-snapshot": { about: anInstanceWithSnapshot },
  "enable-monitoring-instance": { about: anInstance("ACTIVE"), body: operation("enable_monitoring") },
  "disable-monitoring-instance": {
    about: anInstance("ACTIVE", true),
    body: operation("disable_monitoring", { noMonitoringReason: "replaced next week" }),
  },
  "run-plan": {
    about: asResource,
    body: () => ({ items: [{ label: "create-snapshot" }, { label: "create-snapshot", options: { lifetime: 1 } }] }),
  },
  "create-service": {
    about: async (it, place) => ({ cloud: cloudOf(it, place), name: `ASKED ${++made}` }),
    body: ({ cloud, name }) => ({ cloudId: cloud, name, environment: "TEST" }),
  },
  "update-service": { about: aService, body: operation("update", { description: "asked" }) },
  "delete-service": { about: aService },
  "move-resource": {
    about: async (it, place) => ({ ...(await asResource(it, place)), to: servicesOf(it, place)[1] ?? serviceOf(it, place) }),
    body: ({ to }) => ({ operation: "move", options: { serviceId: to } }),
  },
  "update-tags": { about: asResource, body: operation("update_tags", { add: [{ key: "asked", value: "yes" }] }) },
  "update-resource": { about: asResource, body: operation("update", { comment: "asked" }) },
  "create-dns": {
    about: async (it, place) => ({ ...(await anInstance("ACTIVE")(it, place)), alias: `asked-${++made}.cloud.itcare.example` }),
    body: ({ alias }) => ({ alias, domain: "cloud.itcare.example" }),
  },
  "delete-dns": { about: anInstanceWithAlias },
  "create-dns-lb": {
    about: async (it, place) => ({ ...(await aBalancer("ACTIVE")(it, place)), alias: `asked-${++made}.cloud.itcare.example` }),
    body: ({ alias }) => ({ alias, domain: "cloud.itcare.example" }),
  },
  "delete-dns-lb": { about: aBalancerWithAlias },
  "cancel-action": { about: aWaitingAction, body: operation("cancel") },
  "read-health": {},
  "read-me": {},
  "list-resources": {},
  "read-resource": { about: asResource },
  "read-chart": { about: asResource, query: "?graph-name=SYS_LNX_CPU_USAGE" },
  "read-history": { about: asResource },
  "list-resource-tags": { about: asResource },
  "list-instances": {},
  "read-instance": { about: anInstance("ACTIVE") },
  "read-instance-storage": { about: anInstance("ACTIVE") },
  "read-instance-networks": { about: anInstance("ACTIVE") },
  "list-snapshots": { about: anInstanceWithSnapshot },
  "list-dns": { about: anInstanceWithAlias },
  "list-dns-lb": { about: aBalancerWithAlias },
  "list-domains": {},
  "create-lb": {
    about: async (it, place) => ({ service: serviceOf(it, place), network: networkOf(it, place), url: `asked-${++made}.shop.example` }),
    body: ({ service, network, url }) => ({
      serviceId: service,
      area: "EB-HDS",
      networkId: network,
      url,
      domain: "shop.example",
      profileName: "HTTP",
      healthcheck: "/",
      persistence: "none",
      portMembers: 80,
      members: [],
    }),
  },
  "start-lb": { about: aBalancer("INACTIVE"), body: operation("start") },
  "stop-lb": { about: aBalancer("ACTIVE"), body: operation("stop") },
  "delete-lb": { about: aBalancer("INACTIVE") },
  "enable-monitoring-lb": { about: aBalancer("ACTIVE"), body: operation("enable_monitoring") },
  "disable-monitoring-lb": { about: aBalancer("ACTIVE"), body: operation("disable_monitoring", { noMonitoringReason: "replaced tonight" }) },
  "add-member-lb": {
    about: async (it, place) => ({ ...(await aBalancer("ACTIVE")(it, place)), ...(await anInstance("ACTIVE")(it, place)) }),
    body: ({ instance }) => ({ operation: "add_member", options: { id: instance } }),
  },
  "delete-member-lb": {
    about: aBalancerWithMember,
    body: ({ instance }) => ({ operation: "delete_member", options: { id: instance, acceptOutage: true } }),
  },
  "update-member-state": {
    about: aBalancerWithMember,
    body: ({ instance }) => ({ operation: "update_member_state", options: { id: instance, state: "offline", acceptOutage: true } }),
  },
  "add-url-lb": {
    about: async (it, place) => ({ ...(await aBalancer("ACTIVE")(it, place)), url: `asked-${++made}.shop.example` }),
    body: ({ url }) => ({ name: url, domain: "shop.example" }),
  },
  "delete-url-lb": { about: aBalancerWithUrls },
  "list-lb": {},
  "read-lb": { about: aBalancerWithMember },
  "list-lb-members": { about: aBalancerWithMember },
  "list-services": {},
  "read-service": { about: async (it, place) => ({ service: serviceOf(it, place) }) },
  "list-tag-keys": {},
  "list-tag-values": { query: "?key=application" },
  "list-statuses": {},
  "list-environments": {},
  "list-types": {},
  "list-products": {},
  "list-sizings": {},
  "list-backup-policies": {},
  "list-networks": {},
  "read-topology": {},
  "list-actions": {},
  "read-action": { about: aWaitingAction },
  "list-my-sessions": {},
  "end-my-session": { about: aSession },
  "end-my-other-sessions": {},
  "add-security-key": { about: anEnrolment, body: ({ credential }) => ({ name: "asked", credential: JSON.parse(String(credential)) }) },
  "rename-security-key": { about: aLockedKey, body: operation("rename", { name: "asked" }) },
  "remove-security-key": { about: aLockedKey },
  "end-member-sessions": { about: aPerson },
  ...askingProfiles,
  ...askingApiAccounts,
  "list-my-security-keys": {},
  ...requestAsking,
  ...askingKept,
  "read-log": {},
  "read-log-entry": { about: anEntry },
  "follow-log": { headers: { upgrade: "websocket" } },
};

let made = 0;

/** The request of the row about these things. */
export function requestOf(label: HandledLabel, things: Things): { path: string; ask: Ask } {
  const { body, query = "", headers = {} } = asking[label];
  const path = pathOf(label).replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(things[name])));
  return { path: `/itcare${path}${query}`, ask: { method: methodOf(label), headers, ...(body && { json: body(things) }) } };
}

/** The same things, had what the request is decided about never been: the id of its organization that nothing has. */
export function absentThings(label: HandledLabel, things: Things): Things {
  const first = things[/:(\w+)/.exec(pathOf(label))?.[1] ?? (rowOf(label).target === "cloud" ? "cloud" : "service")];
  const parts = readId(Number(first));
  if (!parts) return things;
  // An entry of the log is named by its place in the chain, not by an id.
  const absent = "entry" in things ? Number(first) + 1_000_000 : makeId({ ...parts, sequence: 4_000_000_000 + (parts.sequence % 1_000_000) });
  return Object.fromEntries(
    Object.entries(things).map(([name, value]) => [
      name,
      typeof value === "number" ? (value === first ? absent : value) : value.replaceAll(String(first), String(absent)),
    ]),
  );
}

export function serviceOf(it: World, place: Place): number {
  return servicesOf(it, place)[0]!;
}

function servicesOf(it: World, place: Place): number[] {
  const id = cloudOf(it, place);
  return it.planted.services.filter(({ cloudId }) => cloudId === id).map((service) => service.id);
}

export function cloudOf(it: World, { cloud }: Place): number {
  return it.planted.clouds.find(({ name }) => name === cloud)!.id;
}

/** An empty Service, as the directory and both regions have it. */
async function aService(it: World, place: Place): Promise<Things> {
  const [cloud, name, environment] = [cloudOf(it, place), `ASKED ${++made}`, environments[place.environment ?? "TEST"]];
  const id = makeId({ region: 0, organization: place.organizationId, sequence: 4_100_000_000 + made });
  await prepare(
    place.env.DIRECTORY,
    sql`INSERT INTO service (id, cloud_id, name, environment, created) VALUES (${id}, ${cloud}, ${name}, ${environment}, ${Date.now()})`,
  ).run();
  const copied = sql`INSERT INTO service (id, cloud_id, name, environment) VALUES (${id}, ${cloud}, ${name}, ${environment})`;
  await Promise.all([place.env.REGION_EB, place.env.REGION_ET].map((database) => prepare(database, copied).run()));
  return { service: id };
}

async function asResource(it: World, place: Place): Promise<Things> {
  return { resource: (await anInstance("ACTIVE")(it, place))["instance"]! };
}

function anInstance(status: Status, monitored = false) {
  return async (it: World, { organizationId, cloud, environment = "TEST" }: Place): Promise<Things> => {
    const tags = [{ key: "application", value: "asked" }];
    return { instance: (await it.addInstance({ organizationId, cloud, status, environment, tags, monitored })).id };
  };
}

async function anInstanceWithSnapshot(it: World, place: Place): Promise<Things> {
  const { instance } = await anInstance("ACTIVE")(it, place);
  const sequence = 4_100_000_000 + ++made;
  const id = makeId({ region: 1, organization: place.organizationId, sequence });
  await prepare(
    place.env.REGION_EB,
    sql`INSERT INTO snapshot (id, resource_id, label, author, status, created, expires, due)
      VALUES (${id}, ${Number(instance)}, 'before', 'nobody', 1, ${Date.now()}, 4e12, 4e12)`,
  ).run();
  return { instance: instance!, snapshot: `${instance}-snap-${sequence}` };
}

async function anInstanceWithAlias(it: World, place: Place): Promise<Things> {
  const { instance } = await anInstance("ACTIVE")(it, place);
  return { instance: instance!, alias: await anAliasOf(Number(instance), place) };
}

async function aBalancerWithAlias(it: World, place: Place): Promise<Things> {
  const { loadbalancer } = await aBalancer("ACTIVE")(it, place);
  return { loadbalancer: loadbalancer!, alias: await anAliasOf(Number(loadbalancer), place) };
}

async function anAliasOf(id: number, place: Place): Promise<string> {
  const sequence = 4_100_000_000 + ++made;
  const alias = `asked-${sequence}.cloud.itcare.example`;
  await prepare(
    place.env.REGION_EB,
    sql`INSERT INTO alias (id, resource_id, name, domain, address, author, status, created)
      VALUES (${makeId({ region: 1, organization: place.organizationId, sequence })}, ${id}, ${alias}, 'cloud.itcare.example', '10.0.0.1', 'nobody', 1,
        ${Date.now()})`,
  ).run();
  return alias;
}

/** An operation that nobody runs: it belongs to a zone without a controller. */
async function aWaitingAction(it: World, place: Place): Promise<Things> {
  const { instance } = await anInstance("ACTIVE")(it, place);
  const { id, organizationId, cloudId, serviceId, name } = (await readResourceTarget(place.env, Number(instance)))!;
  const action = makeId({ region: 1, organization: organizationId, sequence: 4_100_000_000 + ++made });
  const now = Date.now();
  await place.env.REGION_EB.batch([
    prepare(
      place.env.REGION_EB,
      sql`INSERT INTO operation (id, organization_id, cloud_id, service_id, resource_id, resource_name, resource_type, zone, label, parameters,
          actor_kind, actor_id, actor_name, created, updated, deadline)
        VALUES (${action}, ${organizationId}, ${cloudId}, ${serviceId}, ${id}, ${name}, 1, 99, 'stop-instance', '{}', 'person', 1, 'nobody', ${now}, ${now},
          ${now + 3_600_000})`,
    ),
    prepare(place.env.REGION_EB, sql`UPDATE resource SET open_operation = ${action}, open_label = 'stop-instance' WHERE id = ${id}`),
  ]);
  return { action };
}
