/** Load balancers to ask about, with what their acts need. */
import { sql } from "drizzle-orm";
import { prepare } from "../db/statement.ts";
import { makeId } from "../worker/contract/ids.ts";
import type { Status } from "../worker/contract/resource-types.ts";
import type { Place, Things } from "./asking.ts";
import type { World } from "./world.ts";

let made = 0;

export function aBalancer(status: Status) {
  return async (it: World, { organizationId, cloud, environment = "TEST" }: Place): Promise<Things> => ({
    loadbalancer: (await it.addInstance({ family: "LOAD_BALANCER", organizationId, cloud, status, environment })).id,
  });
}

export async function aBalancerWithMember(it: World, place: Place): Promise<Things> {
  const { loadbalancer } = await aBalancer("ACTIVE")(it, place);
  const { instance } = {
    instance: (await it.addInstance({ organizationId: place.organizationId, cloud: place.cloud, environment: place.environment ?? "TEST" })).id,
  };
  await prepare(
    place.env.REGION_EB,
    sql`INSERT INTO balancer_member (balancer_id, member_id, port, state, status, phase) VALUES (${Number(loadbalancer)}, ${Number(instance)}, 80, 1, 1, 1)`,
  ).run();
  return { loadbalancer: loadbalancer!, instance: instance! };
}

export async function aBalancerWithUrls(it: World, place: Place): Promise<Things> {
  const { loadbalancer } = await aBalancer("ACTIVE")(it, place);
  const url = makeId({ region: 1, organization: place.organizationId, sequence: 4_200_000_000 + ++made });
  const further = {
    id: url,
    name: `asked-further-${made}.shop.example`,
    domain: "shop.example",
    sslProfile: null,
    monitoringEnabled: false,
    onCallSupervision: false,
    setUpDNSEnabled: false,
    status: "ACTIVE",
  };
  await prepare(
    place.env.REGION_EB,
    sql`UPDATE resource SET attributes = json_insert(attributes, '$.urls[#]', json(${JSON.stringify(further)})) WHERE id = ${Number(loadbalancer)}`,
  ).run();
  return { loadbalancer: loadbalancer!, url };
}

export function networkOf(it: World, { organizationId }: Pick<Place, "organizationId">): number {
  return it.planted.networks.find((network) => network.organizationId === organizationId && network.zone === "EB-HDS-A")!.id;
}
