import type { Handler } from "../../gate/context.ts";
import { resourcePage } from "./page.ts";

/** Every resource of the Clouds that the actor has a profile on, in all regions: the entry point of exploration. */
export const listResources: Handler<"list-resources"> = ({ actor, now }, { query }, { env }) => resourcePage(env, actor, query, now);
