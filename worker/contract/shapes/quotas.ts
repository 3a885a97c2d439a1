/** What a Cloud may have at most, and has. */
import * as z from "zod";
import { MOST_OF_A_QUOTA, quotaList, quotas, type QuotaName } from "../quotas.ts";
import { regionList, type Region } from "../topology.ts";
import { id, reason, type Shape } from "./common.ts";
import { listQuery } from "./list-queries.ts";

const region = z.enum(regionList as [Region, ...Region[]]);
const name = z.enum(quotaList as [QuotaName, ...QuotaName[]]);

const cloudQuotas = z.object({
  cloudId: id,
  cloudName: z.string(),
  regions: z.array(
    z.object({
      region,
      quotas: z.array(
        z.object({
          name,
          unit: z.enum(["GB"]).nullable().describe("null: it is counted in pieces"),
          used: z.int().describe("What is there, what is being made, and what running acts may come to take"),
          limit: z.int(),
          usual: z.boolean().describe("true: nobody has set this one; it is as for every Cloud"),
        }),
      ),
    }),
  ),
});
export type CloudQuotas = z.infer<typeof cloudQuotas>;

const answer = z.object({ content: z.array(cloudQuotas), missingRegions: z.array(region).describe("Regions that do not answer, and are not in it") });

const limit = z.int().min(0).max(MOST_OF_A_QUOTA);
const limits = Object.fromEntries(quotaList.map((one) => [one, limit.optional().describe(`In ${quotas[one].unit ?? "pieces"}`)])) as Record<
  QuotaName,
  z.ZodOptional<typeof limit>
>;

const setQuotas = z.strictObject({
  operation: z.literal("set_quotas"),
  options: z
    .strictObject({
      region,
      quotas: z.strictObject(limits).default({}).describe("Those that are to be other than they are"),
      usual: z.array(name).max(quotaList.length).default([]).describe("Those that are to be as for every Cloud again"),
      reason,
    })
    .refine((options) => Object.keys(options.quotas).length + options.usual.length > 0, "name one quota at least"),
});
export type SetQuotasBody = z.infer<typeof setQuotas>;

export const quotaShapes = {
  "list-quotas": {
    query: z.strictObject({ clouds: listQuery.clouds, partial: listQuery.partial }),
    answer,
    status: 200,
  },
  "list-customer-quotas": { answer, status: 200 },
  "set-quotas": { body: setQuotas, status: 204 },
} as const satisfies Record<string, Shape>;
