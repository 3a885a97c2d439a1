/** API accounts: programs of an organization, their Clouds and profiles, and what they prove themselves by. */
import * as z from "zod";
import type { Label } from "../actions.ts";
import { profiles, type Profile } from "../roles.ts";
import { EXCEPTION_DAYS, exceptable } from "../secret-exceptions.ts";
import { changeReference, id, instant, reason, text, type Shape } from "./common.ts";

/** Days; the organization's own ceiling may be lower. */
export const CREDENTIAL_DAYS = { usual: 90, most: 730 } as const;

/** More than a change of keys and of machines needs at a time. */
export const MOST_CREDENTIALS = 10;

const profile = z.enum(Object.keys(profiles) as [Profile, ...Profile[]]);
const name = text.max(64);

const clouds = z
  .array(z.strictObject({ cloudId: id, profile }))
  .min(1)
  .max(100)
  .refine((list) => new Set(list.map(({ cloudId }) => cloudId)).size === list.length, "every Cloud once")
  .describe("The Clouds that it is bound to, with a profile on each; nothing else is its");

const base64Url = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/, "base64url")
  .max(1024);
const about = { kid: text.max(128).optional(), use: z.literal("sig").optional(), key_ops: z.array(z.literal("verify")).optional() };
/** Public members alone: a private key is never sent anywhere. */
const jwk = z.discriminatedUnion("kty", [
  z.strictObject({
    kty: z.literal("EC"),
    crv: z.literal("P-256"),
    x: base64Url.length(43),
    y: base64Url.length(43),
    alg: z.literal("ES256").optional(),
    ...about,
  }),
  z.strictObject({
    kty: z.literal("OKP"),
    crv: z.literal("Ed25519"),
    x: base64Url.length(43),
    alg: z.enum(["EdDSA", "Ed25519"]).optional(),
    ...about,
  }),
  z.strictObject({ kty: z.literal("RSA"), n: base64Url.min(342), e: z.literal("AQAB"), alg: z.literal("PS256").optional(), ...about }),
]);
export type PublicJwk = z.infer<typeof jwk>;

/** What a key set holds is registered at once or not at all; whoever signs or asserts names one of them by its `kid`. */
const jwks = z.strictObject({
  keys: z
    .array(jwk)
    .min(1)
    .max(MOST_CREDENTIALS)
    .refine((keys) => keys.length === 1 || keys.every(({ kid }) => kid !== undefined), "each of several keys has a kid")
    .refine((keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length, "every kid once"),
});

const credentialFacts = {
  name: name.describe("What tells it from the others"),
  days: z.int().min(1).max(CREDENTIAL_DAYS.most).default(CREDENTIAL_DAYS.usual).describe("How long it is good"),
  changeReference,
};

const credential = z.object({
  id,
  kind: z.enum(["secret", "key"]).describe("A secret only reads, unless the account is excepted; a key acts, and signs"),
  name: z.string(),
  keyId: z.string().nullable().describe("Of a key: its `kid`, by which assertions and signatures name it"),
  createdAt: instant,
  endsAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  lastNetwork: z.string().nullable().describe("The network that a token was asked for from, never a full address"),
});
export type ApiCredential = z.infer<typeof credential>;

const exceptableLabel = z.enum(exceptable as [Label, ...Label[]]);

const exception = z.object({
  labels: z.array(exceptableLabel),
  clouds: z.array(z.object({ id, name: z.string() })),
  reason: z.string(),
  givenAt: instant,
  givenBy: z.object({ id, name: z.string() }),
  endsAt: instant,
});

/** Each once. */
const distinct = <Item>(list: readonly Item[]) => new Set(list).size === list.length;

export const giveSecretException = z.strictObject({
  labels: z.array(exceptableLabel).min(1).refine(distinct, "every act once").describe("What its secret may do all the same, and nothing else"),
  cloudIds: z.array(id).min(1).max(100).refine(distinct, "every Cloud once").describe("Where; on each it holds a profile"),
  days: z.int().min(1).max(EXCEPTION_DAYS).describe("It ends by itself"),
  reason: text.max(500).describe("Why it cannot have a key yet; it stays in the log"),
  changeReference,
});

const account = z.object({
  id,
  name: z.string(),
  clientId: z.string(),
  state: z.enum(["active", "suspended", "ended"]),
  createdAt: instant,
  clouds: z.array(z.object({ id, name: z.string(), profile })),
  credentials: z.array(credential).describe("Those that have neither ended nor been removed"),
  exception: exception.nullable().describe("What its secret may do although secrets only read; null: nothing"),
  lastUsedAt: instant.nullable(),
});
export type ApiAccount = z.infer<typeof account>;

const accountInFull = account.extend({
  used: z
    .array(z.object({ cloudId: z.int(), label: z.string(), firstUsedAt: instant, lastUsedAt: instant }))
    .describe("To the hour; Cloud 0: of no Cloud"),
  unused: z.array(z.object({ cloudId: id, labels: z.array(z.string()) })).describe("The acts that its profile allows and that it never did"),
  enough: z.array(z.object({ cloudId: id, profile })).describe("The lowest profiles with which it could have done all that it did"),
});
export type ApiAccountInFull = z.infer<typeof accountInFull>;

const patchOptions = z
  .strictObject({ name: name.optional(), clouds: clouds.optional().describe("Exactly these from now on") })
  .refine((options) => options.name !== undefined || options.clouds !== undefined, "name what is to be changed: name or clouds");

export const apiAccountShapes = {
  "list-api-accounts": {
    answer: z.object({
      accounts: z.array(account).describe("Those that have not ended"),
      clouds: z.array(z.object({ id, name: z.string() })).describe("On which a profile can be given"),
      credentialDays: z.int().describe("For how long a credential may be given"),
    }),
    status: 200,
  },
  "read-api-account": { answer: accountInFull, status: 200 },
  "create-api-account": { body: z.strictObject({ name, clouds, changeReference }), answer: account, status: 201 },
  "update-api-account": {
    body: z.strictObject({ operation: z.literal("update"), options: patchOptions, changeReference }),
    answer: account,
    status: 200,
  },
  "suspend-api-account": {
    body: z.strictObject({ operation: z.literal("suspend"), options: z.strictObject({ reason }).optional() }),
    status: 204,
  },
  "resume-api-account": { body: z.strictObject({ operation: z.literal("resume") }), status: 204 },
  "end-api-account": { status: 204 },
  "add-api-credential": {
    body: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("secret"), ...credentialFacts }),
      z.strictObject({ kind: z.literal("key"), jwk, ...credentialFacts }),
    ]),
    answer: credential.extend({ secret: z.string().nullable().describe("Shown this once; null: it is a key, or the request was repeated") }),
    status: 201,
  },
  "add-api-keys": {
    body: z.strictObject({ jwks, ...credentialFacts }),
    answer: z.object({ credentials: z.array(credential) }),
    status: 201,
  },
  "remove-api-credential": { status: 204 },
  "give-secret-exception": { body: giveSecretException, answer: account, status: 200 },
  "end-secret-exception": { status: 204 },
  "change-credential-days": {
    body: z.strictObject({
      operation: z.literal("change_credential_days"),
      options: z.strictObject({
        days: z
          .int()
          .min(1)
          .max(CREDENTIAL_DAYS.most)
          .describe("For how long a credential may be given from now on; those that are there keep their end"),
      }),
      changeReference,
    }),
    status: 204,
  },
} as const satisfies Record<string, Shape>;
