/** Suspending, taking back and ending a Cloud of one's own organization. */
import { hasServices, listClouds as list } from "../../../db/directory/read/clouds.ts";
import { changeCloud } from "../../../db/directory/write/clouds.ts";
import type { Actor, OwnCloudTarget } from "../../contract/actor.ts";
import type { Permit } from "../../contract/permit.ts";
import type { Context, Handler, Input } from "../../gate/context.ts";
import { lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import type { Env } from "../../env.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";

type StandingLabel = "suspend-cloud" | "resume-cloud" | "end-cloud";

export const suspendCloud: Handler<"suspend-cloud"> = (permit, input, context) => change(permit, input, context);
export const resumeCloud: Handler<"resume-cloud"> = (permit, input, context) => change(permit, input, context);
export const endCloud: Handler<"end-cloud"> = (permit, input, context) => change(permit, input, context);

async function change(
  permit: Permit<StandingLabel>,
  input: Pick<Input<StandingLabel>, "params" | "idempotency" | "changeReference"> & { body?: unknown },
  context: Context,
): Promise<Response> {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { organizationId, id, name } = permit.target;
  return govern(permit, input, context, {
    organizationId,
    subject: { id, name },
    told: { cloudId: id },
    write: (directory, act) => changeCloud(directory, permit, act),
    unchanged: () => notEmpty(name),
  });
}

/** @throws Problem("state_forbids") while a Service is in it */
export async function planCloudEnd(_actor: Actor, { id, name }: OwnCloudTarget, _body: unknown, env: Env): Promise<null> {
  if (await hasServices(env.DIRECTORY, id)) throw notEmpty(name);
  return null;
}

function notEmpty(name: string): Problem {
  return new Problem("state_forbids", {
    detail: `end-cloud is not available: ${name} still has Services.`,
    change: "Delete its Services first; each can be deleted once nothing is in it.",
    missing: [lacksState("with Services", ["without Services"], { kind: "act", label: "delete-service", id: null }, ["POW"])],
  });
}

/** Whether or not the representative holds anything on them. */
export const listClouds: Handler<"list-clouds"> = async ({ actor }, _input, { env }) => {
  const clouds = await list(env.DIRECTORY, actor.organizationId);
  return Response.json(
    clouds.map(({ id, name, state, empty, created, version }) => ({
      id,
      name,
      state,
      empty,
      createdAt: new Date(created).toISOString(),
      revision: version,
    })),
  );
};
