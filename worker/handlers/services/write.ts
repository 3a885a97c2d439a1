/** What the acts on Services share: they commit in the directory, and the regions are told at once. */
import type { ServiceTarget } from "../../contract/actor.ts";
import { AlreadyThere } from "../../../db/commit.ts";
import { isServiceName } from "../../../db/directory/read/services.ts";
import { OF_SERVICE } from "../../../db/region/read/operations.ts";
import type { Env } from "../../env.ts";
import { feedRegions } from "../../feed/feed.ts";
import type { Context } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { readServiceTarget } from "../../routing/targets.ts";
import type { Region } from "../../contract/topology.ts";
import type { Subject } from "../resources/direct.ts";

/** How long an answer waits for the regions' copies, in ms: whoever reads after it then finds what was done. */
const FED_WITHIN = 1_000;

export function subjectOf({ id, name }: Pick<ServiceTarget, "id" | "name">): Subject {
  return { id, name, type: OF_SERVICE, serviceId: id };
}

/** The answer, once the regions have taken what it tells, or some time has passed. */
export async function fed(answer: Response, { env, waitUntil }: Context): Promise<Response> {
  const feeding = feedRegions(env);
  waitUntil(feeding);
  await Promise.race([feeding, new Promise((resolve) => setTimeout(resolve, FED_WITHIN))]);
  return answer;
}

/** @throws Problem("name_taken") */
export async function requireName(env: Env, cloudId: number, name: string, except = 0): Promise<void> {
  if (await isServiceName(env.DIRECTORY, cloudId, name, except)) throw nameTaken(name);
}

/** Two may choose one name at the same moment. */
export async function withFreeName<Result>(name: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    throw error instanceof AlreadyThere && error.index.includes("service.name") ? nameTaken(name) : error;
  }
}

function nameTaken(name: string): Problem {
  return new Problem("name_taken", {
    field: "name",
    detail: `A Service of this Cloud has the name '${name}' already.`,
    change: "Choose another name.",
  });
}

/** What was open when the act was decided may have been closed since. @throws Problem("not_found" | "state_forbids") */
export async function requireOpen(env: Env, region: Region, { id, name }: ServiceTarget): Promise<void> {
  const service = await readServiceTarget(env, region, id);
  if (!service) throw new Problem("not_found", { field: "serviceId", detail: `${name} is no longer there.`, change: "Choose another Service." });
  if (service.closing)
    throw new Problem("state_forbids", { field: "serviceId", detail: `${name} is being deleted.`, change: "Choose another Service." });
}
