/** DNS aliases, and the domains that they are made in; reference: itcare-api.md, "Networking" and `network.dns`. */
import * as z from "zod";
import { aliasFault, aliasFaults, aliasStatusList, foldName, type AliasStatus } from "../domains.ts";
import { action, changeReference, id, instant, type Shape } from "./common.ts";

const alias = z.object({
  alias: z.string().describe("The whole name, in lower case, without a final dot"),
  domain: z.string(),
  status: z.enum(aliasStatusList as [AliasStatus, ...AliasStatus[]]),
  type: z.literal("A"),
  address: z.string().nullable().describe("What it resolves to; null while its load balancer has none yet"),
  ttl: z.int().describe("Seconds"),
  author: z.string().describe("The full name of who made it"),
  creationDate: instant,
  changeReference: z.string().nullable(),
  actionId: id.describe("The action that made it"),
});
export type AliasItem = z.infer<typeof alias>;

const name = z.string().max(300).transform(foldName);

export const createAlias = z
  .object({
    alias: name.describe("The whole name, as www.cloud.itcare.example; upper and lower case are alike"),
    domain: name.describe("One of GET /itcare/networking/domains; the name ends with it"),
    changeReference,
  })
  .strict()
  .superRefine((body, context) => {
    const fault = aliasFault(body.alias, body.domain);
    if (fault) context.addIssue({ code: "custom", path: ["alias"], message: aliasFaults[fault] });
  });
export type CreateAlias = z.infer<typeof createAlias>;

const domain = z.object({
  domain: z.string(),
  dnsCreation: z.boolean().describe("Whether aliases are made in it here; elsewhere a name is made on request"),
  reservedForGroup: z.boolean(),
});
export type DomainItem = z.infer<typeof domain>;

const deletion = { body: z.object({ changeReference }).strict().optional(), answer: action, status: 202 } as const;

/** Of instances and of load balancers alike. */
export const dnsShapes = {
  "create-dns": { body: createAlias, answer: action, status: 202 },
  "delete-dns": deletion,
  "list-dns": { answer: z.array(alias), status: 200 },
  "create-dns-lb": { body: createAlias, answer: action, status: 202 },
  "delete-dns-lb": deletion,
  "list-dns-lb": { answer: z.array(alias), status: 200 },
  "list-domains": { answer: z.array(domain), status: 200 },
} as const satisfies Record<string, Shape>;
