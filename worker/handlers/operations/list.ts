import { readActions, toAction, type ActionFilter } from "../../../db/region/read/operations.ts";
import { regionList, type Region } from "../../contract/topology.ts";
import type { Handler } from "../../gate/context.ts";
import { isAway, readRegion, regionDatabase, regionOfId } from "../../routing/regions.ts";

/** The newest actions of all Clouds that the actor has a profile on: a bare list, over every region. With `partial` a header names what is missing. */
export const listActions: Handler<"list-actions"> = async (permit, input, { env }) => {
  const { requestId, partial, ...filter } = input.query;
  const cloudIds = permit.actor.grants.map(({ cloudId }) => cloudId);
  const wanted: ActionFilter = { ...filter, id: requestId };
  const missing: Region[] = [];
  const found = await Promise.all(
    regionsOf(wanted).map(async (region) => {
      try {
        return await readRegion(region, () => readActions(regionDatabase(env, region), cloudIds, wanted));
      } catch (error) {
        if (!partial || !isAway(error)) throw error;
        missing.push(region);
        return [];
      }
    }),
  );
  const newest = found.flat().sort((left, right) => right.created - left.created || right.id - left.id);
  const headers: Record<string, string> = missing.length > 0 ? { "itcare-missing-regions": missing.join(",") } : {};
  return Response.json(newest.slice(0, wanted.size).map(toAction), { headers });
};

/** An id says its region: the others need not be asked. */
function regionsOf({ id, resourceId }: ActionFilter): Region[] {
  const ids = [id, resourceId].filter((given) => given !== undefined);
  return regionList.filter((region) => ids.every((given) => regionOfId(given) === region));
}
