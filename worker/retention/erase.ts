/**
 * Erasing what a stated time has passed of (contract/retention.ts). Everywhere else first, in the directory last: what a region or a log that is away
 * could not forget is found again at the next sweep. No chain is touched, and every one still verifies.
 */
import {
  eraseOrganization,
  erasePerson,
  eraseRequests,
  readLogsThatName,
  readLongDecided,
  readLongEnded,
  readLongEndedOrganizations,
  type LongEnded,
} from "../../db/directory/write/retention.ts";
import { isNameShared } from "../../db/directory/read/people.ts";
import { eraseName } from "../../db/region/write/retention.ts";
import { retention } from "../contract/retention.ts";
import { regionList, regions } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { organizationLog } from "../log/notify.ts";
import { readRegion, regionDatabase } from "../routing/regions.ts";

/** How many at once; the others wait for the next minute. */
const AT_ONCE = 20;

/** @param now ms since 1970 */
export async function eraseLongPast(env: Env, now: number): Promise<void> {
  await eachAlone(await readLongDecided(env.DIRECTORY, now - retention.request.for, AT_ONCE), async ({ id, organizationId }) => {
    await eraseInLogs(env, organizationId, id);
    await eraseRequests(env.DIRECTORY, [id], now);
  });
  await eachAlone(await readLongEnded(env.DIRECTORY, now - retention.person.for, AT_ONCE), (person) => forget(env, person, now));
  await eachAlone(await readLongEndedOrganizations(env.DIRECTORY, now - retention.log.for, AT_ONCE), async (id) => {
    await organizationLog(env, id).erase();
    await eraseOrganization(env.DIRECTORY, id, now);
  });
}

async function forget(env: Env, person: LongEnded, now: number): Promise<void> {
  const named = { ...person, shared: await isNameShared(env.DIRECTORY, person) };
  await Promise.all(regionList.map((region) => readRegion(region, () => eraseName(regionDatabase(env, region), regions[region].code, named))));
  await eraseInLogs(env, person.organizationId, person.id);
  await erasePerson(env.DIRECTORY, person, now);
}

async function eraseInLogs(env: Env, organizationId: number, id: number): Promise<void> {
  const logs = await readLogsThatName(env.DIRECTORY, organizationId);
  await Promise.all(logs.map((log) => organizationLog(env, log).eraseName(id)));
}

/** One after the other; what fails keeps nothing from the others. */
async function eachAlone<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      console.error("What is to be erased waits:", error);
    }
  }
}
