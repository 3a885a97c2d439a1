/**
 * How often one network may ask the name server: counted where it asks, without a database. Whoever asks too much is told when to come back; nobody else
 * notices, and a count that cannot be made keeps nobody out.
 */
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { networkPrefix } from "../identity/network.ts";

/** In seconds, as wrangler.toml has it (`ratelimits`). */
const PERIOD = 10;

/** @throws Problem("too_many_attempts") */
export async function requirePace(request: Request, env: Env): Promise<void> {
  const key = networkPrefix(request.headers.get("cf-connecting-ip"));
  if (await isWithin(env, key)) return;
  throw new Problem("too_many_attempts", {
    detail: `Too many queries came from your network; ask again in ${PERIOD} seconds.`,
    change: "Keep answers as long as they say, and ask through a resolver that does.",
    headers: { "retry-after": String(PERIOD) },
  });
}

async function isWithin(env: Env, key: string): Promise<boolean> {
  try {
    return (await env.DNS_QUERIES.limit({ key })).success;
  } catch {
    return true;
  }
}
