/** The machines of a simulated zone: instances with power, disks and addresses, in the zone's own SQLite. Each method is synchronous: all of it happens, or nothing. */
import type { InventoryRow } from "../../../db/region/read/inventory.ts";
import type { ObservedInstance } from "../../contract/observed.ts";
import type { Monitoring } from "../../contract/protection.ts";
import type { Backups as Kept, Effect, InstanceSpec, Measure, MetricsQuestion, Series } from "../engine.ts";
import { firstFreeAddress } from "./addresses.ts";
import { BACKUP_SYSTEM, Backups } from "./backups.ts";
import { freeOn, hash, usedOn, type Disk } from "./disks.ts";
import type { Keeper } from "./keeper.ts";
import type { Performed } from "./performed.ts";
import { Protection } from "./protection.ts";
import { Snapshots } from "./snapshots.ts";
import { Telemetry } from "./telemetry.ts";

/** What all hosts of a zone have together. */
const CORES = 128_000;
const MEMORY_GB = 1_024_000;

const schema = `
CREATE TABLE IF NOT EXISTS instance(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, product TEXT NOT NULL, power TEXT NOT NULL, cpu INTEGER NOT NULL, ram INTEGER NOT NULL,
  resized INTEGER NOT NULL DEFAULT 0 -- a resize waits to be confirmed
) STRICT;
CREATE TABLE IF NOT EXISTS disk(instance INTEGER NOT NULL, slot INTEGER NOT NULL, size INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY(instance, slot)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS address(network INTEGER NOT NULL, address TEXT NOT NULL, instance INTEGER NOT NULL, PRIMARY KEY(network, address)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS address_instance ON address(instance);
CREATE TABLE IF NOT EXISTS gone(
  instance INTEGER PRIMARY KEY -- was here, or is known never to have been
) STRICT;`;

interface Machine extends Record<string, SqlStorageValue> {
  id: number;
  name: string;
  product: string;
  power: "on" | "off";
  cpu: number;
  ram: number;
  resized: number;
}

export class Machines implements Keeper {
  readonly takesTurns = true;
  readonly #sql: SqlStorage;
  readonly #performed: Performed;
  readonly #snapshots: Snapshots;
  readonly #protection: Protection;
  readonly #backups: Backups;
  readonly #telemetry: Telemetry;

  constructor(sql: SqlStorage, performed: Performed) {
    this.#sql = sql;
    this.#performed = performed;
    sql.exec(schema);
    this.#snapshots = new Snapshots(sql);
    this.#protection = new Protection(sql);
    this.#backups = new Backups(sql);
    this.#telemetry = new Telemetry(sql);
  }

  /** Instances that were in the zone before it was simulated. What it knows already, or has seen go, stays as it is. */
  receive(rows: readonly InventoryRow[]): void {
    for (const row of rows) {
      if (this.knows(row.instanceId)) continue;
      this.#insert(row.instanceId, row, row.power);
      this.#backups.begin(row.instanceId, row.created);
      for (const { at, cause, power } of row.past)
        this.#telemetry.note(row.instanceId, { at, cause, power, cpu: row.cpu, ram: row.ram, monitored: row.monitoring !== null });
      for (const snapshot of row.snapshots) this.#snapshots.receive(row.instanceId, snapshot);
      if (row.ipAddress) this.#sql.exec("INSERT OR IGNORE INTO address VALUES (?, ?, ?)", row.networkId, row.ipAddress, row.instanceId);
    }
  }

  /** True for what is here, and for what is known not to be. */
  knows(id: number): boolean {
    return this.#sql.exec("SELECT id FROM instance WHERE id = ? UNION ALL SELECT instance FROM gone WHERE instance = ?", id, id).toArray().length > 0;
  }

  count(): number {
    return this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM instance").one().n;
  }

  observe(id: number): ObservedInstance | null {
    const machine = this.#machine(id);
    if (!machine) return null;
    const disks = this.#disks(id);
    return {
      kind: "instance",
      resourceId: id,
      power: machine.power,
      cpu: machine.cpu,
      ram: machine.ram,
      disks: disks.map(({ size }) => size),
      ipAddress:
        this.#sql.exec<{ address: string }>("SELECT address FROM address INDEXED BY address_instance WHERE instance = ?", id).toArray()[0]?.address ??
        "",
      fileSystems: disks.map((disk) => ({ ...mountOf(machine.product, disk.slot), size: disk.size, free: freeOn(disk) })),
      snapshots: this.#snapshots.of(id),
      ...this.#protection.of(id),
    };
  }

  metrics(question: MetricsQuestion, now: number): Partial<Record<Measure, Series>> | null {
    return this.#machine(question.resourceId) && this.#telemetry.metrics(question, now);
  }

  /** Those that were due by now have been made. */
  backups(id: number, now: number): Kept | null {
    this.#backUp(id, now);
    const { backup } = this.#protection.of(id);
    return backup === null ? null : { system: BACKUP_SYSTEM, last: this.#backups.of(id) };
  }

  /** What the disks hold, by slot: equal hashes, equal content. */
  contents(id: number): string[] {
    return this.#disks(id).map(({ content }) => content);
  }

  /** Why the effect cannot be, or null. */
  refusal({ verb, resourceId, spec }: Effect): string | null {
    const machine = this.#machine(resourceId);
    if (verb === "create") {
      if (machine) return "conflict: the instance is there already";
      const { cpu, ram, networkId, cidr } = spec as InstanceSpec;
      return this.#lacks(cpu, ram) ?? (this.#freeAddress(networkId, cidr) ? null : "no address is free in the network");
    }
    if (!machine) return "no such instance";
    if (verb === "confirm-resize") return machine.resized ? null : "conflict: no resize waits to be confirmed";
    if (machine.resized) return "conflict: a resize waits to be confirmed";
    if (verb === "resize") return this.#lacks((spec as InstanceSpec).cpu - machine.cpu, (spec as InstanceSpec).ram - machine.ram);
    if (verb === "snapshot" || verb === "restore" || verb === "delete-snapshot") {
      const isThere = this.#snapshots.has(resourceId, snapshotIn(spec));
      if (verb === "snapshot") return isThere ? "conflict: the snapshot is there already" : null;
      return isThere ? null : "no such snapshot";
    }
    if (verb === "monitor") return null;
    if (verb === "unmonitor") return this.#protection.of(resourceId).monitoring ? null : "conflict: the instance is not monitored";
    const wanted = powerBefore[verb as keyof typeof powerBefore];
    return machine.power === wanted ? null : `conflict: the instance is ${machine.power}`;
  }

  /** What an effect takes at once, before it is done: a new instance's address. */
  reserve({ verb, resourceId, spec }: Effect): void {
    if (verb !== "create") return;
    const { networkId, cidr } = spec as InstanceSpec;
    this.#sql.exec("INSERT INTO address VALUES (?, ?, ?)", networkId, this.#freeAddress(networkId, cidr)!, resourceId);
  }

  /** The effect itself. */
  perform({ key, verb, resourceId: id, spec, at }: Omit<Effect, "fence"> & { at: number }): void {
    // What was due before holds what the disks held then.
    if (verb === "create") {
      this.#insert(id, spec as InstanceSpec, "off");
      this.#backups.begin(id, at);
    } else this.#backUp(id, at);
    if (verb === "start" || verb === "stop") this.#sql.exec("UPDATE instance SET power = ? WHERE id = ?", verb === "start" ? "on" : "off", id);
    if (verb === "start" || verb === "reset") this.#boot(id, key);
    if (verb === "resize")
      this.#sql.exec("UPDATE instance SET cpu = ?, ram = ?, resized = 1 WHERE id = ?", (spec as InstanceSpec).cpu, (spec as InstanceSpec).ram, id);
    if (verb === "confirm-resize") this.#sql.exec("UPDATE instance SET resized = 0 WHERE id = ?", id);
    if (verb === "delete") this.remove(id);
    if (verb === "snapshot") this.#snapshots.take(id, snapshotIn(spec), this.#disks(id));
    if (verb === "restore") this.#restore(id, snapshotIn(spec), key);
    if (verb === "delete-snapshot") this.#snapshots.delete(snapshotIn(spec));
    if (verb === "monitor") this.#protection.monitor(id, spec as Monitoring);
    if (verb === "unmonitor") this.#protection.monitor(id, null);
    const now = this.#machine(id);
    if (now) this.#telemetry.note(id, { ...now, at, cause: verb, monitored: this.#protection.of(id).monitoring !== null });
    this.#performed.count(key);
  }

  /** Takes the instance away, as a delete does, or a host that is lost for good. */
  remove(id: number): void {
    this.#snapshots.deleteAllOf(id);
    this.#protection.remove(id);
    this.#backups.remove(id);
    this.#telemetry.remove(id);
    for (const statement of ["DELETE FROM instance WHERE id = ?", "DELETE FROM disk WHERE instance = ?", "DELETE FROM address WHERE instance = ?"])
      this.#sql.exec(statement, id);
    this.#sql.exec("INSERT OR IGNORE INTO gone VALUES (?)", id);
  }

  #insert(id: number, made: Omit<InstanceSpec, "networkId" | "cidr" | "sshKeys">, power: "on" | "off"): void {
    this.#sql.exec(
      "INSERT INTO instance(id, name, product, power, cpu, ram) VALUES (?, ?, ?, ?, ?, ?)",
      id,
      made.name,
      made.productCode,
      power,
      made.cpu,
      made.ram,
    );
    made.disks.forEach((size, slot) => {
      this.#sql.exec("INSERT INTO disk VALUES (?, ?, ?, ?)", id, slot, size, hash(slot === 0 ? `${made.productCode}/${id}` : `empty/${id}/${slot}`));
    });
    this.#protection.set(id, made);
    this.#sql.exec("DELETE FROM gone WHERE instance = ?", id);
  }

  #backUp(id: number, now: number): void {
    const { backup } = this.#protection.of(id);
    if (backup !== null) this.#backups.makeDue(id, backup, now, () => usedOn(this.#disks(id)));
  }

  /** A boot writes to the system's disk: two boots leave another content than one. */
  #boot(id: number, key: string): void {
    const system = this.#disks(id)[0];
    if (system) this.#sql.exec("UPDATE disk SET content = ? WHERE instance = ? AND slot = 0", hash(`${system.content}/${key}`), id);
  }

  /** Stops what runs, rewrites the disks, and starts it again from them. */
  #restore(id: number, snapshot: number, key: string): void {
    this.#snapshots.restore(id, snapshot);
    if (this.#machine(id)?.power === "on") this.#boot(id, key);
  }

  #machine(id: number): Machine | null {
    return this.#sql.exec<Machine>("SELECT * FROM instance WHERE id = ?", id).toArray()[0] ?? null;
  }

  #disks(id: number): Disk[] {
    return this.#sql
      .exec<{ slot: number; size: number; content: string }>("SELECT slot, size, content FROM disk WHERE instance = ? ORDER BY slot", id)
      .toArray();
  }

  #lacks(cpu: number, ram: number): string | null {
    const used = this.#sql
      .exec<{ cpu: number; ram: number }>("SELECT coalesce(sum(cpu), 0) AS cpu, coalesce(sum(ram), 0) AS ram FROM instance")
      .one();
    return used.cpu + cpu > CORES || used.ram + ram > MEMORY_GB ? "no host has room for it" : null;
  }

  #freeAddress(network: number, cidr: string): string | null {
    const taken = this.#sql.exec<{ address: string }>("SELECT address FROM address WHERE network = ?", network).toArray();
    return firstFreeAddress(cidr, new Set(taken.map(({ address }) => address)));
  }
}

/** The power that an instance must have before the effect. */
const powerBefore: Record<"start" | "stop" | "reset" | "delete", "on" | "off"> = {
  start: "off",
  stop: "on",
  reset: "on",
  delete: "off",
};

function snapshotIn(spec: Effect["spec"]): number {
  return (spec as { snapshotId: number }).snapshotId;
}

function mountOf(product: string, slot: number): { mountingPoint: string; type: string } {
  if (product.startsWith("win")) return { mountingPoint: `${String.fromCharCode("C".charCodeAt(0) + slot)}:`, type: "ntfs" };
  const type = /^(rhel|oracle|centos)/.test(product) ? "xfs" : product.startsWith("aix") ? "jfs2" : "ext4";
  return { mountingPoint: slot === 0 ? "/" : slot === 1 ? "/data" : `/data${slot}`, type };
}
