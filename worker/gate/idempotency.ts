/** Idempotency-Key: a request that is asked again gets the first answer, byte for byte, after its right has been decided anew. */
import { sql } from "drizzle-orm";
import type { Actor } from "../contract/actor.ts";
import type { Action } from "../contract/shapes/common.ts";
import { hashText } from "../contract/operation.ts";
import { readFirst } from "../../db/statement.ts";
import type { Idempotency } from "./context.ts";
import { Problem } from "./problem.ts";

/** Where an accepted act can be followed. */
export function locationOf(actionId: number): string {
  return `/itcare/actions/${actionId}`;
}

/** @throws Problem("invalid_field_value") for a key that is no key */
export async function readIdempotency(request: Request, actor: Actor, bodyText: string): Promise<Idempotency | null> {
  const key = request.headers.get("idempotency-key");
  if (key === null) return null;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Problem("invalid_field_value", { field: "Idempotency-Key", detail: "An idempotency key is 1 to 255 visible ASCII characters." });
  }
  const { pathname } = new URL(request.url);
  return { principal: `${actor.kind}/${actor.id}`, method: request.method, path: pathname, key, fingerprint: await hashText(bodyText) };
}

/** The answer that the same request got before, or null. @throws Problem("idempotency_key_reused") */
export async function replay(database: D1Database, asked: Idempotency, now: number): Promise<Response | null> {
  const row = await readFirst<{ fingerprint: string; status: number; answer: string }>(
    database,
    sql`SELECT fingerprint, status, answer FROM idempotency
      WHERE principal = ${asked.principal} AND method = ${asked.method} AND path = ${asked.path} AND key = ${asked.key} AND expires > ${now}`,
  );
  if (!row) return null;
  if (row.fingerprint !== asked.fingerprint) {
    throw new Problem("idempotency_key_reused", {
      field: "Idempotency-Key",
      detail: "This key came with another body before.",
      change: "Use a new key for a new request.",
    });
  }
  const headers = new Headers({ "content-type": "application/json", "idempotency-replayed": "true" });
  if (row.status === 202) headers.set("location", locationOf((JSON.parse(row.answer) as Action).id));
  return new Response(row.status === 204 ? null : row.answer, { status: row.status, headers });
}
