/** Suspending, taking back and ending an organization: Service Delivery's. */
import { listClouds } from "../../../db/directory/read/clouds.ts";
import { listOrganizations as list } from "../../../db/directory/read/organizations.ts";
import { changeOrganization } from "../../../db/directory/write/organizations.ts";
import type { Actor, CustomerTarget } from "../../contract/actor.ts";
import type { Permit } from "../../contract/permit.ts";
import type { Env } from "../../env.ts";
import type { Context, Handler, Input } from "../../gate/context.ts";
import { lacksAnother, lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";

type StandingLabel = "suspend-organization" | "resume-organization" | "end-organization";

export const suspendOrganization: Handler<"suspend-organization"> = (permit, input, context) => change(permit, input, context);
export const resumeOrganization: Handler<"resume-organization"> = (permit, input, context) => change(permit, input, context);
export const endOrganization: Handler<"end-organization"> = (permit, input, context) => change(permit, input, context);

async function change(
  permit: Permit<StandingLabel>,
  input: Pick<Input<StandingLabel>, "params" | "idempotency" | "changeReference"> & { body?: unknown },
  context: Context,
): Promise<Response> {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { id, name } = permit.target;
  return govern(permit, input, context, {
    organizationId: id,
    subject: { id, name },
    write: (directory, act) => changeOrganization(directory, permit, act),
    unchanged: () => hasClouds(name),
  });
}

/** @throws Problem("state_forbids") for the provider's own, which would leave nobody to take it back */
export async function planStanding(actor: Actor, { id }: CustomerTarget): Promise<null> {
  if (id !== actor.organizationId) return null;
  throw new Problem("another_person_required", {
    detail: "Nobody suspends or ends their own organization.",
    change: "Service Delivery of another organization can.",
    missing: [lacksAnother("another-service-delivery")],
  });
}

/** @throws Problem("another_person_required" | "state_forbids") */
export async function planOrganizationEnd(actor: Actor, target: CustomerTarget, _body: unknown, env: Env): Promise<null> {
  await planStanding(actor, target);
  const clouds = await listClouds(env.DIRECTORY, target.id);
  if (clouds.some(({ state }) => state !== "ended")) throw hasClouds(target.name);
  return null;
}

function hasClouds(name: string): Problem {
  return new Problem("state_forbids", {
    detail: `end-organization is not available: ${name} still has Clouds.`,
    change: "Its security representative ends its Clouds first.",
    missing: [lacksState("with Clouds", ["without Clouds"], { kind: "act", label: "end-cloud", id: null }, ["security-representative"])],
  });
}

export const listOrganizations: Handler<"list-organizations"> = async (_permit, { query }, { env }) => {
  const { size, after } = query;
  const rows = await list(env.DIRECTORY, after, size + 1);
  const shown = rows.slice(0, size);
  return Response.json({
    content: shown.map(({ id, name, kind, state, created, version, clouds }) => ({
      id,
      name,
      kind,
      state,
      clouds,
      createdAt: new Date(created).toISOString(),
      revision: version,
    })),
    next: rows.length > size ? shown[shown.length - 1]!.id : null,
  });
};
