import type { Shape } from "./common.ts";

export const operationShapes = {} as const satisfies Record<string, Shape>;
