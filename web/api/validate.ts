/**
 * The API's own validation, before anything is sent: a body is read by the shape of its row. The shapes and their reader are fetched when a form is
 * first filled in; who only looks never loads them.
 */
import type { Label } from "../../worker/contract/actions.ts";
import { bodyFor } from "./client.ts";

/** What is wrong with one field. `field` is the API's name for it, without `options.` and without places in lists: `options.disks.1` is `disks`. */
export interface Wrong {
  field: string;
  kind: "missing" | "least" | "most" | "choice" | "form";
  /** For `least` and `most`. */
  limit: number | null;
  /** A limit on letters rather than on a number. */
  letters: boolean;
}

interface Issue {
  code: string;
  path: readonly PropertyKey[];
  input?: unknown;
  origin?: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
}

/** Everything that the API would not understand; empty when it would. */
export async function wrongIn(label: Label, body: unknown): Promise<Wrong[]> {
  const { shapeOf } = await import("./shapes.ts");
  const result = shapeOf(label).body?.safeParse(bodyFor(label, body), { reportInput: true });
  return result && !result.success ? (result.error.issues as Issue[]).map(wrong) : [];
}

/** `options.disks[1]`, `options.disks.1` → `disks` */
export function fieldOf(path: string): string {
  return path.replace(/^options\./, "").split(/[.[]/)[0]!;
}

function wrong(issue: Issue): Wrong {
  const common = { field: fieldOf(issue.path.join(".")), limit: null, letters: false };
  if (issue.code.startsWith("invalid_") && issue.input === undefined) return { ...common, kind: "missing" };
  if (issue.code === "too_small" || issue.code === "too_big") {
    const limit = Number(issue.code === "too_small" ? issue.minimum : issue.maximum);
    return { ...common, kind: issue.code === "too_small" ? "least" : "most", limit, letters: issue.origin === "string" };
  }
  return { ...common, kind: issue.code === "invalid_value" ? "choice" : "form" };
}
