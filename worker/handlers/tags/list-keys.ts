import { readTagKeys } from "../../../db/region/read/tags.ts";
import type { Handler } from "../../gate/context.ts";
import { regionDatabase } from "../../routing/regions.ts";
import { tagWords } from "./words.ts";

/** The tag keys on resources of the Clouds that the actor has a profile on. */
export const listTagKeys: Handler<"list-tag-keys"> = ({ actor }, { query }, { env }) =>
  tagWords(actor, query, (region, words) => readTagKeys(regionDatabase(env, region), words));
