/**
 * What a Cloud may have at most, in each region by itself: a quota is held by the one database that the resources are in. What Service Delivery has not set
 * for a Cloud is as here.
 */
export const quotas = {
  /** Instances that are there or being made. */
  instances: { usual: 500, unit: null },
  /** Of the instances, running or not; while one is resized, the larger of its two sizes. */
  cpus: { usual: 2_500, unit: null },
  ram: { usual: 10_000, unit: "GB" },
  /** The disks of the instances. */
  storage: { usual: 100_000, unit: "GB" },
  /** Of instances, and those that a running plan will still make. */
  snapshots: { usual: 500, unit: null },
  loadBalancers: { usual: 100, unit: null },
  /** Of instances and load balancers. */
  dnsAliases: { usual: 500, unit: null },
} as const satisfies Record<string, { usual: number; unit: "GB" | null }>;

export type QuotaName = keyof typeof quotas;
export const quotaList = Object.keys(quotas) as QuotaName[];

/** The most that can be set. */
export const MOST_OF_A_QUOTA = 1_000_000;

/** From this share on, whoever would use more is told how little is left. */
export const NEARLY_USED = 0.8;

/** Those that were set, in one region. */
export type SetQuotas = Partial<Record<QuotaName, number>>;

/** How much an act would come to take more. */
export type Wanted = Partial<Record<QuotaName, number>>;

export interface QuotaUse {
  used: number;
  limit: number;
}
export type QuotasInUse = Record<QuotaName, QuotaUse>;

export function quotasInUse(used: SetQuotas, set: SetQuotas): QuotasInUse {
  return Object.fromEntries(quotaList.map((name) => [name, { used: used[name] ?? 0, limit: set[name] ?? quotas[name].usual }])) as QuotasInUse;
}

/** The first quota that what is wanted goes beyond, with the numbers; null: all of it fits. Wanting nothing more always fits. */
export function exceededBy(wanted: Wanted, inUse: QuotasInUse): (QuotaUse & { name: QuotaName; wanted: number }) | null {
  for (const name of quotaList) {
    const more = wanted[name] ?? 0;
    const { used, limit } = inUse[name];
    if (more > 0 && used + more > limit) return { name, used, limit, wanted: more };
  }
  return null;
}

/** The names of what an act takes more of. */
export function wantedNames(wanted: Wanted): QuotaName[] {
  return quotaList.filter((name) => (wanted[name] ?? 0) > 0);
}

const words: Record<QuotaName, (count: number) => string> = {
  instances: (count) => (count === 1 ? "1 instance" : `${count} instances`),
  cpus: (count) => (count === 1 ? "1 CPU" : `${count} CPUs`),
  ram: (count) => `${count} GB of memory`,
  storage: (count) => `${count} GB of storage`,
  snapshots: (count) => (count === 1 ? "1 snapshot" : `${count} snapshots`),
  loadBalancers: (count) => (count === 1 ? "1 load balancer" : `${count} load balancers`),
  dnsAliases: (count) => (count === 1 ? "1 DNS alias" : `${count} DNS aliases`),
};

/** The API's sentences, which the console shows before anybody asks. */
export function quotaWords(
  { name, used, limit, wanted }: QuotaUse & { name: QuotaName; wanted: number },
  region: string,
): { reason: string; change: string } {
  return {
    reason: `The Cloud may have ${words[name](limit)} in ${region} and has ${used}; this takes ${wanted} more.`,
    change: "Delete what is no longer needed, or ask Service Delivery for a higher quota.",
  };
}
