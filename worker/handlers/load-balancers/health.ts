import { readTallies, type Tally } from "../../../db/region/read/balancers.ts";
import { operatingStatus, type OperatingStatus } from "../../contract/load-balancers.ts";
import type { Status } from "../../contract/resource-types.ts";

interface BalancerHealth {
  operatingStatus: OperatingStatus;
  memberCount: number;
  membersUp: number;
}

const nobody: Tally = { members: 0, known: 0, up: 0 };

/** How balancers do, by id, as their members were last observed. */
export async function healthOf(database: D1Database, balancers: readonly { id: number; status: Status }[]): Promise<Map<number, BalancerHealth>> {
  const tallies = await readTallies(
    database,
    balancers.map(({ id }) => id),
  );
  return new Map(
    balancers.map(({ id, status }) => {
      const tally = tallies.get(id) ?? nobody;
      return [id, { operatingStatus: operatingStatus(status, tally), memberCount: tally.members, membersUp: tally.up }];
    }),
  );
}
