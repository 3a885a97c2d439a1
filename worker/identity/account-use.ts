/** What programs do with their profiles is noted, so that nobody holds more than is used. Beside the request: it costs no answer any time. */
import { noteAccountUse } from "../../db/directory/write/api-accounts.ts";
import type { Label } from "../contract/actions.ts";
import type { ApiAccountActor, Target } from "../contract/actor.ts";
import type { Context } from "../gate/context.ts";

/** An hour that this isolate has noted needs no second note. */
const PERIOD = 60 * 60_000;
const noted = new Map<string, number>();

/** @param now ms since 1970 */
export function noteUse(actor: ApiAccountActor, label: Label, target: Target, now: number, { env, waitUntil }: Context): void {
  const cloudId = "cloudId" in target ? target.cloudId : 0;
  const what = `${actor.id} ${cloudId} ${label}`;
  if (now - (noted.get(what) ?? 0) < PERIOD) return;
  if (noted.size > 10_000) noted.clear();
  noted.set(what, now);
  waitUntil(
    noteAccountUse(env.DIRECTORY, actor.id, cloudId, label, now).catch((error: unknown) => {
      noted.delete(what);
      console.error("The use of an API account was not noted:", error);
    }),
  );
}
