import type { Handler } from "../../gate/context.ts";
import { resourcePage } from "../resources/page.ts";

/** The same list, of instances alone. */
export const listInstances: Handler<"list-instances"> = ({ actor, now }, { query }, { env }) =>
  resourcePage(env, actor, { ...query, resourceType: ["INSTANCE"] }, now);
