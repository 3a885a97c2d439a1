/** Who drives the load: one person per organization who may everything, with a session and a software key, and one who may export the log. */
import { sql } from "drizzle-orm";
import { commit } from "../../db/commit.ts";
import { enrolKey } from "../../db/directory/write/security-keys.ts";
import { insertSession } from "../../db/directory/write/sessions.ts";
import { plantCompany, type Planted } from "../../db/seed/plant.ts";
import { prepare } from "../../db/statement.ts";
import { withDatabases } from "../../scripts/lib/databases.ts";
import { families } from "../../worker/contract/resource-types.ts";
import type { Zone } from "../../worker/contract/topology.ts";
import { newSession } from "../../worker/identity/session.ts";
import { SoftwareAuthenticator } from "../software-authenticator.ts";

/** One session of a driver's, with a key of its own: keys count their uses, so each is used by one after the other. */
export interface Lane {
  cookie: string;
  key: SoftwareAuthenticator;
}

export interface Driver {
  name: string;
  organizationId: number;
  lanes: Lane[];
  serviceId: number;
  cloudId: number;
  instances: number[];
  /** Services that it has made. */
  services: number[];
  balancers: number[];
  /** Who serves behind which of them, at the beginning. */
  members: { balancer: number; instance: number }[];
  zones: Zone[];
}

export interface Company {
  drivers: Driver[];
  /** The cookie of each organization's security representative, by organization. */
  representatives: Map<number, string>;
}

/** How much each of them does at once. */
const LANES = 3;

const driving: Record<number, { driver: string; representative: string; zones: Zone[] }> = {
  1: { driver: "paul", representative: "sybil", zones: ["EB-HDS-A", "ET-HDS-A"] },
  2: { driver: "boris", representative: "bea", zones: ["EB-HDS-A", "EB-HDS-B"] },
  3: { driver: "greta", representative: "gwen", zones: ["EB-A", "ET-HDS-A"] },
};

/** Migrates and seeds the databases in the folder. @param origin the console's */
export async function populate(state: string, origin: string): Promise<Company> {
  return withDatabases(state, async ({ DIRECTORY, REGION_EB, REGION_ET }) => {
    const now = Date.now();
    const planted = await plantCompany({ directory: DIRECTORY, regions: { EB: REGION_EB, ET: REGION_ET }, now, size: "whole" });
    await prepare(DIRECTORY, sql`UPDATE actor SET state = 'active' WHERE kind = 'person'`).run();
    const signIn = async (who: string): Promise<Lane> => {
      const { id, name, organization } = planted.people.find((candidate) => candidate.key === who)!;
      const { row, cookie } = await newSession(new Request(origin), id, now);
      const key = await SoftwareAuthenticator.create(origin);
      await commit(DIRECTORY, [
        insertSession(row),
        ...enrolKey(key.enrolled(), { id, name, organizationId: organization.id, session: row.id }, "A key", now),
      ]);
      return { cookie: cookie.split(";")[0]!, key };
    };
    const drivers: Driver[] = [];
    const representatives = new Map<number, string>();
    for (const [organization, { driver, representative, zones }] of Object.entries(driving)) {
      const organizationId = Number(organization);
      const lanes: Lane[] = [];
      for (let lane = 0; lane < LANES; lane++) lanes.push(await signIn(driver));
      drivers.push({ name: driver, organizationId, lanes, ...thingsOf(planted, organizationId, zones), zones });
      representatives.set(organizationId, (await signIn(representative)).cookie);
    }
    return { drivers, representatives };
  });
}

/** How many load balancers each of them has. */
const BALANCERS = 3;

function thingsOf(
  planted: Planted,
  organizationId: number,
  zones: readonly Zone[],
): Pick<Driver, "serviceId" | "cloudId" | "instances" | "services" | "balancers" | "members"> {
  const own = planted.resources.filter(
    (resource) =>
      resource.organizationId === organizationId &&
      zones.includes(resource.zone!) &&
      families[resource.family].category === "INSTANCE" &&
      resource.status !== "PREPARATION",
  );
  const { service, cloudId } = own[0]!;
  const serving = planted.members.filter(({ balancer }) => balancer.cloudId === cloudId && ["ACTIVE", "INACTIVE"].includes(balancer.status));
  const balancers = [...new Set(serving.map(({ balancer }) => balancer.id))].slice(0, BALANCERS);
  const members = serving
    .filter(({ balancer }) => balancers.includes(balancer.id))
    .map(({ balancer, instance }) => ({ balancer: balancer.id, instance: instance.id }));
  const instances = [...new Set([...own.slice(0, 24).map(({ id }) => id), ...members.map(({ instance }) => instance)])];
  return { serviceId: service.id, cloudId, instances, services: [], balancers, members };
}
