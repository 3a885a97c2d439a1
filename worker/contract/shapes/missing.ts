/** What a refusal lacks, as it is told. */
import * as z from "zod";
import { makers, missingKinds, type Missing } from "../missing.ts";
import { id, instant } from "./common.ts";

const change = z.discriminatedUnion("kind", [
  z
    .object({
      kind: z.literal("act"),
      label: z.string().describe("The row of the privilege matrix that comes first"),
      id: id.nullable().describe("Of what it is done to"),
      options: z.record(z.string(), z.unknown()).optional(),
    })
    .strict(),
  z
    .object({
      kind: z.literal("wait"),
      label: z.string().nullable().describe("What is running"),
      action: id.nullable(),
      until: instant.nullable().describe("By then it has ended, one way or another"),
    })
    .strict(),
  z.object({ kind: z.literal("prove"), proof: z.enum(["session", "signature"]) }).strict(),
  z
    .object({ kind: z.literal("authenticate") })
    .strict()
    .describe("A token got by the account's own key (private_key_jwt)"),
  z.object({ kind: z.literal("ask-otherwise"), field: z.string().nullable(), oneOf: z.array(z.string()).optional() }).strict(),
  z
    .object({ kind: z.literal("hand-over") })
    .strict()
    .describe("Nothing makes it work for whoever asks; those in `by` can do it"),
  z
    .object({ kind: z.literal("as-told") })
    .strict()
    .describe("As `change` says"),
  z
    .object({ kind: z.literal("none") })
    .strict()
    .describe("Nothing makes it work"),
]);

export const missing = z
  .object({
    kind: z.enum(missingKinds).describe("What refused"),
    needed: z.array(z.string()).optional().describe("Any one of these would do"),
    held: z.string().nullable().optional().describe("What is there instead"),
    cloud: z.object({ id, name: z.string() }).strict().optional(),
    change: change.describe("The smallest change"),
    by: z.array(z.enum(makers)).describe("Who can make it; a profile: whoever holds it on the Cloud. Empty: nobody"),
  })
  .strict() as z.ZodType<Missing>;
