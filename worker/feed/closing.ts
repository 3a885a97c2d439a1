/**
 * A Service that is being deleted: closed in the directory, then in the regions, and ended when every region says that it is empty. What a region holds of
 * a closed Service can only become less, so what it says stays true. A region that is away is asked again by the sweep; until then the Service stays closed.
 */
import { MustHitOne } from "../../db/commit.ts";
import { readClosing, type OwnedService } from "../../db/directory/read/services.ts";
import { endService, reopenService } from "../../db/directory/write/services.ts";
import { readOperation } from "../../db/region/read/operations.ts";
import { readCopy } from "../../db/region/read/services.ts";
import { regionList } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { notifyLog } from "../log/notify.ts";
import { requireNotHeld } from "../restoration/held.ts";
import { readRegion, regionDatabase } from "../routing/regions.ts";
import { feedRegions } from "./feed.ts";

/** How many at once; the others wait for the next minute. */
const AT_ONCE = 50;

/** Feeds the regions and ends what can be ended. @throws when the directory does not answer */
export async function finishClosing(env: Env, now: number): Promise<void> {
  await feedRegions(env);
  const closing = await readClosing(env.DIRECTORY, AT_ONCE);
  if (closing.length === 0) return;
  await Promise.allSettled(closing.map((service) => finish(env, service, now)));
  await feedRegions(env);
}

async function finish(env: Env, service: OwnedService, now: number): Promise<void> {
  const held = await readOperation(env.DIRECTORY, service.closing!);
  if (!held) return;
  const counts = await Promise.all(regionList.map((region) => countClosed(env, region, service)));
  const left = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  try {
    if (left > 0) await reopenService(env.DIRECTORY, service, held, notEmpty(left), now);
    else if (counts.every((count) => count !== null)) await endService(env.DIRECTORY, service, held, now);
    await notifyLog(env, service.organizationId);
  } catch (error) {
    // Somebody else has finished it in between.
    if (!(error instanceof MustHitOne)) throw error;
  }
}

/** How many resources a region has in a Service that it knows to be closed. Null: nobody knows yet. */
async function countClosed(env: Env, region: (typeof regionList)[number], { id, version, organizationId }: OwnedService): Promise<number | null> {
  try {
    // Facts of an earlier moment say nothing of what is there now.
    await requireNotHeld(env, region, organizationId);
    const copy = await readRegion(region, () => readCopy(regionDatabase(env, region), id));
    return copy && copy.closing === 1 && copy.version >= version ? copy.resources : null;
  } catch {
    return null;
  }
}

function notEmpty(left: number): string {
  return `Nothing was deleted: ${left === 1 ? "a resource" : `${left} resources`} came into it meanwhile.`;
}
