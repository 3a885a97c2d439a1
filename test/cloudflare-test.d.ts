import type { D1Migration } from "@cloudflare/vitest-plugin";
import type { Env } from "../worker/env.ts";

declare global {
  namespace Cloudflare {
    interface Env extends ProductEnv {
      DIRECTORY_MIGRATIONS: D1Migration[];
      REGION_MIGRATIONS: D1Migration[];
      /** Rounds of a race, number and seed of the generated requests: scripts/lib/sizes.ts. */
      ROUNDS: string;
      REQUESTS: string;
      SEED: string;
    }
  }
}
type ProductEnv = Env;
