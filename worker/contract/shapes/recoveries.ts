/** Getting keys back: a new enrolment for somebody, and the recovery of an organization's last representative. */
import * as z from "zod";
import { id, instant, text, type Shape } from "./common.ts";

const why = text.max(256);

export const recovery = z.object({
  id,
  organization: z.object({ id: z.int().positive(), name: z.string() }),
  person: z.object({ id, name: z.string() }),
  reason: z.string(),
  state: z.enum(["asked", "approved"]).describe("Approved: it is carried out when its notice is over"),
  askedBy: z.string(),
  askedAt: instant,
  approvedBy: z.string().nullable().describe("Another person than the one who asked"),
  noticeHours: z.int(),
  effectiveAt: instant.nullable(),
});
export type Recovery = z.infer<typeof recovery>;

export const recoveryShapes = {
  "issue-enrolment": { body: z.strictObject({ reason: why.describe("Why: it stands in the log") }), status: 204 },
  "ask-recovery": {
    body: z.strictObject({
      personId: id.describe("The organization's last security representative"),
      reason: why.describe("How it was made sure who asks"),
    }),
    answer: recovery,
    status: 201,
  },
  "approve-recovery": { body: z.strictObject({ operation: z.literal("approve") }), answer: recovery, status: 200 },
  "cancel-recovery": { status: 204 },
  "list-recoveries": { answer: z.array(recovery), status: 200 },
} as const satisfies Record<string, Shape>;
