import { app } from "./app.ts";
import type { Env } from "./env.ts";
import { refuseToServe } from "./serving.ts";
import { sweepExpired } from "./sweep.ts";
import { notifyAllLogs } from "./log/notify.ts";
import { wakeAll } from "./zones/wake.ts";

export { OrganizationLog } from "./log/organization-log.ts";
export { OrganizationPace } from "./pace/organization-pace.ts";
export { SimulatedZone } from "./zones/simulated/zone.ts";
export { ZoneController } from "./zones/controller.ts";

/** Work whose call was lost is found again: when a fresh isolate answers its first request, and every minute. */
async function wakeEverything(env: Env): Promise<void> {
  await Promise.allSettled([wakeAll(env), notifyAllLogs(env)]);
}

let woken = false;

export default {
  async fetch(request, env, ctx) {
    const refusal = await refuseToServe(env, request);
    if (refusal) return refusal;
    if (!woken) {
      woken = true;
      ctx.waitUntil(wakeEverything(env));
    }
    return app.fetch(request, env, ctx);
  },
  async scheduled(_event, env) {
    if (await refuseToServe(env)) return;
    await Promise.allSettled([wakeEverything(env), sweepExpired(env, Date.now())]);
  },
} satisfies ExportedHandler<Env>;
