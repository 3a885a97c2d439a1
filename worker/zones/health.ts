import type { Zone } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { engineFor } from "./engines.ts";

export interface ZoneHealth {
  zone: Zone;
  healthy: boolean;
  /** How many instances the zone has, of everybody; null: it does not answer. */
  instances: number | null;
}

/** How long a zone may take to say that it is well, in ms: a page waits for it. */
const PATIENCE = 2_000;

/** Never rejects, and answers in time: a zone that does not is not healthy. */
export async function zoneHealth(env: Env, zone: Zone): Promise<ZoneHealth> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE);
  });
  const health = await Promise.race([
    engineFor(env, zone)
      .health()
      .catch(() => null),
    silence,
  ]);
  clearTimeout(timer);
  return { zone, healthy: health?.healthy ?? false, instances: health?.instances ?? null };
}
