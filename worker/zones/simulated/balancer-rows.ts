/** The load balancers of a simulated region as its SQLite keeps them. */
import type { MemberState, MemberStatus } from "../../contract/load-balancers.ts";
import type { BalancerSpec, Spec } from "../engine.ts";
import type { Verdict } from "./health-monitor.ts";

export const schema = `
CREATE TABLE IF NOT EXISTS balancer(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, enabled INTEGER NOT NULL, listener TEXT NOT NULL, monitor TEXT NOT NULL, supervised INTEGER NOT NULL DEFAULT 0,
  network INTEGER NOT NULL, address TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS balancer_address ON balancer(network, address);
CREATE TABLE IF NOT EXISTS balancer_host(balancer INTEGER NOT NULL, host TEXT NOT NULL, certificate TEXT, PRIMARY KEY(balancer, host)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS balancer_member(
  balancer INTEGER NOT NULL, member INTEGER NOT NULL, port INTEGER NOT NULL, zone TEXT NOT NULL, address TEXT NOT NULL, state TEXT NOT NULL,
  verdict TEXT NOT NULL DEFAULT 'none', good INTEGER, since INTEGER NOT NULL DEFAULT 0, -- what the probes say
  drained INTEGER, -- weight 0 since then, ms since 1970; null: it gets new clients
  PRIMARY KEY(balancer, member, port)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS balancer_gone(balancer INTEGER PRIMARY KEY) STRICT;`;

export interface BalancerRow extends Record<string, SqlStorageValue> {
  id: number;
  enabled: number;
  monitor: string;
  supervised: number;
  address: string;
}

export interface MemberRow extends Record<string, SqlStorageValue> {
  member: number;
  port: number;
  zone: string;
  address: string;
  state: MemberState;
  verdict: Verdict;
  good: number | null;
  since: number;
  drained: number | null;
}

/** A balancer that was there before the region was simulated. */
export interface ReceivedBalancer {
  resourceId: number;
  enabled: boolean;
  address: string | null;
  spec: BalancerSpec;
}

/** Where a health monitor sends its probes. */
export interface Target {
  member: number;
  zone: string;
}

/** A member that was drained and left so gets no new clients: it is disabled, whatever it was told to be. */
export function stateOf({ state, drained }: MemberRow): MemberState {
  return state === "enabled" && drained !== null ? "disabled" : state;
}

export function statusOf(row: MemberRow): MemberStatus {
  if (stateOf(row) !== "enabled") return "user_down";
  return row.verdict === "none" ? "unknown" : row.verdict;
}

/** False while the probes say something else than the verdict. */
export function isSettled({ verdict, good }: MemberRow): boolean {
  return good !== null && verdict === (good ? "up" : "down");
}

export function memberIn(spec: Spec | undefined): { instanceId: number; port: number } {
  return spec as { instanceId: number; port: number };
}

export function hostIn(spec: Spec | undefined): string {
  return (spec as { host: string }).host;
}
