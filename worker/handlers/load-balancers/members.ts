import { readMembers, servingOf, type MemberRow } from "../../../db/region/read/balancers.ts";
import { memberPhaseList, memberStateOf, memberStatusOf, outageWithout } from "../../contract/load-balancers.ts";
import { families, familyOfCode, type Status } from "../../contract/resource-types.ts";
import type { BalancerMember } from "../../contract/shapes/load-balancers.ts";
import { zoneOfCode, zones } from "../../contract/topology.ts";
import type { Handler } from "../../gate/context.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";

/** Who serves, by name: what is wanted of each, what is observed, and what would stop serving without it. */
export const listMembers: Handler<"list-lb-members"> = async ({ target }, _input, { env }) => {
  const rows = await readRegion(regionOfId(target.id)!, () => readMembers(databaseOf(env, target.id), target.id));
  return Response.json(rows.map((row) => toMember(row, rows, target.status)));
};

function toMember(row: MemberRow, all: readonly MemberRow[], balancer: Status): BalancerMember {
  const zone = zoneOfCode(row.zone);
  const place = zone && zones[zone];
  const others = all.filter((other) => other !== row).map(servingOf);
  return {
    id: row.member_id,
    port: row.port,
    state: memberStateOf(row.state),
    status: memberStatusOf(row.status),
    statusSince: row.since === null ? null : new Date(row.since).toISOString(),
    phase: memberPhaseList[row.phase]!,
    name: row.name,
    ipAddress: row.ip_address,
    technicalNetwork: row.network,
    area: place && place.area,
    availabilityZone: zone,
    dataCenter: place && place.dataCenter,
    category: families[familyOfCode(row.type)].category,
    outage: outageWithout(servingOf(row), others, balancer)?.says ?? null,
  };
}
