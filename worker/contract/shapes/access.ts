/** Who holds what, since when, by whose decision, and when it was last used: what a security representative reviews. */
import * as z from "zod";
import { profileList, type Profile } from "../roles.ts";
import { id, instant, type Shape } from "./common.ts";
import { duty, heldProfile } from "./profiles.ts";

/** After so many days without use something is called unused, unless asked otherwise. */
export const UNUSED_DAYS = 90;

export const accessNotes = ["unused", "ends-soon", "no-key"] as const;
const note = z.enum(accessNotes);
export type AccessNote = z.infer<typeof note>;

const holding = z.object({
  cloudId: id.nullable().describe("Null: it is a duty, for the organization as a whole"),
  cloudName: z.string().nullable(),
  profile: z.enum(profileList as [Profile, ...Profile[]]).nullable(),
  duty: duty.nullable(),
  since: instant.nullable().describe("Null: from before that was kept"),
  ends: instant.nullable(),
  reason: z.string().nullable(),
  givenBy: heldProfile.shape.givenBy,
  effect: heldProfile.shape.effect,
  lastUsedAt: instant
    .nullable()
    .describe(
      "The last privileged act that took it; of Standard, which only reads: when its holder was last there. Null: never since the log begins",
    ),
  used: z.array(z.object({ label: z.string(), lastUsedAt: instant })).describe("The privileged acts that took it, the latest first"),
  notes: z.array(note),
});
export type Holding = z.infer<typeof holding>;

const holder = z.object({
  id,
  kind: z.enum(["person", "api-account"]),
  name: z.string(),
  address: z.string().describe("A person's e-mail address, an API account's client id"),
  state: z.enum(["invited", "active", "suspended"]),
  createdAt: instant,
  lastSignInAt: instant.nullable().describe("A program's: when it last got a token"),
  keys: z.int().describe("Of a person: usable security keys; of a program: registered keys that have not ended"),
  holdings: z.array(holding),
});
export type Holder = z.infer<typeof holder>;

const filters = {
  kind: z.enum(["person", "api-account"]).optional(),
  cloudId: z.coerce.number().pipe(id).optional(),
  note: note.optional().describe("Only what this is noted of"),
  unusedDays: z.coerce.number().int().min(1).max(3650).default(UNUSED_DAYS).describe("After how many days without use something is unused"),
};

export const accessShapes = {
  "review-access": {
    query: z.strictObject({
      after: z
        .string()
        .regex(/^(person|api-account):\d{1,16}$/)
        .optional()
        .describe("`next` of the page before"),
      size: z.coerce.number().int().min(1).max(200).default(100).describe("How many holders are looked at"),
      ...filters,
    }),
    answer: z.object({
      content: z.array(holder).describe("People by name, then programs"),
      next: z
        .string()
        .nullable()
        .describe("`after` of the page that follows; with filters a page may be short although there is more. Null: there is no more"),
    }),
    status: 200,
  },
  "export-access": {
    query: z.strictObject({ format: z.enum(["json", "csv"]).default("json").describe("csv: one line for each thing that is held"), ...filters }),
    answer: z.object({
      format: z.literal("itcare-access/1"),
      madeAt: instant,
      organization: z.object({ id: z.int(), name: z.string() }),
      filters: z.looseObject({}),
      holders: z.array(holder),
    }),
    status: 200,
  },
} as const satisfies Record<string, Shape>;
