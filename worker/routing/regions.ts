/** Region → its database, and the honest answer of a region that does not answer. What is away never takes another region with it. */
import type { Env } from "../env.ts";
import { AlreadyThere, isRestored, MustHitOne } from "../../db/commit.ts";
import { readFirst } from "../../db/statement.ts";
import { readId } from "../contract/ids.ts";
import { regionOfCode, type Region } from "../contract/topology.ts";
import { Problem } from "../gate/problem.ts";

/** How long a read may take before its region counts as away, in ms: far above any good query, far below a caller's patience. */
const READ_PATIENCE = 10_000;

export function regionDatabase(env: Env, region: Region): D1Database {
  return region === "EB" ? env.REGION_EB : env.REGION_ET;
}

/** The region that owns an id, or null: the directory's ids, and numbers that no region has given. */
export function regionOfId(id: number): Region | null {
  const parts = readId(id);
  return parts && regionOfCode(parts.region);
}

/** @throws RangeError for an id that no region owns; ids of requests pass `regionOfId` first. */
export function databaseOf(env: Env, id: number): D1Database {
  const region = regionOfId(id);
  if (!region) throw new RangeError(`No region owns the id ${id}.`);
  return regionDatabase(env, region);
}

/**
 * Runs what asks one region. A refusal, a failed guard and a taken name are answers and pass; every other failure means that the region is away
 * (or, for a commit, that its outcome is unknown).
 * @throws Problem("region_unavailable") naming the region, with the failure as its `cause`
 */
export async function askRegion<Answer>(region: Region, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem || error instanceof MustHitOne || error instanceof AlreadyThere || isMistake(error)) throw error;
    throw isRestored(error) ? beingReconciled(region) : unavailable(region, error);
  }
}

/** What the language throws is a mistake of ours, whatever database was being asked: it must not pass for an outage. */
function isMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}

/** `askRegion` for reads, which may also be given up: a region that hangs is away too. */
export async function readRegion<Answer>(region: Region, work: () => Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${READ_PATIENCE} ms.`)), READ_PATIENCE);
  });
  try {
    return await askRegion(region, () => Promise.race([work(), patience]));
  } finally {
    clearTimeout(timer);
  }
}

export type Health = "UP" | "DOWN";

/** Whether a region's database answers; no row is read. */
export async function regionHealth(env: Env, region: Region): Promise<Health> {
  try {
    await readRegion(region, () => readFirst(regionDatabase(env, region), { sql: "SELECT 1", params: [] }));
    return "UP";
  } catch {
    return "DOWN";
  }
}

/** True when the error says that a region is away; `region` narrows it. */
export function isAway(error: unknown, region?: Region): error is Problem {
  return error instanceof Problem && error.code === "region_unavailable" && (!region || error.details.members?.["region"] === region);
}

/** What the organization has in the region is that of an earlier moment, until somebody has decided about the rest. */
export function beingReconciled(region: Region): Problem {
  return new Problem("region_restored", {
    detail: `Region ${region} was brought back to an earlier moment; what was done since is being reconciled. It can be read, and nothing is changed.`,
    change: "Your organization's security representative decides about what has changed since; then everything can be asked again.",
    members: { region },
    headers: { "retry-after": "300" },
  });
}

function unavailable(region: Region, cause: unknown): Problem {
  console.error(`Region ${region} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`);
  const problem = new Problem("region_unavailable", {
    detail: `Region ${region} does not answer; the other regions are not touched by it.`,
    change: "Repeat the request later.",
    members: { region },
    headers: { "retry-after": "5" },
  });
  problem.cause = cause;
  return problem;
}
