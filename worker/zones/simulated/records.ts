/**
 * The address records of a simulated region: what its engine keeps, and what its name server answers, which follows a little later. A record that is
 * deleted is gone for the engine at once and resolves on until the name server has heard of it.
 */
import { domainList, type Domain } from "../../contract/domains.ts";
import type { ObservedName, ObservedRecords } from "../../contract/observed.ts";
import type { Effect, RecordSpec } from "../engine.ts";
import type { Keeper } from "./keeper.ts";
import type { Performed } from "./performed.ts";

const schema = `
CREATE TABLE IF NOT EXISTS record(name TEXT PRIMARY KEY, domain TEXT NOT NULL, address TEXT NOT NULL, resource INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_resource ON record(resource);
CREATE TABLE IF NOT EXISTS answer(
  path TEXT PRIMARY KEY, -- the name from its end, as example.itcare.cloud.www
  address TEXT NOT NULL,
  name TEXT NOT NULL, resource INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answer_resource ON answer(resource);
CREATE TABLE IF NOT EXISTS domain(name TEXT PRIMARY KEY, serial INTEGER NOT NULL) STRICT, WITHOUT ROWID;`;

/** A record that the region's database says is there. Its name has no final dot. */
export interface ServedRecord {
  name: string;
  domain: string;
  address: string;
  resourceId: number;
}

export class Records implements Keeper {
  /** Several names of one resource can be made and deleted at once. */
  readonly takesTurns = false;
  readonly #sql: SqlStorage;
  readonly #performed: Performed;

  constructor(sql: SqlStorage, performed: Performed) {
    this.#sql = sql;
    this.#performed = performed;
    sql.exec(schema);
  }

  /** Everything was received when the region opened; later records are made here. */
  knows(): boolean {
    return true;
  }

  receive(rows: readonly ServedRecord[]): void {
    for (const { name, domain, address, resourceId } of rows) {
      this.#sql.exec("INSERT OR IGNORE INTO record VALUES (?, ?, ?, ?)", `${name}.`, domain, address, resourceId);
      this.#publish(`${name}.`);
    }
  }

  observe(resourceId: number): ObservedRecords {
    const rows = this.#sql
      .exec<{ name: string; address: string }>(
        "SELECT name, address FROM record INDEXED BY record_resource WHERE resource = ? ORDER BY name",
        resourceId,
      )
      .toArray();
    return { kind: "records", resourceId, records: rows.map(({ name, address }) => ({ name: name.slice(0, -1), address })) };
  }

  refusal({ verb, spec }: Effect): string | null {
    const names = verb === "create-record" ? [(spec as RecordSpec).name] : namesIn(spec, []);
    if (names.some((name) => !name.endsWith("."))) return "a name ends with a dot";
    if (verb !== "create-record") return null;
    return this.#row(names[0]!) ? "duplicate: a record with this name is there already" : null;
  }

  reserve({ verb, spec, resourceId }: Effect): void {
    if (verb === "create-record") {
      const { name, domain, address } = spec as RecordSpec;
      this.#sql.exec("INSERT INTO record VALUES (?, ?, ?, ?)", name, domain, address, resourceId);
    } else this.#delete(namesIn(spec, this.#namesOf(resourceId)), resourceId);
  }

  /** The name server hears of it. */
  perform({ key, verb, spec, resourceId }: Omit<Effect, "fence">): void {
    for (const name of verb === "create-record" ? [(spec as RecordSpec).name] : namesIn(spec, this.#answeredFor(resourceId))) this.#publish(name);
    this.#performed.count(key);
  }

  remove(resourceId: number): void {
    const names = this.#namesOf(resourceId);
    this.#delete(names, resourceId);
    for (const name of names) this.#publish(name);
  }

  /** What the name server answers. */
  resolve(name: string, domain: Domain): ObservedName {
    const path = pathOf(`${name}.`);
    const exact = this.#sql.exec<{ address: string }>("SELECT address FROM answer WHERE path = ?", path).toArray();
    const below = this.#sql.exec("SELECT 1 FROM answer WHERE path > ? AND path < ? LIMIT 1", `${path}.`, `${path}/`).toArray();
    const serial = this.#sql.exec<{ serial: number }>("SELECT serial FROM domain WHERE name = ?", domain).toArray()[0]?.serial ?? 0;
    return { exists: exact.length > 0 || below.length > 0, addresses: exact.map(({ address }) => address), serial };
  }

  #namesOf(resourceId: number): string[] {
    return this.observe(resourceId).records.map(({ name }) => `${name}.`);
  }

  #answeredFor(resourceId: number): string[] {
    const rows = this.#sql.exec<{ name: string }>("SELECT name FROM answer INDEXED BY answer_resource WHERE resource = ?", resourceId).toArray();
    return rows.map(({ name }) => name);
  }

  /** Only its own: a name may be another's by now. */
  #delete(names: readonly string[], resourceId: number): void {
    for (const name of names) this.#sql.exec("DELETE FROM record WHERE name = ? AND resource = ?", name, resourceId);
  }

  /** The name server takes what the engine keeps now. */
  #publish(name: string): void {
    const kept = this.#row(name);
    if (kept) {
      this.#sql.exec("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", pathOf(name), kept.address, name, kept.resource);
    } else this.#sql.exec("DELETE FROM answer WHERE path = ?", pathOf(name));
    const domain = domainList.find((candidate) => name.endsWith(`.${candidate}.`));
    if (domain) this.#sql.exec("INSERT INTO domain VALUES (?, 1) ON CONFLICT DO UPDATE SET serial = serial + 1", domain);
  }

  #row(name: string): { address: string; resource: number } | undefined {
    return this.#sql.exec<{ address: string; resource: number }>("SELECT address, resource FROM record WHERE name = ?", name).toArray()[0];
  }
}

/** @param all what "all" stands for */
function namesIn(spec: Effect["spec"], all: readonly string[]): readonly string[] {
  const { names } = spec as { names: readonly string[] | "all" };
  return names === "all" ? all : names;
}

function pathOf(name: string): string {
  return name.slice(0, -1).split(".").reverse().join(".");
}
