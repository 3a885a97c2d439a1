/** What the list of load balancers can be asked for; reference: itcare-api.md, `GET /networking/loadbalancers`. */
import * as z from "zod";
import { modes, persistences, protocolList } from "../load-balancers.ts";
import { among, listQuery } from "./list-queries.ts";
import { commaList } from "./common.ts";

const { page, size, sort, cursor, partial, names, search, statuses, environments, regions, clouds, services, tags, ip } = listQuery;
const texts = commaList.pipe(z.array(z.string().min(1).max(128)).max(50));

export const listBalancers = z
  .object({
    page,
    size,
    sort,
    cursor,
    partial,
    names,
    search,
    statuses,
    environments,
    regions,
    clouds,
    services,
    tags,
    ip,
    monitoringEnabled: z.stringbool().optional(),
    onCallSupervision: z.stringbool().optional(),
    urls: texts.optional().describe(".cegedim.cloud: a part of the name of one of its URLs; upper and lower case are alike"),
    iRules: texts.optional().describe("Names of iRules, whole"),
    defaultPersistence: among(persistences.default).optional(),
    fallbackPersistence: among(persistences.fallback).optional(),
    loadBalancingMode: among(modes).optional(),
    protocols: among(protocolList).optional(),
    vlan: texts.optional().describe("EB_1125_DMZ8: the name of its network"),
  })
  .strict();
export type ListBalancers = z.infer<typeof listBalancers>;
