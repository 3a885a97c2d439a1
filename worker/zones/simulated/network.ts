/** What a health monitor finds at a machine's address. */
import type { Machines } from "./machines.ts";

const schema = `
CREATE TABLE IF NOT EXISTS ill(instance INTEGER PRIMARY KEY) STRICT;`;

export class Network {
  readonly #sql: SqlStorage;
  readonly #machines: Machines;

  constructor(sql: SqlStorage, machines: Machines) {
    this.#sql = sql;
    this.#machines = machines;
    sql.exec(schema);
  }

  /** Good: it runs, it has an address, and what it serves answers. */
  probe(instanceIds: readonly number[]): { good: number[]; strangers: number[] } {
    return {
      good: instanceIds.filter((id) => this.#answers(id)),
      strangers: instanceIds.filter((id) => !this.#machines.knows(id)),
    };
  }

  sicken(instanceId: number, ill: boolean): void {
    this.#sql.exec(ill ? "INSERT OR IGNORE INTO ill VALUES (?)" : "DELETE FROM ill WHERE instance = ?", instanceId);
  }

  #answers(id: number): boolean {
    const machine = this.#machines.observe(id);
    if (machine?.power !== "on" || machine.ipAddress === "") return false;
    return this.#sql.exec("SELECT 1 FROM ill WHERE instance = ?", id).toArray().length === 0;
  }
}
