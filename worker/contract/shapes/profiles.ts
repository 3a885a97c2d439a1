/** Who of the organization holds which profile on which Cloud, and which duty. */
import * as z from "zod";
import { duties, profileList, type Duty, type Profile } from "../roles.ts";
import { id, instant, text, type Shape } from "./common.ts";

const profile = z.enum(profileList as [Profile, ...Profile[]]);
export const duty = z.enum(Object.keys(duties) as [Duty, ...Duty[]]);
const why = text.max(256).optional().describe("Why: it stands in the log");
const ends = instant.optional().describe("When it ends by itself; absent: for good");

const givenFields = { profile, ends, reason: why };
/** Whoever gives something for a time says what for. */
const saysWhy = ({ ends: until, reason }: { ends?: string | undefined; reason?: string | undefined }) => until === undefined || reason !== undefined;
const needed = { path: ["reason"], message: "a profile for a time has a reason" };

export const giveProfile = z.strictObject({ cloudId: id.describe("A Cloud of the organization"), ...givenFields }).refine(saysWhy, needed);

export const profileOptions = z.strictObject(givenFields).refine(saysWhy, needed);

/** One person's profile on one Cloud. */
export const heldProfile = z.object({
  cloudId: id,
  cloudName: z.string(),
  profile,
  since: instant,
  ends: instant.nullable(),
  reason: z.string().nullable(),
  givenBy: z.object({ id, name: z.string() }).nullable().describe("Null: it was there before the organization's log"),
  effect: z
    .enum(["in-effect", "no-key", "not-begun", "ended", "pending", "suspended", "cloud-closed"])
    .describe("`no-key`: a privileged profile gives only reading until a security key is enrolled; `ended`: its time is over"),
});
export type HeldProfile = z.infer<typeof heldProfile>;

export const profileShapes = {
  "give-profile": { body: giveProfile, status: 204 },
  "change-profile": { body: z.strictObject({ operation: z.literal("change"), options: profileOptions }), status: 204 },
  "end-profile": { body: z.strictObject({ reason: why }).optional(), status: 204 },
  "give-duty": { body: z.strictObject({ duty, reason: why }), status: 204 },
  "end-duty": { body: z.strictObject({ reason: why }).optional(), status: 204 },
} as const satisfies Record<string, Shape>;
