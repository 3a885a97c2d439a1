import type { Shape } from "./common.ts";

export const accountShapes = {} as const satisfies Record<string, Shape>;
