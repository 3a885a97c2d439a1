/** Mounts the rows of the table: one route for each method and path, shared by the rows that `operation` tells apart. */
import { Hono, type Context as HonoContext } from "hono";
import { labels, methodOf, pathOf, type Label, type Method } from "../contract/actions.ts";
import type { Env } from "../env.ts";
import { passGate } from "./gate.ts";
import { Problem } from "./problem.ts";

export interface Variables {
  requestId: string;
  /** Headers that the answer has, whatever it becomes. */
  told?: Record<string, string>;
}
export type ItcareContext = HonoContext<{ Bindings: Env; Variables: Variables }>;

export function mountActions(): Hono<{ Bindings: Env; Variables: Variables }> {
  const app = new Hono<{ Bindings: Env; Variables: Variables }>();
  for (const [path, byMethod] of groupByPath()) {
    for (const [method, rows] of byMethod) app.on(method, path, (c) => answer(c, rows));
    const allowed = [...byMethod.keys()].flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
    app.all(path, (c) => {
      throw new Problem("method_not_allowed", { detail: `${c.req.method} is not supported here; ${allowed} is.`, headers: { allow: allowed } });
    });
  }
  return app;
}

function answer(c: ItcareContext, rows: readonly Label[]): Promise<Response> {
  return passGate(
    { labels: rows, params: paramsOf(c, rows[0]!), requestId: c.get("requestId"), now: Date.now() },
    { env: c.env, request: c.req.raw, waitUntil: (work) => c.executionCtx.waitUntil(work), tell: (headers) => c.set("told", headers) },
  );
}

/** The path's parameters in the path's order: the first one names the target. */
function paramsOf(c: ItcareContext, label: Label): Record<string, string> {
  const names = [...pathOf(label).matchAll(/:(\w+)/g)].map(([, name]) => name!);
  return Object.fromEntries(names.map((name) => [name, c.req.param(name) ?? ""]));
}

function groupByPath(): Map<string, Map<Method, Label[]>> {
  const paths = new Map<string, Map<Method, Label[]>>();
  for (const label of labels) {
    const byMethod = paths.get(pathOf(label)) ?? new Map<Method, Label[]>();
    byMethod.set(methodOf(label), [...(byMethod.get(methodOf(label)) ?? []), label]);
    paths.set(pathOf(label), byMethod);
  }
  return paths;
}
