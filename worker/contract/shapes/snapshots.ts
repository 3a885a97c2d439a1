/** Snapshots of instances; reference: itcare-api.md, "Compute instances". */
import * as z from "zod";
import { LIFETIME, snapshotStatusList, type SnapshotStatus } from "../snapshots.ts";
import { action, changeReference, instant, text, type Shape } from "./common.ts";

const snapshot = z.object({
  id: z.string().describe("The instance's id, `-snap-`, a number: 123-snap-42"),
  label: z.string(),
  description: z.string().nullable(),
  author: z.string().describe("The full name of who made it"),
  status: z.enum(snapshotStatusList as [SnapshotStatus, ...SnapshotStatus[]]),
  creationDate: instant,
  recoveryDate: instant.nullable().describe("When the instance was last brought back to it"),
  expirationDate: instant.describe("When it is deleted by itself"),
  size: z.int().nullable().describe("GB; null until the zone has made it"),
  changeReference: z.string().nullable(),
});
export type SnapshotItem = z.infer<typeof snapshot>;

/** What is kept of a snapshot that is asked for. */
export const snapshotOptions = z
  .object({
    label: text.max(64).optional().describe("Absent: `snapshot` and its number"),
    description: text.max(256).optional(),
    lifetime: z.int().min(1).max(LIFETIME.longest).default(LIFETIME.usual).describe("Days until it is deleted by itself"),
  })
  .strict();

export const createSnapshot = snapshotOptions.extend({ changeReference });
export type CreateSnapshot = z.infer<typeof createSnapshot>;

export const snapshotShapes = {
  "create-snapshot": { body: createSnapshot, answer: action, status: 202 },
  "recover-snapshot": {
    body: z.object({ operation: z.literal("recover"), options: z.object({}).strict().optional(), changeReference }).strict(),
    answer: action,
    status: 202,
  },
  "delete-snapshot": { body: z.object({ changeReference }).strict().optional(), answer: action, status: 202 },
  "list-snapshots": { answer: z.array(snapshot), status: 200 },
} as const satisfies Record<string, Shape>;
