import { sizings, type SizingCode } from "../../contract/catalogue.ts";
import type { Handler } from "../../gate/context.ts";

const answer = (Object.keys(sizings) as SizingCode[]).map((resourceId) => ({ resourceId, ...sizings[resourceId] }));

/** The sizings of instances; creation names one by `resourceId`. */
export const listSizings: Handler<"list-sizings"> = () => Response.json(answer);
