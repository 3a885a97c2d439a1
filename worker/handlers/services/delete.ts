import type { Actor, ServiceTarget } from "../../contract/actor.ts";
import { regionList } from "../../contract/topology.ts";
import { closeService, closing } from "../../../db/directory/write/services.ts";
import { countResources } from "../../../db/region/read/services.ts";
import type { Env } from "../../env.ts";
import { finishClosing } from "../../feed/closing.ts";
import type { Handler } from "../../gate/context.ts";
import { lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { isAway, readRegion, regionDatabase } from "../../routing/regions.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { commitDirectly } from "../resources/direct.ts";
import { subjectOf } from "./write.ts";

/** Closes it; it is gone when every region has said that it is empty. */
export const deleteService: Handler<"delete-service"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const answer = await commitDirectly(permit, input, context, () => ({
    subject: subjectOf(permit.target),
    begun: closing,
    write: (directory, act) => closeService(directory, permit, act),
  }));
  context.waitUntil(finishClosing(context.env, Date.now()));
  return answer;
};

/** What a region that is away holds is found out once it is back. @throws Problem("state_forbids") when something is in it */
export async function planDeletion(_actor: Actor, { id, cloudId, name }: ServiceTarget, _body: unknown, env: Env): Promise<null> {
  const counts = await Promise.all(
    regionList.map(async (region) => {
      try {
        return await readRegion(region, () => countResources(regionDatabase(env, region), cloudId, id));
      } catch (error) {
        if (!isAway(error)) throw error;
        return 0;
      }
    }),
  );
  const left = counts.reduce((sum, count) => sum + count, 0);
  if (left === 0) return null;
  throw new Problem("state_forbids", {
    detail: notEmpty(name, left),
    change: "Move its resources to another Service of the Cloud, or delete them.",
    missing: [lacksState(`${left} resources`, ["0 resources"], { kind: "act", label: "move-resource", id: null })],
  });
}

export function notEmpty(name: string, left: number): string {
  return `delete-service is not available: ${left === 1 ? "a resource is" : `${left} resources are`} in ${name}.`;
}
