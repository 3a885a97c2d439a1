/** Who may become a member: an instance of the same Cloud, in the balancer's area, that its zone has made. */
import { categoryOfCode, statusOfCode } from "../../contract/resource-types.ts";
import { zoneOfCode, zones, type Area, type Zone } from "../../contract/topology.ts";
import type { MemberState } from "../../contract/load-balancers.ts";
import type { CandidateRow } from "../../../db/region/read/balancer-creation.ts";
import { lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";

export interface PlannedMember {
  instanceId: number;
  zone: Zone;
  address: string;
  port: number;
  state: MemberState;
}

/** @throws Problem("invalid_field_value" | "state_forbids"): what is not of this Cloud is answered as what is not there */
export function planMember(
  field: string,
  asked: { id: number; port: number; state: MemberState },
  candidates: readonly CandidateRow[],
  balancer: { cloudId: number; area: Area },
): PlannedMember {
  const row = candidates.find(({ id }) => id === asked.id);
  if (!row || row.cloud_id !== balancer.cloudId) throw wrong(field, "there is no such instance in this Cloud and region");
  if (categoryOfCode(row.type) !== "INSTANCE") throw wrong(field, `${row.name} is no instance`);
  const zone = zoneOfCode(row.zone);
  if (!zone || zones[zone].area !== balancer.area)
    throw wrong(field, `${row.name} is in ${zone && zones[zone].area}; the load balancer serves ${balancer.area}`);
  if (!row.ip_address || statusOfCode(row.status) === "PREPARATION") {
    throw new Problem("state_forbids", {
      field,
      detail: `${row.name} is still being installed and has no address to serve on.`,
      change: "Wait until it is ACTIVE.",
      missing: [lacksState("PREPARATION", ["ACTIVE", "INACTIVE"], { kind: "wait", label: null, action: null, until: null }, [])],
    });
  }
  if (row.open_label === "delete-instance") {
    throw new Problem("state_forbids", { field, detail: `${row.name} is being deleted.`, change: "Choose another instance." });
  }
  return { instanceId: row.id, zone, address: row.ip_address, port: asked.port, state: asked.state };
}

export function wrong(field: string, what: string): Problem {
  return new Problem("invalid_field_value", { field, detail: `Error on field '${field}': ${what}.` });
}
