/** What a simulated zone remembers of every effect that it was asked for. */
import type { Kind, Verb } from "../engine.ts";

/** What nothing need be known of before. */
export const creations: readonly Verb[] = ["create", "create-balancer"];

/** What happened under one key. `performed` is counted where the thing changes, not where the key is remembered. */
export interface EffectRecord {
  key: string;
  verb: Verb;
  resourceId: number;
  state: "running" | "done" | "refused";
  /** How often it was asked for. */
  asked: number;
  performed: number;
}

export const schema = `
CREATE TABLE IF NOT EXISTS effect(
  key TEXT PRIMARY KEY, verb TEXT NOT NULL, kind TEXT NOT NULL, resource INTEGER NOT NULL, spec TEXT, state TEXT NOT NULL, reason TEXT,
  due INTEGER NOT NULL, asked INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX IF NOT EXISTS effect_running ON effect(due) WHERE state = 'running';
CREATE TABLE IF NOT EXISTS fence(operation TEXT PRIMARY KEY, fence INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS held(number INTEGER PRIMARY KEY, effect TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS setting(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;`;

export interface EffectRow extends Record<string, SqlStorageValue> {
  key: string;
  verb: Verb;
  kind: Kind;
  resource: number;
  spec: string | null;
  state: "running" | "done" | "refused";
  reason: string | null;
  due: number;
  asked: number;
}
