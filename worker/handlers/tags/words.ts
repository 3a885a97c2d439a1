import type { TagWords } from "../../../db/region/read/tags.ts";
import { compareText } from "../../../db/region/read/sorts.ts";
import type { Actor } from "../../contract/actor.ts";
import { regionList, type Region } from "../../contract/topology.ts";
import { askEvery, mayBePartial, missingHeader } from "../../routing/every-region.ts";

interface Query {
  search?: string;
  after?: string;
  size: number;
  partial?: boolean;
}

/** The words that any region has, each once, in their order. */
export async function tagWords(actor: Actor, query: Query, ask: (region: Region, words: TagWords) => Promise<string[]>): Promise<Response> {
  const words: TagWords = {
    organizationId: actor.organizationId,
    clouds: actor.grants.map(({ cloudId }) => cloudId),
    prefix: query.search ?? "",
    after: query.after ?? "",
    limit: query.size,
  };
  const { answers, missing } = await askEvery(regionList, mayBePartial(actor, query.partial), (region) => ask(region, words));
  const all = [...new Set(answers.flatMap(({ answer }) => answer))].sort(compareText);
  return Response.json(all.slice(0, query.size), { headers: missingHeader(missing) });
}
