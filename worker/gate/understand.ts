/** Reads a request's parts by the shapes of its row. What cannot be understood says which field, and what it should be. */
import type { ZodType } from "zod";
import { shapeOf } from "../contract/shapes/index.ts";
import type { Label } from "../contract/actions.ts";
import { Problem } from "./problem.ts";

/** @throws Problem("invalid_field_value" | "unknown_field") for the first part that does not fit */
export function understandBody(label: Label, body: unknown): unknown {
  const { body: shape } = shapeOf(label);
  if (shape) return understand(shape, body, "body");
  if (body !== undefined) throw new Problem("invalid_request", { detail: `${label} takes no body.` });
  return undefined;
}

/** @throws Problem("invalid_field_value" | "unknown_field") for the first parameter that does not fit */
export function understandQuery(label: Label, search: URLSearchParams): unknown {
  const given: Record<string, string | string[]> = {};
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    given[name] = values.length === 1 ? values[0]! : values;
  }
  const { query: shape } = shapeOf(label);
  if (shape) return understand(shape, given, "query");
  const [unknown] = Object.keys(given);
  if (unknown) throw new Problem("unknown_field", { field: unknown, detail: `The parameter '${unknown}' is not known here.` });
  return {};
}

export function understand(shape: ZodType, given: unknown, where: "body" | "query"): unknown {
  const result = shape.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  if (issue.code === "unrecognized_keys") {
    const field = [...issue.path, issue.keys[0]].join(".");
    throw new Problem("unknown_field", { field, detail: `The field '${field}' is not known here.` });
  }
  const field = issue.path.join(".");
  throw new Problem("invalid_field_value", {
    field: field || where,
    detail: field ? `Error on field '${field}': ${issue.message}.` : `The ${where} does not fit: ${issue.message}.`,
  });
}
