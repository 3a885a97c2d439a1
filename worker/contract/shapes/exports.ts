/** The export of everything that an organization has. */
import * as z from "zod";
import { id, instant, type Shape } from "./common.ts";

const head = z
  .object({
    format: z.literal("itcare-organization/1"),
    organization: z.object({ id: z.int(), name: z.string(), kind: z.string() }),
    exportedAt: instant,
  })
  .describe("The first line. Each further one is an object with its `kind`; the last has the kind `end` and says whether the file is whole");
const line = z.looseObject({ kind: z.string() });
export type ExportHead = z.infer<typeof head>;

export const exportShapes = {
  "export-organization": {
    answer: z.object({
      id,
      expiresAt: instant.describe("Until then whoever has signed can download it"),
      path: z.string().describe("From where"),
    }),
    status: 201,
  },
  "read-export": { answer: z.union([head, line]), mediaType: "application/x-ndjson", status: 200 },
} as const satisfies Record<string, Shape>;
