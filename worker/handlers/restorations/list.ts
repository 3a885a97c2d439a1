import { readRestoration } from "../../../db/region/read/restoration.ts";
import type { Restoration, RestorationItem } from "../../contract/shapes/restorations.ts";
import { regionList, type Region } from "../../contract/topology.ts";
import type { Handler } from "../../gate/context.ts";
import { survey, type Item, type Survey } from "../../restoration/survey.ts";
import { askEvery } from "../../routing/every-region.ts";
import { regionDatabase } from "../../routing/regions.ts";

/** What is held for one's organization, with what its log and the zones know more. */
export const listRestorations: Handler<"list-restorations"> = async ({ actor }, _input, { env }) => {
  const { answers, missing } = await askEvery(regionList, true, (region) => readRestoration(regionDatabase(env, region), actor.organizationId));
  const held = answers.flatMap(({ region, answer }) => (answer ? [{ region, restoration: answer }] : []));
  const content = await Promise.all(held.map(async ({ region, restoration }) => told(region, await survey(env, region, restoration))));
  return Response.json({ content, missing });
};

function told(region: Region, { restoration, items, names }: Survey): Restoration {
  const iso = (at: number) => new Date(at).toISOString();
  return { region, point: iso(restoration.point), restoredAt: iso(restoration.restored), items: items.map((item) => itemOf(item, names)) };
}

function itemOf({ id, name, difference, facts, there, known, askAgain }: Item, names: Survey["names"]): RestorationItem {
  return {
    id,
    name,
    difference,
    restored: facts,
    actual: there,
    known: known.map(({ at, label, by, operationId, outcome }) => ({ at, label, by: { id: by, name: names[by] ?? null }, operationId, outcome })),
    askAgain,
  };
}
