/** The people of an organization, as its security representative sees them. */
import * as z from "zod";
import { id, instant, text, type Shape } from "./common.ts";
import { duty, heldProfile } from "./profiles.ts";

const personItem = z.object({
  id,
  name: z.string(),
  email: z.string(),
  state: z.enum(["invited", "active", "suspended", "ended"]).describe("Nobody but who is active can do anything"),
  revision: z.int().describe("Grows with every change by people"),
  since: instant,
  duties: z.array(duty),
  securityKeys: z.int().describe("Usable ones; at 0 a privileged profile has no effect"),
  profiles: z.array(heldProfile.pick({ cloudId: true, cloudName: true, profile: true, ends: true, effect: true })),
});
export type PersonItem = z.infer<typeof personItem>;

const wholePerson = personItem.extend({
  profiles: z.array(heldProfile),
  keys: z
    .array(
      z.object({
        id,
        name: z.string(),
        createdAt: instant,
        lastUsedAt: instant.nullable(),
        lockedAt: instant.nullable(),
        synced: z.boolean().describe("Backed up to its owner's other devices"),
      }),
    )
    .describe("What its owner calls it, never the key"),
  sessions: z.int().describe("How many are open"),
  enrolmentUntil: instant.nullable().describe("Until when a new enrolment waits for them"),
});
export type WholePerson = z.infer<typeof wholePerson>;

const cloud = z.object({ id, name: z.string(), state: z.enum(["active", "suspended"]) });

export const peopleShapes = {
  "list-people": {
    query: z.strictObject({
      page: z.coerce.number().int().min(0).max(100_000).default(0),
      size: z.coerce.number().int().min(1).max(200).default(50),
      search: text.max(64).optional().describe("Part of a name"),
      ended: z
        .enum(["true", "false"])
        .default("false")
        .transform((value) => value === "true")
        .describe("Those who have left, too"),
    }),
    answer: z.object({ clouds: z.array(cloud), people: z.array(personItem), total: z.int(), page: z.int(), size: z.int() }),
    status: 200,
  },
  "read-person": { answer: wholePerson, status: 200 },
  "list-my-profiles": { answer: z.array(heldProfile), status: 200 },
} as const satisfies Record<string, Shape>;
