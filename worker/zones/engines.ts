/** Which engine stands behind a zone. */
import type { Env } from "../env.ts";
import type { Region } from "../contract/topology.ts";
import type { NameServer, ZoneEngine } from "./engine.ts";
import { SimulatedEngine } from "./simulated/engine.ts";
import type { ControllerName } from "./wake.ts";

export function engineFor(env: Env, name: ControllerName): ZoneEngine {
  return new SimulatedEngine(env, name);
}

/** What answers for the names of a region. */
export function nameServerFor(env: Env, region: Region): NameServer {
  return new SimulatedEngine(env, region);
}
