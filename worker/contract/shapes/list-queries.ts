/** What the lists of resources can be asked for; reference: itcare-api.md, "REST conventions", "Pagination", `GET /compute/instances`. */
import * as z from "zod";
import { categoryList, environmentList, familyList, statusList, typeList, type Environment, type Status } from "../resource-types.ts";
import { regionList, zoneList, type Region, type Zone } from "../topology.ts";
import { commaList, id, pageQuery } from "./common.ts";

export const among = <Word extends string>(words: readonly Word[]) => commaList.pipe(z.array(z.enum(words as [Word, ...Word[]])));

/** Clients send them in short. */
const environmentAliases: Record<string, Environment | undefined> = { PROD: "PRODUCTION", PREPROD: "PREPRODUCTION", DEV: "DEVELOPMENT" };

/** `ALL` stands for no filter at all. */
const environments = commaList
  .transform((words) => (words.includes("ALL") ? [] : words.map((word) => environmentAliases[word] ?? word)))
  .pipe(z.array(z.enum(environmentList as [Environment, ...Environment[]])));

const ids = commaList.transform((words) => words.map(Number)).pipe(z.array(id).max(200));

/** `key:value`, or `key:` for any value; `!` before it turns it round. The value may hold colons. */
const tags = commaList
  .pipe(z.array(z.string().regex(/^!?[^:!][^:]*:/, "key:value, or key: for any value; with ! before it, what lacks it")).max(10))
  .transform((words) =>
    words.map((word) => {
      const colon = word.indexOf(":");
      const absent = word.startsWith("!");
      return { key: word.slice(absent ? 1 : 0, colon).trim(), value: word.slice(colon + 1).trim() || null, absent };
    }),
  );

/** Names of networks. */
export const vlans = commaList.pipe(z.array(z.string().min(1).max(128)).max(50));

/** No name holds a control character, and the search for parts of names knows no NUL. */
const search = z
  .string()
  .trim()
  .min(1)
  .max(63)
  .regex(/^\P{Cc}*$/u, "no control characters");

export const cursor = z
  .string()
  .max(1024)
  .optional()
  .describe("`nextCursor` of the page before, in place of `page`: every page costs the same however deep");
export const partial = z
  .stringbool()
  .optional()
  .describe(
    "True: answer without the regions that are away and name them in `missingRegions`. Default: true in the console, false for programs, which get 503",
  );

export const listQuery = {
  ...pageQuery,
  cursor,
  partial,
  names: commaList
    .pipe(z.array(z.string().max(254)).max(200))
    .optional()
    .describe("resource01,!resource02: exact names, upper and lower case alike; `!` excludes"),
  search: search.optional().describe("A part of the name; with fewer than 3 characters its beginning"),
  types: among(typeList).optional(),
  families: among(familyList).optional(),
  statuses: among(statusList as [Status, ...Status[]]).optional(),
  environments: environments.optional().describe("PRODUCTION,DEVELOPMENT; PROD, PREPROD and DEV stand for the long forms, ALL for every one"),
  az: among(zoneList as [Zone, ...Zone[]]).optional(),
  regions: among(regionList as [Region, ...Region[]]).optional(),
  clouds: ids.optional(),
  services: ids.optional(),
  tags: tags
    .optional()
    .describe("key:value,key:value: all of them; key: for any value; !key: what has no such key, !key:value what has not that pair"),
  ip: commaList.pipe(z.array(z.ipv4()).max(200)).optional(),
  backupStatus: z.stringbool().optional().describe("Backed up, or not; what is still being created has neither"),
  recoveryStatus: z.stringbool().optional().describe("With a replica in the other building of the region, or without"),
  includedInPatchParty: z.stringbool().optional().describe("Patched with its group, or not"),
  vlan: vlans.optional().describe("EB_1125_DMZ8: names of networks; what is still being created has no address in any"),
};

export const listInstances = z.object(listQuery).strict();
export const listResources = z
  .object({ ...listQuery, resourceType: among(categoryList).optional().describe("The category: INSTANCE, CONTAINER, …") })
  .strict();
export type ListResources = z.infer<typeof listResources>;

export const listServices = z
  .object({
    ...pageQuery,
    cursor,
    partial,
    clouds: ids.optional(),
    names: commaList
      .pipe(z.array(z.string().max(254)).max(200))
      .optional()
      .describe("Exact names; `!` excludes"),
    search: search.optional().describe("A part of the name"),
  })
  .strict();
