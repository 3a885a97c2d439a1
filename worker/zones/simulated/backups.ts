/** The backups of a simulated zone: what its policy says was due has been made, whenever anybody asks. Only the last one of each frequency is told. */
import { backupPolicies, type BackupPolicy } from "../../contract/backup-policies.ts";
import type { Backup } from "../engine.ts";

export const BACKUP_SYSTEM = "ZONE_IMAGES";

const DAY = 24 * 60 * 60_000;

const schema = `
CREATE TABLE IF NOT EXISTS backed_up(instance INTEGER PRIMARY KEY, since INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS backup(
  instance INTEGER NOT NULL, frequency TEXT NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL, PRIMARY KEY(instance, frequency)
) STRICT, WITHOUT ROWID;`;

export class Backups {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(schema);
  }

  /** Nothing was made before. */
  begin(instance: number, since: number): void {
    this.#sql.exec("INSERT OR REPLACE INTO backed_up VALUES (?, ?)", instance, since);
  }

  of(instance: number): Backup[] {
    return this.#sql
      .exec<{ frequency: string; at: number; size: number }>("SELECT frequency, at, size FROM backup WHERE instance = ? ORDER BY frequency", instance)
      .toArray();
  }

  /** @param used GB that the disks hold: nothing has changed them since what is due was made */
  makeDue(instance: number, policy: string, now: number, used: () => number): void {
    const rules: BackupPolicy | undefined = backupPolicies[policy as keyof typeof backupPolicies];
    if (!rules) return;
    const since = this.#sql.exec<{ since: number }>("SELECT since FROM backed_up WHERE instance = ?", instance).toArray()[0]?.since ?? 0;
    const made = new Map(this.of(instance).map(({ frequency, at }) => [frequency, at]));
    for (const frequency of Object.keys(rules.frequencies)) {
      const at = lastRun(instance, rules, frequency, now);
      if (at === null || at <= since || at <= (made.get(frequency) ?? 0)) continue;
      this.#sql.exec("INSERT OR REPLACE INTO backup VALUES (?, ?, ?, ?)", instance, frequency, at, used());
    }
  }

  remove(instance: number): void {
    for (const table of ["backed_up", "backup"]) this.#sql.exec(`DELETE FROM ${table} WHERE instance = ?`, instance);
  }
}

/** When one of the frequency was made last: every night, or in the first one of a month; each instance at its own time within the window. */
export function lastRun(instance: number, { startTime, timezone, durationInHours }: BackupPolicy, frequency: string, now: number): number | null {
  const into = ((instance * 7919) % (durationInHours * 60)) * 60_000;
  for (let back = 0; back <= 32; back++) {
    const day = new Date(now + DAY - back * DAY).toISOString().slice(0, 10);
    if (frequency === "MONTHLY" && !day.endsWith("-01")) continue;
    const at = momentOf(day, startTime, timezone) + into;
    if (at <= now) return at;
  }
  return null;
}

/** What clocks there show as this day and time. */
export function momentOf(day: string, time: string, timezone: string): number {
  const asIfUtc = Date.parse(`${day}T${time}:00Z`);
  const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "medium" }).format(asIfUtc);
  return asIfUtc - (Date.parse(`${shown.replace(" ", "T")}Z`) - asIfUtc);
}
