/**
 * A whole availability zone in one Durable Object: machines with real state, a memory of every effect by its key, believable durations, and faults for
 * whoever asks for them. What takes time is finished by the clock: whoever asks later finds it done; no timer is needed, and nothing is lost with the
 * process.
 */
import { DurableObject } from "cloudflare:workers";
import type { InventoryRow } from "../../../db/region/read/inventory.ts";
import type { Env } from "../../env.ts";
import type { Domain } from "../../contract/domains.ts";
import type { Observed, ObservedName } from "../../contract/observed.ts";
import {
  verbs,
  type Backups,
  type Effect,
  type EffectState,
  type Kind,
  type Measure,
  type MetricsQuestion,
  type Question,
  type Series,
} from "../engine.ts";
import type { Silence } from "./engine.ts";
import { durations } from "./durations.ts";
import { creations, schema, type EffectRecord, type EffectRow } from "./effects.ts";
import { Faults, type ArrangedFault, type MetFault } from "./faults.ts";
import type { Keeper } from "./keeper.ts";
import type { ReceivedBalancer, Target } from "./balancer-rows.ts";
import { Balancers } from "./balancers.ts";
import { Machines } from "./machines.ts";
import { Network } from "./network.ts";
import { Performed } from "./performed.ts";
import { Records, type ServedRecord } from "./records.ts";

export type { EffectRecord } from "./effects.ts";
export type { ArrangedFault, Fault } from "./faults.ts";

export class SimulatedZone extends DurableObject<Env> {
  readonly #sql: SqlStorage;
  readonly #performed: Performed;
  readonly #faults: Faults;
  readonly #machines: Machines;
  readonly #records: Records;
  readonly #network: Network;
  readonly #balancers: Balancers;
  readonly #keepers: Record<Kind, Keeper>;
  readonly #pace: number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(schema);
    this.#performed = new Performed(this.#sql);
    this.#faults = new Faults(this.#sql);
    this.#machines = new Machines(this.#sql, this.#performed);
    this.#records = new Records(this.#sql, this.#performed);
    this.#pace = Number(env.ZONE_PACE);
    this.#network = new Network(this.#sql, this.#machines);
    this.#balancers = new Balancers(this.#sql, this.#performed, this.#pace);
    this.#keepers = { instance: this.#machines, records: this.#records, balancer: this.#balancers };
  }

  apply(effect: Effect): EffectState | Silence {
    return this.#answer((now) => {
      if (!creations.includes(effect.verb) && !this.#keeperOf(effect).knows(effect.resourceId)) return { state: "unknown" };
      const fault = this.#faults.take(effect);
      if (fault?.fault === "vanish") return { state: "away" };
      if (fault?.fault === "reorder") {
        this.#sql.exec("INSERT INTO held(effect) VALUES (?)", JSON.stringify(effect));
        return { state: "away" };
      }
      const answer = this.#accept(effect, now, fault);
      if (fault?.fault === "duplicate-answer") return this.#accept(effect, now, null);
      return fault?.fault === "time-out-after-effect" ? { state: "away" } : answer;
    });
  }

  poll(question: Question): EffectState | Silence {
    return this.#answer((now) => {
      const answer = this.#outbid(question) ? this.#stateOf(question.key) : ({ state: "fenced" } as const);
      this.#deliverHeld(now);
      return answer;
    });
  }

  observe(resourceId: number, kind: Kind): { state: "seen"; observed: Observed | null } | Silence {
    const keeper = this.#keepers[kind];
    return this.#answer(() => (keeper.knows(resourceId) ? { state: "seen", observed: keeper.observe(resourceId) } : { state: "unknown" }));
  }

  metrics(question: MetricsQuestion): { state: "measured"; series: Partial<Record<Measure, Series>> | null } | Silence {
    return this.#answer((now) =>
      this.#machines.knows(question.resourceId) ? { state: "measured", series: this.#machines.metrics(question, now) } : { state: "unknown" },
    );
  }

  backups(resourceId: number): { state: "kept"; backups: Backups | null } | Silence {
    return this.#answer((now) =>
      this.#machines.knows(resourceId) ? { state: "kept", backups: this.#machines.backups(resourceId, now) } : { state: "unknown" },
    );
  }

  health(): { state: "healthy"; instances: number } | Silence {
    return this.#answer(() => ({ state: "healthy", instances: this.#machines.count() }));
  }

  /** Instances that the region's database has in this zone and that the zone has not heard of. */
  receive(rows: InventoryRow[]): void {
    this.ctx.storage.transactionSync(() => this.#machines.receive(rows));
  }

  /** Records that the region's database has. */
  receiveRecords(rows: ServedRecord[]): void {
    this.ctx.storage.transactionSync(() => this.#records.receive(rows));
  }

  /** What the region's name server answers. */
  resolve(name: string, domain: Domain): { state: "resolved"; name: ObservedName } | Silence {
    return this.#answer(() => ({ state: "resolved", name: this.#records.resolve(name, domain) }));
  }

  receiveBalancers(rows: ReceivedBalancer[]): void {
    this.ctx.storage.transactionSync(() => this.#balancers.receive(rows));
  }

  /** Which of these machines answer on the network, and which the zone has never heard of. */
  probe(instanceIds: readonly number[]): { state: "probed"; good: number[]; strangers: number[] } | Silence {
    return this.#answer(() => ({ state: "probed", ...this.#network.probe(instanceIds) }));
  }

  /** Whom a balancer's health monitor probes. */
  targets(balancerId: number): { state: "targets"; targets: Target[] } | Silence {
    return this.#answer(() =>
      this.#balancers.knows(balancerId) ? { state: "targets", targets: this.#balancers.targets(balancerId) } : { state: "unknown" },
    );
  }

  /** What its probes said. */
  probed(balancerId: number, good: readonly number[]): void {
    const now = Date.now();
    this.ctx.storage.transactionSync(() => this.#balancers.probed(balancerId, new Set(good), now));
  }

  /** The machine runs and what it should serve does not answer, until it is well again. */
  sicken(instanceId: number, ill: boolean): void {
    this.#network.sicken(instanceId, ill);
  }

  /** Everything has been received: the zone answers from now on. */
  open(): void {
    this.#set("open", true);
  }

  /** The region's database does not know it either: it is not here. */
  forget(resourceId: number, kind: Kind): void {
    if (!this.#keepers[kind].knows(resourceId)) this.#keepers[kind].remove(resourceId);
  }

  /** The next effects that fit meet this fault. */
  arrange(fault: ArrangedFault): void {
    this.#faults.arrange(fault);
  }

  /** While the zone is away, nothing that is asked arrives; what it is at work on goes on. */
  away(away: boolean): void {
    this.#set("away", away);
  }

  /** The instance is lost with its host; a balancer, with the node that carried it. */
  lose(resourceId: number, kind: Kind = "instance"): void {
    this.#keepers[kind].remove(resourceId);
  }

  /** Everything that was ever asked, in the order of arrival; with a resource only what concerns it. */
  effects(resourceId?: number): EffectRecord[] {
    this.#finishDue(Date.now());
    return this.#sql
      .exec<EffectRow>("SELECT * FROM effect WHERE ?1 IS NULL OR resource = ?1 ORDER BY rowid", resourceId ?? null)
      .toArray()
      .map(({ key, verb, resource, state, asked }) => ({ key, verb, resourceId: resource, state, asked, performed: this.#performed.of(key) }));
  }

  /** What the instance's disks hold, by slot. */
  contents(instanceId: number): string[] {
    return this.#machines.contents(instanceId);
  }

  #answer<Answer>(work: (now: number) => Answer): Answer | Silence {
    const now = Date.now();
    return this.ctx.storage.transactionSync(() => {
      this.#finishDue(now);
      if (this.#get("away")) return { state: "away" };
      if (!this.#get("open")) return { state: "closed" };
      return work(now);
    });
  }

  #accept(effect: Effect, now: number, fault: MetFault | null): EffectState {
    if (!this.#outbid(effect)) return { state: "fenced" };
    const { key, verb, resourceId, spec } = effect;
    if (this.#row(key)) {
      this.#sql.exec("UPDATE effect SET asked = asked + 1 WHERE key = ?", key);
      return this.#stateOf(key);
    }
    const reason =
      fault?.fault === "refuse"
        ? "the host would not do it"
        : this.#busy(effect)
          ? "conflict: another task is in progress"
          : this.#keeperOf(effect).refusal(effect);
    const lasts = this.#keeperOf(effect).takes?.(effect) ?? durations[verb];
    const due = now + lasts * this.#pace + (fault?.fault === "slow" ? fault.delay : 0);
    this.#sql.exec(
      "INSERT INTO effect(key, verb, kind, resource, spec, state, reason, due) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      key,
      verb,
      verbs[verb],
      resourceId,
      spec ? JSON.stringify(spec) : null,
      reason ? "refused" : "running",
      reason,
      Math.ceil(due),
    );
    if (!reason) this.#keeperOf(effect).reserve(effect);
    this.#finishDue(now);
    return this.#stateOf(key);
  }

  /** Everything whose time has come has happened. */
  #finishDue(now: number): void {
    for (const { key, verb, resource, spec, due } of this.#sql
      .exec<EffectRow>("SELECT * FROM effect INDEXED BY effect_running WHERE state = 'running' AND due <= ? ORDER BY due", now)
      .toArray()) {
      this.#keeperOf({ verb }).perform({ key, verb, resourceId: resource, at: due, ...(spec ? { spec: JSON.parse(spec) as Effect["spec"] } : {}) });
      this.#sql.exec("UPDATE effect SET state = 'done' WHERE key = ?", key);
    }
  }

  /** Requests that were held back arrive at last. */
  #deliverHeld(now: number): void {
    const held = this.#sql.exec<{ effect: string }>("DELETE FROM held RETURNING effect").toArray();
    for (const { effect } of held) this.#accept(JSON.parse(effect) as Effect, now, null);
  }

  #stateOf(key: string): EffectState {
    const row = this.#row(key);
    if (!row) return { state: "absent" };
    if (row.state === "refused") return { state: "refused", reason: row.reason! };
    return row.state === "running" ? { state: "running" } : { state: "done", observed: this.#keepers[row.kind].observe(row.resource) };
  }

  #keeperOf({ verb }: Pick<Effect, "verb">): Keeper {
    return this.#keepers[verbs[verb]];
  }

  #busy({ verb, resourceId }: Effect): boolean {
    return (
      this.#keeperOf({ verb }).takesTurns &&
      this.#sql
        .exec("SELECT 1 FROM effect INDEXED BY effect_running WHERE state = 'running' AND resource = ? AND kind = ?", resourceId, verbs[verb])
        .toArray().length > 0
    );
  }

  /** Remembers the highest fence of every operation. @returns false for a lower one */
  #outbid({ key, fence }: Question): boolean {
    const operation = key.slice(0, key.indexOf("/"));
    const seen = this.#sql.exec<{ fence: number }>("SELECT fence FROM fence WHERE operation = ?", operation).toArray()[0]?.fence ?? 0;
    if (fence < seen) return false;
    if (fence > seen) this.#sql.exec("INSERT INTO fence VALUES (?, ?) ON CONFLICT DO UPDATE SET fence = excluded.fence", operation, fence);
    return true;
  }

  #row(key: string): EffectRow | null {
    return this.#sql.exec<EffectRow>("SELECT * FROM effect WHERE key = ?", key).toArray()[0] ?? null;
  }

  #get(name: string): boolean {
    return this.#sql.exec<{ value: number }>("SELECT value FROM setting WHERE name = ?", name).toArray()[0]?.value === 1;
  }

  #set(name: string, value: boolean): void {
    this.#sql.exec("INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", name, value ? 1 : 0);
  }
}
