import { readServiceRow } from "../../../db/region/read/services.ts";
import { regionList } from "../../contract/topology.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { askEvery } from "../../routing/every-region.ts";
import { regionDatabase } from "../../routing/regions.ts";
import { serviceItem } from "./list.ts";

/** A Service; its resources are those of `GET /compute/resources?services=`. */
export const readService: Handler<"read-service"> = async ({ actor, target }, _input, { env }) => {
  const { answers, missing } = await askEvery(regionList, true, (region) => readServiceRow(regionDatabase(env, region), target.id));
  const rows = answers.flatMap(({ answer }) => answer ?? []);
  if (rows.length === 0) throw new Problem("not_found");
  const count = missing.length > 0 ? null : rows.reduce((sum, { resources }) => sum + resources, 0);
  return Response.json(serviceItem(rows[0]!, new Map(actor.grants.map(({ cloudId, cloudName }) => [cloudId, cloudName])), count));
};
