/** Clouds: made on request and told to every region, suspended, ended. */
import { sql } from "drizzle-orm";
import type { Permit } from "../../../worker/contract/permit.ts";
import type { Write } from "../../commit.ts";
import { insert } from "../../statement.ts";
import { cloud } from "../schema/index.ts";
import { tellRegions } from "./feed.ts";
import { commitGoverned, type GovernedAct } from "./governed.ts";

/** In the commit, AlreadyThere on `cloud.name` says that the organization has one of this name. */
export function makeCloud({ id, organizationId, name }: { id: number; organizationId: number; name: string }, now: number): Write[] {
  return [
    { query: insert(cloud, { id, organizationId, name, created: now }), must: "the Cloud" },
    ...tellRegions({ kind: "cloud", cloud: { id, organizationId, name } }),
  ];
}

type StandingLabel = "suspend-cloud" | "resume-cloud" | "end-cloud";

const standing = { "suspend-cloud": "suspended", "resume-cloud": "active", "end-cloud": "ended" } as const satisfies Record<StandingLabel, string>;

/**
 * A Cloud that is not active gives nobody anything, from the next request on. It ends when it has no Service: a Service ends only when every region has said
 * that it is empty, and none is made in a Cloud that is not active, so nothing is left anywhere.
 * @throws MustHitOne when the challenge is spent, the Cloud has changed since, or is not empty
 */
export async function changeCloud(directory: D1Database, permit: Permit<StandingLabel>, act: GovernedAct): Promise<void> {
  const { target, label } = permit;
  const empty = label === "end-cloud" ? sql`NOT EXISTS (SELECT 1 FROM service WHERE service.cloud_id = ${target.id})` : sql`true`;
  await commitGoverned(directory, permit, act, [
    {
      query: sql`UPDATE cloud SET state = ${standing[label]}, version = version + 1 WHERE id = ${target.id} AND version = ${target.revision} AND ${empty}`,
      must: "the Cloud",
    },
  ]);
}
