/** The shapes of every row's request and answer, by label: one file per noun. */
import type * as z from "zod";
import type { Label } from "../actions.ts";
import { accessShapes } from "./access.ts";
import { accountShapes } from "./account.ts";
import { apiAccountShapes } from "./api-accounts.ts";
import type { Shape } from "./common.ts";
import { withDeadline } from "./deadline.ts";
import { dnsShapes } from "./dns.ts";
import { exportShapes } from "./exports.ts";
import { instanceWrites } from "./instances.ts";
import { balancerShapes } from "./load-balancers.ts";
import { logShapes } from "./log.ts";
import { monitoringShapes } from "./monitoring.ts";
import { operationShapes } from "./operations.ts";
import { peopleShapes } from "./people.ts";
import { planShapes } from "./plans.ts";
import { profileShapes } from "./profiles.ts";
import { quotaShapes } from "./quotas.ts";
import { recoveryShapes } from "./recoveries.ts";
import { requestShapes } from "./requests.ts";
import { restorationShapes } from "./restorations.ts";
import { resourceReads } from "./resources.ts";
import { serviceWrites } from "./services.ts";
import { snapshotShapes } from "./snapshots.ts";
import { standingShapes } from "./standing.ts";

const all = {
  ...instanceWrites,
  ...snapshotShapes,
  ...balancerShapes,
  ...monitoringShapes,
  ...planShapes,
  ...serviceWrites,
  ...dnsShapes,
  ...resourceReads,
  ...operationShapes,
  ...logShapes,
  ...accountShapes,
  ...peopleShapes,
  ...profileShapes,
  ...recoveryShapes,
  ...accessShapes,
  ...apiAccountShapes,
  ...requestShapes,
  ...standingShapes,
  ...quotaShapes,
  ...exportShapes,
  ...restorationShapes,
} as const satisfies Partial<Record<Label, Shape>>;

/** All of them with their types, for the console's client. */
export type Shapes = typeof all;
type Understood<Part> = Part extends z.ZodType ? z.infer<Part> : undefined;

/** What handlers get, by label. */
export type Inputs = {
  [L in keyof Shapes]: {
    query: Shapes[L] extends { query: infer Query } ? Understood<Query> : Record<string, never>;
    body: Shapes[L] extends { body: infer Body } ? Understood<Body> : undefined;
  };
};

/** Calling an action off leaves none running. */
const leavesAction = (label: string, shape: Shape) => shape.status === 202 && label !== ("cancel-action" satisfies Label);

const shapes: Partial<Record<Label, Shape>> = Object.fromEntries(
  Object.entries(all as Record<string, Shape>).map(([label, shape]) => [
    label,
    shape.body && leavesAction(label, shape) ? { ...shape, body: withDeadline(shape.body) } : shape,
  ]),
);

/** The shape of a row, with what every act may say; rows without one take no query and no body. */
export function shapeOf(label: Label): Shape {
  return shapes[label] ?? {};
}
