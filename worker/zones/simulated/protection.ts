/** What protects the machines of a simulated zone. Each method is synchronous: all of it happens, or nothing. */
import type { Monitoring } from "../../contract/protection.ts";
import type { InstanceSpec } from "../engine.ts";

const schema = `
CREATE TABLE IF NOT EXISTS protection(
  instance INTEGER PRIMARY KEY, backup TEXT, replicated INTEGER NOT NULL,
  alerting INTEGER, on_call INTEGER -- both NULL: not monitored
) STRICT;`;

export type Protected = Pick<InstanceSpec, "backup" | "replicated" | "monitoring">;

export class Protection {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(schema);
  }

  of(instance: number): Protected {
    const [row] = this.#sql
      .exec<{ backup: string | null; replicated: number; alerting: number | null; on_call: number | null }>(
        "SELECT backup, replicated, alerting, on_call FROM protection WHERE instance = ?",
        instance,
      )
      .toArray();
    if (!row) return { backup: null, replicated: false, monitoring: null };
    const monitoring = row.alerting === null ? null : { alerting: row.alerting === 1, onCall: row.on_call === 1 };
    return { backup: row.backup, replicated: row.replicated === 1, monitoring };
  }

  set(instance: number, { backup, replicated, monitoring }: Protected): void {
    this.#sql.exec("INSERT INTO protection VALUES (?, ?, ?, NULL, NULL) ON CONFLICT DO NOTHING", instance, backup, replicated ? 1 : 0);
    this.monitor(instance, monitoring);
  }

  /** @param how null: no longer */
  monitor(instance: number, how: Monitoring | null): void {
    this.#sql.exec(
      "INSERT INTO protection VALUES (?1, NULL, 0, ?2, ?3) ON CONFLICT DO UPDATE SET alerting = ?2, on_call = ?3",
      instance,
      how && Number(how.alerting),
      how && Number(how.onCall),
    );
  }

  remove(instance: number): void {
    this.#sql.exec("DELETE FROM protection WHERE instance = ?", instance);
  }
}
