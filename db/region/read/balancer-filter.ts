/** What the list of load balancers is narrowed by beside what every list is: asked of each row's attributes, for balancers are few among resources. */
import { sql, type SQL } from "drizzle-orm";
import { resource } from "../schema/index.ts";

/** Absent: not narrowed by it. */
export interface BalancerFilter {
  protocols?: readonly string[] | undefined;
  loadBalancingMode?: readonly string[] | undefined;
  defaultPersistence?: readonly string[] | undefined;
  fallbackPersistence?: readonly string[] | undefined;
  /** Names of networks. */
  vlan?: readonly string[] | undefined;
  /** Parts of names. */
  urls?: readonly string[] | undefined;
  /** Whole names. */
  iRules?: readonly string[] | undefined;
  monitoringEnabled?: boolean | undefined;
  onCallSupervision?: boolean | undefined;
}

export function balancerConditions(filter: BalancerFilter): SQL[] {
  const { protocols, loadBalancingMode, defaultPersistence, fallbackPersistence, vlan, urls, iRules, monitoringEnabled, onCallSupervision } = filter;
  return [
    ...oneOf("$.protocol", protocols),
    ...oneOf("$.loadBalancingMode", loadBalancingMode),
    ...oneOf("$.persistence.default", defaultPersistence),
    ...oneOf("$.persistence.fallback", fallbackPersistence),
    ...oneOf("$.network.name", vlan),
    ...some("$.urls", urls, sql`instr(held.value ->> '$.name', lower(wanted.value)) > 0`),
    ...some("$.iRules", iRules, sql`held.value = wanted.value`),
    ...flag("$.monitoringEnabled", monitoringEnabled),
    ...flag("$.onCallSupervision", onCallSupervision),
  ];
}

function oneOf(path: string, values: readonly string[] | undefined): SQL[] {
  if (!values?.length) return [];
  return [sql`${resource.attributes} ->> ${path} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`];
}

/** A value, not EXISTS: SQLite would make a join of that, and a join loses the early stop. */
function some(path: string, values: readonly string[] | undefined, fits: SQL): SQL[] {
  if (!values?.length) return [];
  return [
    sql`(SELECT 1 FROM json_each(${resource.attributes}, ${path}) AS held CROSS JOIN json_each(${JSON.stringify(values)}) AS wanted WHERE ${fits} LIMIT 1) IS NOT NULL`,
  ];
}

function flag(path: string, value: boolean | undefined): SQL[] {
  return value === undefined ? [] : [sql`coalesce(${resource.attributes} ->> ${path}, 0) = ${value ? 1 : 0}`];
}
