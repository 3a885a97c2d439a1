/** The snapshots of a simulated zone: what every disk of an instance held at one moment. Each method is synchronous: all of it happens, or nothing. */
import type { ObservedSnapshot } from "../../contract/observed.ts";
import { hash, usedOn, type Disk } from "./disks.ts";

const schema = `
CREATE TABLE IF NOT EXISTS snapshot(id INTEGER PRIMARY KEY, instance INTEGER NOT NULL, size INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS snapshot_instance ON snapshot(instance);
CREATE TABLE IF NOT EXISTS snapshot_disk(
  snapshot INTEGER NOT NULL, slot INTEGER NOT NULL, size INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY(snapshot, slot)
) STRICT, WITHOUT ROWID;`;

export class Snapshots {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(schema);
  }

  of(instance: number): ObservedSnapshot[] {
    return this.#sql
      .exec<{ id: number; size: number }>("SELECT id, size FROM snapshot INDEXED BY snapshot_instance WHERE instance = ? ORDER BY id", instance)
      .toArray();
  }

  has(instance: number, id: number): boolean {
    return this.#sql.exec("SELECT 1 FROM snapshot WHERE id = ? AND instance = ?", id, instance).toArray().length > 0;
  }

  /** One that was there before the zone was simulated: it holds what the disks held then, which was something else. */
  receive(instance: number, { id, size }: ObservedSnapshot): void {
    this.#sql.exec("INSERT OR IGNORE INTO snapshot VALUES (?, ?, ?)", id, instance, size);
    for (const disk of this.#sql.exec<{ slot: number; size: number }>("SELECT slot, size FROM disk WHERE instance = ?", instance).toArray())
      this.#sql.exec("INSERT OR IGNORE INTO snapshot_disk VALUES (?, ?, ?, ?)", id, disk.slot, disk.size, hash(`snapshot/${id}/${disk.slot}`));
  }

  /** Keeps what the disks hold now. Its size is what they really use. */
  take(instance: number, id: number, disks: readonly Disk[]): void {
    this.#sql.exec("INSERT INTO snapshot VALUES (?, ?, ?)", id, instance, usedOn(disks));
    this.#sql.exec("INSERT INTO snapshot_disk SELECT ?, slot, size, content FROM disk WHERE instance = ?", id, instance);
  }

  /** The disks hold again what they held then; what came later is lost. */
  restore(instance: number, id: number): void {
    this.#sql.exec("DELETE FROM disk WHERE instance = ?", instance);
    this.#sql.exec("INSERT INTO disk SELECT ?, slot, size, content FROM snapshot_disk WHERE snapshot = ?", instance, id);
  }

  delete(id: number): void {
    this.#sql.exec("DELETE FROM snapshot_disk WHERE snapshot = ?", id);
    this.#sql.exec("DELETE FROM snapshot WHERE id = ?", id);
  }

  /** They lie with the instance, and go with it. */
  deleteAllOf(instance: number): void {
    for (const { id } of this.of(instance)) this.delete(id);
  }
}
