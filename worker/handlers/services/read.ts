import { countResources } from "../../../db/region/read/services.ts";
import { serviceKeyOf } from "../../contract/ids.ts";
import { regionList } from "../../contract/topology.ts";
import type { Handler } from "../../gate/context.ts";
import { etagOf } from "../../gate/precondition.ts";
import { isAway, readRegion, regionDatabase } from "../../routing/regions.ts";
import { serviceActions } from "./available-actions.ts";

/** A Service, as the directory has it; its resources are those of `GET /compute/resources?services=`, counted when every region answers. */
export const readService: Handler<"read-service"> = async ({ actor, target, now }, _input, { env }) => {
  const counts = await Promise.all(
    regionList.map(async (region) => {
      try {
        return await readRegion(region, () => countResources(regionDatabase(env, region), target.cloudId, target.id));
      } catch (error) {
        if (!isAway(error)) throw error;
        return null;
      }
    }),
  );
  const resourceCount = counts.some((count) => count === null) ? null : counts.reduce<number>((sum, count) => sum + count!, 0);
  const { id, name, cloudId, environment, description, closing } = target;
  const item = {
    id,
    serviceKey: serviceKeyOf(id),
    name,
    cloudId,
    cloudName: actor.grants.find((grant) => grant.cloudId === cloudId)?.cloudName ?? "",
    environment,
    description,
    deleting: closing,
    revision: target.revision!,
    resourceCount,
    availableActions: serviceActions(actor, target, resourceCount, now),
  };
  // Without every region's count the answer is one of several to the same revision.
  return Response.json(item, { headers: resourceCount === null ? {} : { etag: etagOf(item.revision, resourceCount) } });
};
