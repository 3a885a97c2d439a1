/** Which engine stands behind a zone. */
import type { Env } from "../env.ts";
import type { ZoneEngine } from "./engine.ts";
import { SimulatedEngine } from "./simulated/engine.ts";
import type { ControllerName } from "./wake.ts";

export function engineFor(env: Env, name: ControllerName): ZoneEngine {
  return new SimulatedEngine(env, name);
}
