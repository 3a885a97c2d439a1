/** What a simulated zone measures of its machines: kept is only what was done to them, from which every sample of the past follows. */
import type { Measure, MetricsQuestion, Series } from "../engine.ts";
import { loadAt, type Change, type Load } from "./load.ts";

/** A machine is measured once a minute; a point of a series is the mean of at most so many samples. */
const EVERY = 60_000;
const MOST_SAMPLES = 12;

const GIGABYTE = 2 ** 30;

const schema = `
CREATE TABLE IF NOT EXISTS change(
  number INTEGER PRIMARY KEY, instance INTEGER NOT NULL, at INTEGER NOT NULL, cause TEXT NOT NULL, power TEXT NOT NULL, cpu INTEGER NOT NULL, ram INTEGER NOT NULL,
  monitored INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS change_instance ON change(instance);`;

type ChangeRow = Record<string, SqlStorageValue> & Omit<Change, "monitored"> & { monitored: number };

export class Telemetry {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(schema);
  }

  note(instance: number, { at, cause, power, cpu, ram, monitored }: Change): void {
    this.#sql.exec(
      "INSERT INTO change(instance, at, cause, power, cpu, ram, monitored) VALUES (?, ?, ?, ?, ?, ?, ?)",
      instance,
      at,
      cause,
      power,
      cpu,
      ram,
      monitored ? 1 : 0,
    );
  }

  remove(instance: number): void {
    this.#sql.exec("DELETE FROM change WHERE instance = ?", instance);
  }

  /** Of the time in which the machine ran and was monitored, and of no other. */
  metrics({ resourceId, measures, from, to, points }: MetricsQuestion, now: number): Partial<Record<Measure, Series>> {
    const changes = this.#changesOf(resourceId);
    const answer = Object.fromEntries(measures.map((measure) => [measure, [] as Series]));
    const step = (to - from) / points;
    for (let point = 0; point < points; point++) {
      const begin = from + point * step;
      const samples = momentsIn(begin, begin + step).flatMap((at) => (at <= now ? (sampleAt(resourceId, changes, at) ?? []) : []));
      if (samples.length === 0) continue;
      for (const measure of measures) {
        const sum = samples.reduce((total, sample) => total + valueOf[measure](sample), 0);
        answer[measure]!.push({ at: Math.floor(begin), value: sum / samples.length });
      }
    }
    return answer;
  }

  #changesOf(instance: number): Change[] {
    return this.#sql
      .exec<ChangeRow>(
        "SELECT at, cause, power, cpu, ram, monitored FROM change INDEXED BY change_instance WHERE instance = ? ORDER BY at, number",
        instance,
      )
      .toArray()
      .map((row) => ({ ...row, monitored: row.monitored === 1 }));
  }
}

interface Sample extends Load {
  /** GB */
  memory: number;
}

const valueOf: Record<Measure, (sample: Sample) => number> = {
  cpu: ({ cpu }) => cpu,
  "memory-used": ({ memoryUsed }) => memoryUsed * GIGABYTE,
  memory: ({ memory }) => memory * GIGABYTE,
};

/** The whole minutes of a stretch of time, thinned out evenly: the same stretch has the same ones whenever it is asked for. */
function momentsIn(begin: number, end: number): number[] {
  const first = Math.ceil(begin / EVERY);
  const count = Math.ceil(end / EVERY) - first;
  const stride = Math.max(1, Math.ceil(count / MOST_SAMPLES));
  return Array.from({ length: Math.max(0, Math.ceil(count / stride)) }, (_, index) => (first + index * stride) * EVERY);
}

function sampleAt(id: number, changes: readonly Change[], at: number): Sample | null {
  const past = changes.slice(0, changes.findLastIndex((change) => change.at <= at) + 1);
  const state = past.at(-1);
  const load = state?.monitored ? loadAt(id, past, at) : null;
  return load && { ...load, memory: state!.ram };
}
