import type { Shape } from "./common.ts";

export const resourceReads = {} as const satisfies Record<string, Shape>;
