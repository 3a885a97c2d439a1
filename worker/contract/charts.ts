/** The graphs of metrology, under the names that existing clients ask for; reference: itcare-api.md, `GET /monitoring/resources/{id}/chart`. */
export type Unit = "percent" | "bytes" | "gigabytes";

export interface Graph {
  /** The type of instances that have it. */
  type: string;
  series: Readonly<Record<string, Unit>>;
}

export const graphs = {
  SYS_LNX_CPU_USAGE: { type: "LINUX", series: { total_cpu_avg: "percent" } },
  SYS_LNX_MEMORY_USAGE: { type: "LINUX", series: { used_prct: "percent", used: "bytes", memory: "bytes" } },
  SYS_WIN_CPU_USAGE: { type: "WINDOWS", series: { cpu: "percent" } },
  SYS_WIN_PHYSICAL_MEMORY: { type: "WINDOWS", series: { "physical %": "percent", physical: "gigabytes" } },
} as const satisfies Record<string, Graph>;
export type GraphName = keyof typeof graphs;
export const graphNames = Object.keys(graphs) as GraphName[];

/** Those of a type of resource; none: nothing is drawn of it. */
export function graphsOf(type: string): GraphName[] {
  return graphNames.filter((name) => graphs[name].type === type);
}

/** How many points a chart has at most, and how long a time it shows, in seconds. */
export const CHART = { points: 500, usual: 30, longest: 400 * 24 * 3600, day: 24 * 3600 } as const;
