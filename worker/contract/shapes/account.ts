/** Who I am, and what is mine: sessions and security keys. */
import * as z from "zod";
import { duties, profiles, type Duty, type Profile } from "../roles.ts";
import { id, instant, text, type Shape } from "./common.ts";

const organization = z.object({ id: z.int().positive(), name: z.string(), kind: z.enum(["customer", "group"]) });
const cloud = z.object({ id, name: z.string(), profile: z.enum(Object.keys(profiles) as [Profile, ...Profile[]]) });

export const personMe = z.object({
  id,
  kind: z.literal("person"),
  name: z.string(),
  email: z.string(),
  locale: z.enum(["en", "fr"]),
  organization,
  clouds: z.array(cloud).describe("The profiles that are in effect now"),
  duties: z.array(z.enum(Object.keys(duties) as [Duty, ...Duty[]])),
  securityKeys: z.int().describe("Usable ones; at 0 a privileged profile has no effect"),
  mfaAt: instant.nullable().describe("When a security key was last used in this session"),
  session: z.string().describe("The session's public id"),
  sessionExpiresAt: instant.describe("When it ends if nothing more is done"),
});

export const apiAccountMe = z.object({
  id,
  kind: z.literal("api-account"),
  name: z.string(),
  clientId: z.string(),
  authenticatedBy: z.enum(["secret", "key"]).describe("A secret only reads; the account's own key acts"),
  exception: z
    .object({ labels: z.array(z.string()), cloudIds: z.array(id), endsAt: instant })
    .nullable()
    .describe("What its secret may do all the same, and until when; null: nothing"),
  organization,
  clouds: z.array(cloud),
});

export const me = z.discriminatedUnion("kind", [personMe, apiAccountMe]);
export type Me = z.infer<typeof me>;

export const mySession = z.object({
  id: z.string(),
  agent: z.string().describe("The browser's own name for itself"),
  network: z.string().describe("The network that it was begun from, never a full address"),
  createdAt: instant,
  lastSeenAt: instant.describe("To the minute"),
  mfaAt: instant.nullable(),
  expiresAt: instant,
  current: z.boolean(),
});

export const mySecurityKey = z.object({
  id,
  name: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  lockedAt: instant.nullable().describe("A locked key counts for nothing"),
  synced: z.boolean().describe("Backed up to its owner's other devices"),
  transports: z.array(z.string()),
});

const keyName = text.max(64).describe("What its owner calls it");

export const addSecurityKey = z.strictObject({
  name: keyName,
  credential: z
    .looseObject({ response: z.looseObject({ clientDataJSON: z.string().max(64 * 1024) }) })
    .describe("RegistrationResponseJSON: what navigator.credentials.create() gave for the options of POST /auth/security-keys/options"),
});

export const renameSecurityKey = z.strictObject({ operation: z.literal("rename"), options: z.strictObject({ name: keyName }) });

export const accountShapes = {
  "read-me": { answer: me, status: 200 },
  "list-my-sessions": { answer: z.array(mySession), status: 200 },
  "end-my-session": { status: 204 },
  "end-my-other-sessions": { status: 204 },
  "list-my-security-keys": { answer: z.array(mySecurityKey), status: 200 },
  "add-security-key": { body: addSecurityKey, answer: mySecurityKey, status: 201 },
  "rename-security-key": { body: renameSecurityKey, status: 204 },
  "remove-security-key": { status: 204 },
  "end-member-sessions": { status: 204 },
} as const satisfies Record<string, Shape>;
