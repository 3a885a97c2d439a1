/** Reading an organization's log; what an entry holds: contract/log-entry.ts. */
import * as z from "zod";
import { actions, type Label } from "../actions.ts";
import { entryKinds, identityEventNames, outcomes } from "../log-entry.ts";
import { id, instant, type Shape } from "./common.ts";

const idParameter = z.coerce.number().pipe(id).optional();
const moment = instant.transform((text) => Date.parse(text)).optional();

/** What an act is called, or what happened to somebody's identity. */
const label = z.enum([...(Object.keys(actions) as Label[]), ...identityEventNames]);

/** Who, what, where, when, with which outcome and which proof: what a page and an export can be narrowed to. */
const filters = {
  label: label.optional().describe("An act's label, or the name of what happened to somebody's identity"),
  kind: z.enum(entryKinds).optional(),
  outcome: z.enum(outcomes).optional(),
  proof: z.enum(["none", "session", "signature"]).optional().describe("What the accepted act was proven with"),
  actorId: idParameter.describe("The person or API account; of what has ended, who asked for it"),
  resourceId: idParameter.describe("The resource or Service, what was created in it included"),
  cloudId: idParameter,
  from: moment.describe("Inclusive; the time of the event, not of its arrival"),
  to: moment.describe("Exclusive"),
};

export const readLogQuery = z
  .object({
    before: z.coerce.number().int().min(1).optional().describe("A sequence number: the page of the entries before it; absent: the newest"),
    size: z.coerce.number().int().min(1).max(200).default(20),
    ...filters,
  })
  .strict();

const exportLogQuery = z
  .object({
    format: z.enum(["json", "ndjson", "csv"]).default("json").describe("The whole of json or ndjson can be verified; csv cannot"),
    ...filters,
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
  "read-log": {
    query: readLogQuery,
    answer: z.object({
      content: z.array(entry),
      names,
      next: z
        .int()
        .nullable()
        .describe("The next page: `before` this. With filters a page may be short although there is more; null: there is nothing more"),
    }),
  },
  "read-log-entry": {
    answer: z.object({
      entry,
      names,
      next: z.object({ sequence: z.int(), hash }).nullable().describe("The entry after; null: it is the last one"),
      related: z.array(entry).describe("The other entries of the same operation"),
      keyEntries: z.array(entry).describe("What the log tells of the key that signed: what it takes to verify the signature"),
      key: z
        .object({ name: z.string(), enrolledAt: instant, lockedAt: instant.nullable(), removedAt: instant.nullable(), synced: z.boolean() })
        .nullable()
        .describe("The key that signed, as its owner calls it"),
    }),
  },
  "read-log-head": { answer: head },
  "export-log": {
    query: exportLogQuery,
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
