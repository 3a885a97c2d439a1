/** Accounts, Clouds and organizations on request. */
import * as z from "zod";
import type { RequestKind, RequestState } from "../requests.ts";
import { profileList, type Profile } from "../roles.ts";
import { id, instant, text, type Shape } from "./common.ts";

const named = text.max(128).transform((given) => given.normalize("NFC"));
const reason = text.max(256);

/** Folded as at sign-in. One address each, nothing around it: it stands in the head of mails. */
const email = z
  .string()
  .trim()
  .max(254)
  .transform((given) => given.normalize("NFC").toLowerCase())
  .pipe(z.email());

export const person = z.strictObject({
  name: named,
  email: email.describe("What the person signs in with, and where the activation link goes"),
  locale: z.enum(["en", "fr"]).default("en").describe("The language of what is sent"),
});

const profile = z.strictObject({
  cloudId: id,
  profile: z.enum(profileList as [Profile, ...Profile[]]),
  endsAt: instant.optional().describe("When it ends by itself; absent: for good"),
});

const requestAccount = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("person"),
    ...person.shape,
    profiles: z
      .array(profile)
      .min(1)
      .max(50)
      .refine((list) => new Set(list.map(({ cloudId }) => cloudId)).size === list.length, "each Cloud once"),
    reason,
  }),
  z.strictObject({ kind: z.literal("cloud"), name: named.describe("Unique in the organization"), reason }),
]);

const requestOrganization = z.strictObject({
  name: named.describe("Unique"),
  cloud: named.describe("Its first Cloud"),
  representative: person.describe("Its first security representative"),
  reason,
});

export const requestItem = z.object({
  id,
  kind: z.enum(["person", "cloud", "organization"] as [RequestKind, ...RequestKind[]]),
  state: z.enum(["asked", "accepted", "refused", "withdrawn"] as [RequestState, ...RequestState[]]),
  name: z.string().describe("Of the person, the Cloud or the organization that is asked for"),
  organizationId: z.int().positive(),
  organizationName: z.string().describe("Who asks"),
  person: person.extend({ email: z.string() }).nullable().describe("Of an organization: its first security representative"),
  profiles: z.array(z.object({ cloudId: id, cloudName: z.string(), profile: z.string(), endsAt: instant.nullable() })),
  cloud: z.string().nullable().describe("Of an organization: its first Cloud"),
  reason: z.string(),
  askedBy: z.object({ id, name: z.string() }),
  askedAt: instant,
  decidedBy: z.object({ id, name: z.string() }).nullable().describe("Who accepted, refused or withdrew it"),
  decidedAt: instant.nullable(),
  decision: z.string().nullable().describe("Why it was refused"),
  revision: z.int(),
});
export type RequestItem = z.infer<typeof requestItem>;

const listRequestsQuery = z.strictObject({
  state: z.enum(["asked", "accepted", "refused", "withdrawn"]).optional(),
  size: z.coerce.number().int().min(1).max(100).default(50),
  before: z
    .string()
    .regex(/^\d{1,15}\.\d{1,16}$/)
    .optional()
    .describe("`next` of the page before"),
});

const patch = <Operation extends string>(operation: Operation) => z.strictObject({ operation: z.literal(operation) });

export const requestShapes = {
  "request-account": { body: requestAccount, answer: requestItem, status: 201 },
  "request-organization": { body: requestOrganization, answer: requestItem, status: 201 },
  "list-requests": {
    query: listRequestsQuery,
    answer: z.object({
      content: z.array(requestItem).describe("The newest first"),
      next: z.string().nullable().describe("null: there are no older ones"),
    }),
    status: 200,
  },
  "read-request": { answer: requestItem, status: 200 },
  "withdraw-request": { body: patch("withdraw"), answer: requestItem, status: 200 },
  "accept-request": { body: patch("accept"), answer: requestItem, status: 200 },
  "refuse-request": {
    body: z.strictObject({ operation: z.literal("refuse"), options: z.strictObject({ reason: reason.describe("For whoever asked") }) }),
    answer: requestItem,
    status: 200,
  },
} as const satisfies Record<string, Shape>;
