import type { Shape } from "./common.ts";

export const logShapes = {} as const satisfies Record<string, Shape>;
