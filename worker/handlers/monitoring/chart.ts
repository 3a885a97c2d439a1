import { CHART, graphs, graphsOf, type GraphName } from "../../contract/charts.ts";
import type { ResourceTarget } from "../../contract/actor.ts";
import { families } from "../../contract/resource-types.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { EngineUnreachable, type Measure, type Series } from "../../zones/engine.ts";
import { engineFor } from "../../zones/engines.ts";
import type { Env } from "../../env.ts";

type Measured = Partial<Record<Measure, Series>>;
type Pairs = [seconds: number, value: number][];

const GIGABYTE = 2 ** 30;

/** What each series of a graph is made of. */
const series: Record<string, { of: readonly Measure[]; make: (measured: Measured) => Pairs }> = {
  total_cpu_avg: { of: ["cpu"], make: ({ cpu = [] }) => pairs(cpu, percent) },
  cpu: { of: ["cpu"], make: ({ cpu = [] }) => pairs(cpu, percent) },
  used_prct: { of: ["memory-used", "memory"], make: sharesUsed },
  "physical %": { of: ["memory-used", "memory"], make: sharesUsed },
  used: { of: ["memory-used"], make: (measured) => pairs(measured["memory-used"] ?? [], Math.round) },
  memory: { of: ["memory"], make: ({ memory = [] }) => pairs(memory, Math.round) },
  physical: { of: ["memory-used"], make: (measured) => pairs(measured["memory-used"] ?? [], (bytes) => percent(bytes / GIGABYTE)) },
};

/** What the zone has measured of an instance. Nothing is made up: where it did not run, or was not monitored, there is no point. */
export const readChart: Handler<"read-chart"> = async ({ target, now }, { query }, { env }) => {
  const graph = query["graph-name"];
  requireDrawn(target, graph);
  const end = query.end ?? Math.floor(now / 1000);
  const start = query.start ?? Math.max(0, end - CHART.day);
  if (start >= end) throw wrong("start", "it is not before `end`");
  if (end - start > CHART.longest) throw wrong("start", `a chart shows at most ${CHART.longest / CHART.day} days`);
  const names = Object.keys(graphs[graph].series);
  const measures = [...new Set(names.flatMap((name) => series[name]!.of))];
  const points = Math.max(1, Math.min(query.points, Math.floor((end - start) / 60)));
  const measured = await measuredBy(env, target, { resourceId: target.id, measures, from: start * 1000, to: end * 1000, points });
  return Response.json({ [target.id]: { [graph]: Object.fromEntries(names.map((name) => [name, series[name]!.make(measured)])) } });
};

/** @throws Problem("invalid_field_value") for a graph that is of another type */
function requireDrawn({ family }: ResourceTarget, graph: GraphName): void {
  const { type } = families[family];
  const drawn = graphsOf(type);
  if (drawn.includes(graph)) return;
  throw wrong("graph-name", drawn.length > 0 ? `of ${type} there are ${drawn.join(", ")}` : `nothing is drawn of ${type}`);
}

/** @throws Problem("unavailable") naming the zone that does not answer */
async function measuredBy(env: Env, { zone }: ResourceTarget, question: Parameters<ReturnType<typeof engineFor>["metrics"]>[0]): Promise<Measured> {
  if (!zone) return {};
  try {
    return (await engineFor(env, zone).metrics(question)) ?? {};
  } catch (error) {
    if (!(error instanceof EngineUnreachable)) throw error;
    throw new Problem("unavailable", {
      detail: `The zone ${zone} does not answer; what it has measured cannot be read now.`,
      change: "Repeat the request later.",
      headers: { "retry-after": "5" },
    });
  }
}

function pairs(values: Series, rounded: (value: number) => number): Pairs {
  return values.map(({ at, value }) => [Math.floor(at / 1000), rounded(value)]);
}

function sharesUsed({ memory = [], "memory-used": used = [] }: Measured): Pairs {
  const sizes = new Map(memory.map(({ at, value }) => [at, value]));
  return pairs(
    used.map(({ at, value }) => ({ at, value: (100 * value) / sizes.get(at)! })),
    percent,
  );
}

/** Two places behind the point. */
function percent(value: number): number {
  return Math.round(value * 100) / 100;
}

function wrong(field: string, what: string): Problem {
  return new Problem("invalid_field_value", { field, detail: `Error on field '${field}': ${what}.` });
}
