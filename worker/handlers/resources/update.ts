import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { isProtectedBy } from "../../contract/protection.ts";
import { missingReason, missingReasons, protectedBy, reasonFields, wrongReason, type Reasons } from "../../contract/protection-choice.ts";
import { families } from "../../contract/resource-types.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import { readProtection } from "../../../db/region/read/resource.ts";
import { updateResource as write } from "../../../db/region/write/direct.ts";
import type { Env } from "../../env.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";
import { commitDirectly } from "./direct.ts";

/** What people may change of a resource of any family: its environment and what they note about it. Its name stays. */
export const updateResource: Handler<"update-resource"> = (permit, input, context) =>
  commitDirectly(permit, input, context, () => {
    const { target } = permit;
    return {
      subject: { id: target.id, name: target.name, type: families[target.family].code, serviceId: target.serviceId },
      write: (database, act) => write(database, permit, input.body.options, act),
    };
  });

type Options = Inputs["update-resource"]["body"]["options"];

/** @throws Problem("invalid_field_value") when there is nothing to change, or PRODUCTION would go without protection and nobody says why */
export async function planUpdate(_actor: Actor, target: ResourceTarget, body: Inputs["update-resource"]["body"], env: Env): Promise<null> {
  const { options } = body;
  const { environment, ...others } = options;
  if (environment === target.environment && Object.values(others).every((value) => value === undefined))
    throw wrong("environment", `${target.name} is ${environment} already`, "Choose another environment.");
  await requireReasons(target, options, env);
  return null;
}

/** What was stated before holds. The commit finds the revision that was looked at, so what protects the instance is what was seen here. */
async function requireReasons(target: ResourceTarget, options: Options, env: Env): Promise<void> {
  const stated = reasonFields.filter((field) => options[field] !== undefined);
  const becomesProduction = options.environment === "PRODUCTION" && target.environment !== "PRODUCTION";
  if (target.category !== "INSTANCE") {
    if (stated[0]) throw wrong(stated[0], `${target.name} is no instance: nothing has to be said about its protection`, "Leave it out.");
    return;
  }
  if (stated.length === 0 && !becomesProduction) return;
  const found = await readRegion(regionOfId(target.id)!, () => readProtection(databaseOf(env, target.id), target.id));
  if (!found) throw new Problem("not_found");
  const has = protectedBy({
    backupStatus: isProtectedBy(found.protection, "backup"),
    monitoringEnabled: isProtectedBy(found.protection, "monitoring"),
    replicationStatus: isProtectedBy(found.protection, "replication"),
  });
  const needless = wrongReason(options, has);
  if (needless) throw wrong(needless.field, needless.what, "Leave it out.");
  if (!becomesProduction) return;
  const kept = JSON.parse(found.attributes) as Reasons;
  const given = Object.fromEntries(reasonFields.map((field) => [field, options[field] ?? kept[field]]));
  const missing = missingReason(given, has);
  if (!missing) return;
  const all = missingReasons(given, has).map((field) => `options.${field}`);
  throw wrong(missing.field, missing.what, `Say why in ${all.join(" and ")}, or have it protected first.`);
}

function wrong(field: string, what: string, change: string): Problem {
  return new Problem("invalid_field_value", { field: `options.${field}`, detail: `Error on field 'options.${field}': ${what}.`, change });
}
