/** Removes what has run out, in every database by itself: one that is away keeps nobody from the others. */
import { tellEndings } from "../db/directory/write/endings.ts";
import { sweepRegion } from "../db/region/write/sweep.ts";
import { regionList } from "./contract/topology.ts";
import type { Env } from "./env.ts";
import { finishClosing } from "./feed/closing.ts";
import { carryOutRecoveries } from "./identity/recoveries.ts";
import { sweepIdentity } from "./identity/sweep.ts";
import { sweepOAuth } from "./identity/oauth/sweep.ts";
import { sweepMails } from "./mail/send.ts";
import { adoptHosts, letFreedGo, settleReservations } from "./names/reservation.ts";
import { isBeingRestored } from "./restoration/held.ts";
import { openWhatIsUntouched } from "./restoration/open.ts";
import { eraseLongPast } from "./retention/erase.ts";
import { regionDatabase } from "./routing/regions.ts";
import { watchBalancers } from "./zones/wake.ts";
import { expireSnapshots } from "./zones/expire-snapshots.ts";

/** @param now ms since 1970 */
export async function sweepExpired(env: Env, now: number): Promise<void> {
  const open = regionList.filter((region) => !isBeingRestored(env, region));
  await Promise.allSettled([
    sweepIdentity(env, now),
    sweepOAuth(env, now),
    carryOutRecoveries(env, now),
    finishClosing(env, now),
    tellEndings(env.DIRECTORY, now),
    sweepMails(env, now),
    eraseLongPast(env, now),
    ...open.map((region) => sweepRegion(regionDatabase(env, region), now)),
    settleReservations(env, now),
    ...open.map((region) => openWhatIsUntouched(env, region)),
    ...open.map((region) => letFreedGo(env, region, now)),
    ...open.map((region) => adoptHosts(env, region)),
    ...open.map((region) => expireSnapshots(env, region, now)),
    ...open.map((region) => watchBalancers(env, region, null)),
  ]);
}
