import { readTagValues } from "../../../db/region/read/tags.ts";
import type { Handler } from "../../gate/context.ts";
import { regionDatabase } from "../../routing/regions.ts";
import { tagWords } from "./words.ts";

/** The values of one tag key on resources of the Clouds that the actor has a profile on. */
export const listTagValues: Handler<"list-tag-values"> = ({ actor }, { query }, { env }) =>
  tagWords(actor, query, (region, words) => readTagValues(regionDatabase(env, region), query.key, words));
