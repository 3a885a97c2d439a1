import { readActions, toAction, type ActionFilter } from "../../../db/region/read/operations.ts";
import { regionList, type Region } from "../../contract/topology.ts";
import type { Handler } from "../../gate/context.ts";
import { placeDatabase, placeOfId, readPlace, type Place } from "../../routing/places.ts";
import { isAway } from "../../routing/regions.ts";

/** The newest actions of all Clouds that the actor has a profile on: a bare list, over every region and the directory. With `partial` a header names what is missing. */
export const listActions: Handler<"list-actions"> = async (permit, input, { env }) => {
  const { requestId, partial, ...filter } = input.query;
  const cloudIds = permit.actor.grants.map(({ cloudId }) => cloudId);
  const wanted: ActionFilter = { ...filter, id: requestId };
  const missing: Region[] = [];
  const found = await Promise.all(
    placesOf(wanted).map(async (place) => {
      try {
        return await readPlace(place, () => readActions(placeDatabase(env, place), cloudIds, wanted));
      } catch (error) {
        if (place === "DIRECTORY" || !partial || !isAway(error)) throw error;
        missing.push(place);
        return [];
      }
    }),
  );
  const newest = found.flat().sort((left, right) => right.created - left.created || right.id - left.id);
  const headers: Record<string, string> = missing.length > 0 ? { "itcare-missing-regions": missing.join(",") } : {};
  return Response.json(newest.slice(0, wanted.size).map(toAction), { headers });
};

/** An id says where it lives: the others need not be asked. */
function placesOf({ id, resourceId }: ActionFilter): Place[] {
  const ids = [id, resourceId].filter((given) => given !== undefined);
  return (["DIRECTORY", ...regionList] as const).filter((place) => ids.every((given) => placeOfId(given) === place));
}
