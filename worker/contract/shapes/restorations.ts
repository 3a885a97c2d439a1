/** After a region was brought back to an earlier moment: what is known more, and what becomes of it. */
import * as z from "zod";
import { labels, type Label } from "../actions.ts";
import { regionList, type Region } from "../topology.ts";
import { id, instant, type Shape } from "./common.ts";

const label = z.enum(labels as [Label, ...Label[]]);

const state = z.object({
  status: z.enum(["ACTIVE", "PREPARATION", "INACTIVE"]),
  aliases: z.array(z.string()),
  snapshots: z.array(id),
});

const item = z.object({
  id,
  name: z.string(),
  difference: z
    .enum(["added", "removed", "changed", "none", "unknown"])
    .describe("added: it is there, and not in the restored facts. removed: the other way round. unknown: its zone does not answer"),
  restored: state.nullable().describe("As the restored facts have it; null: they do not know it"),
  actual: state.nullable().describe("As it really is; null: it is not there, or nobody knows"),
  known: z
    .array(
      z.object({
        at: instant,
        label,
        by: z.object({ id, name: z.string().nullable() }),
        operationId: id.nullable(),
        outcome: z.enum(["SUCCESS", "ERROR", "UNKNOWN"]),
      }),
    )
    .describe("What the log tells of it since, oldest first"),
  askAgain: z.array(label).describe("What no zone knows and is not taken over: whoever wants it asks for it again"),
});
export type RestorationItem = z.infer<typeof item>;

const restoration = z.object({
  region: z.enum(regionList as [Region, ...Region[]]),
  point: instant.describe("The moment whose facts these are"),
  restoredAt: instant,
  items: z.array(item).describe("What is to be decided about; of what came and went since nothing is"),
});
export type Restoration = z.infer<typeof restoration>;

const decisions = z.strictObject({
  facts: z
    .enum(["actual", "restored"])
    .describe("actual: what is really there becomes the facts. restored: the restored facts stay, what came since is lost"),
  except: z
    .array(id)
    .max(1_000)
    .default([])
    .transform((ids) => [...new Set(ids)].sort((left, right) => left - right))
    .describe("Items for which it is the other way round"),
});

export const restorationShapes = {
  "list-restorations": {
    answer: z.object({ content: z.array(restoration).describe("Of the regions that are held for your organization"), missing: z.array(z.string()) }),
    status: 200,
  },
  "settle-restoration": {
    body: z.strictObject({ operation: z.literal("settle"), options: decisions }),
    answer: z.object({ region: z.string(), actual: z.array(id), restored: z.array(id), askAgain: z.array(z.object({ id, labels: z.array(label) })) }),
    status: 200,
  },
} as const satisfies Record<string, Shape>;
