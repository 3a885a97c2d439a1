import type { Label } from "../../contract/actions.ts";
import type { Actor, ServiceTarget } from "../../contract/actor.ts";
import type { AvailableAction } from "../../contract/shapes/resources.ts";
import { availability } from "../resources/available-actions.ts";
import { notEmpty } from "./delete.ts";

/** What this actor can do to the Service now, and why not. @param count its resources; null: a region is away, and nobody knows */
export function serviceActions(actor: Actor, target: ServiceTarget, count: number | null, now: number): AvailableAction[] {
  return (["update-service", "delete-service"] as const satisfies Label[]).map((label) =>
    availability(label, actor, target, now, label === "delete-service" && count ? [notEmpty(target.name, count)] : []),
  );
}
