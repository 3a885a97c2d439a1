/** Reading an organization's log; what an entry holds: contract/log-entry.ts. */
import * as z from "zod";
import { actions, type Label } from "../actions.ts";
import { id, instant, pageOf, type Shape } from "./common.ts";

const idParameter = z.coerce.number().pipe(id).optional();
const moment = instant.transform((text) => Date.parse(text)).optional();

export const readLogQuery = z
  .object({
    page: z.coerce.number().int().min(0).max(10_000_000).default(0),
    size: z.coerce.number().int().min(1).max(200).default(20),
    label: z.enum(Object.keys(actions) as [Label, ...Label[]]).optional(),
    kind: z.enum(["act-accepted", "act-ended", "member-observed", "act-refused", "identity", "unreadable"]).optional(),
    actorId: idParameter.describe("The person or API account"),
    resourceId: idParameter.describe("What it was done to"),
    cloudId: idParameter,
    from: moment.describe("Inclusive; the time of the event, not of its arrival"),
    to: moment.describe("Exclusive"),
  })
  .strict();

const hash = z.string().length(43).describe("SHA-256, base64url");

const entry = z.object({
  organizationId: z.int(),
  sequence: z.int().positive(),
  previous: hash.describe("The hash of the entry before"),
  source: z.object({ database: z.enum(["DIRECTORY", "REGION_EB", "REGION_ET", "LOG"]), number: z.int() }),
  event: z.looseObject({ kind: z.string(), at: instant, cloudId: id.nullable() }),
  hash: hash.describe("Over the RFC 8785 text of everything else in the entry"),
});

const names = z.record(z.string(), z.string()).describe("Decimal id → name; beside the chain, never hashed, can be erased");

const head = z.object({
  organizationId: z.int(),
  sequence: z.int().describe("0: the log is still empty"),
  hash,
  at: instant,
});

export const logShapes = {
  "read-log": { query: readLogQuery, answer: pageOf(entry).extend({ names }) },
  "read-log-head": { answer: head },
  "export-log": {
    answer: z.object({
      format: z.literal("itcare-log/1"),
      organization: z.object({ id: z.int(), name: z.string() }),
      exportedAt: instant,
      head,
      names,
      entries: z.array(entry),
    }),
  },
} as const satisfies Record<string, Shape>;
