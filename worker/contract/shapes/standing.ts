/** How people, Clouds and organizations stand: suspended, taken back, ended. */
import * as z from "zod";
import { id, instant, reason, type Shape } from "./common.ts";

const patch = <Operation extends string>(operation: Operation) => z.strictObject({ operation: z.literal(operation) });
const state = z.enum(["active", "suspended", "ended"]);

export const cloudItem = z.object({
  id,
  name: z.string(),
  state,
  empty: z.boolean().describe("It has no Service: it can end"),
  createdAt: instant,
  revision: z.int(),
});

export const organizationItem = z.object({
  id: z.int().positive(),
  name: z.string(),
  kind: z.enum(["customer", "group"]),
  state,
  clouds: z.array(z.object({ id, name: z.string(), state })).describe("By name; it can end when all have ended"),
  createdAt: instant,
  revision: z.int(),
});

export const standingShapes = {
  "renew-activation": { status: 204 },
  "suspend-person": {
    body: z.strictObject({ operation: z.literal("suspend"), options: z.strictObject({ reason }).optional() }),
    status: 204,
  },
  "resume-person": { body: patch("resume"), status: 204 },
  "end-person": { body: z.strictObject({ reason }).optional(), status: 204 },
  "suspend-cloud": { body: patch("suspend"), status: 204 },
  "resume-cloud": { body: patch("resume"), status: 204 },
  "end-cloud": { status: 204 },
  "suspend-organization": { body: patch("suspend"), status: 204 },
  "resume-organization": { body: patch("resume"), status: 204 },
  "end-organization": { status: 204 },
  "list-clouds": { answer: z.array(cloudItem), status: 200 },
  "list-organizations": {
    query: z.strictObject({ size: z.coerce.number().int().min(1).max(200).default(100), after: z.coerce.number().int().min(0).default(0) }),
    answer: z.object({
      content: z.array(organizationItem),
      next: z.int().nullable().describe("`after` of the page that follows; null: there is none"),
    }),
    status: 200,
  },
} as const satisfies Record<string, Shape>;
