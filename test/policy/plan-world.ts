/**
 * A small world in which controllers run a plan: two of them, a zone's and its region's, each with an engine of its own; a database with guarded
 * commits; a network that loses, delays and doubles; people who cancel, lose their right, or are at work on the load balancer. All from one seed.
 */
import type { OperationRow } from "../../db/region/read/operations.ts";
import { ERROR, PLANNED, RUNNING, SUCCESS, WAITING } from "../../db/region/read/operations.ts";
import type { PlanRows } from "../../db/region/read/plans.ts";
import { cancelledPlan } from "../../db/region/write/cancel.ts";
import { courseAfter } from "../../db/region/write/plans.ts";
import { transitionOf } from "../../worker/contract/lifecycle.ts";
import type { Permit } from "../../worker/contract/permit.ts";
import { isElsewhere, type PlanLabel } from "../../worker/contract/plans.ts";
import { claimed, next, type Answer, type Move, type Outcome } from "../../worker/zones/progress.ts";
import { keyOf, stepsOf } from "../../worker/zones/steps.ts";
import { models, observed, thingBefore, type Thing } from "./engine-model.ts";
import { plans, rowOf, type Hand, type PlanEffect } from "./plan-cases.ts";
import { SeededTime } from "./seeded-time.ts";

export type Place = "zone" | "region";
const places: readonly Place[] = ["zone", "region"];
const PATIENCE = 5_000;

export class PlanWorld extends SeededTime {
  readonly labels: readonly PlanLabel[];
  readonly violations: string[] = [];
  plan: OperationRow;
  items: OperationRow[];
  /** Who has the instance, and who the balancer: an item's place in the list, or somebody else. */
  instance: { open: number | null; gone: boolean };
  balancer: { open: number | "somebody" | null; member: boolean };
  /** What is really there. */
  readonly things: Record<Place, Thing | null>;
  readonly effects = new Map<string, PlanEffect>();
  /** How often the log is told of an end: of the plan, and of each item. */
  readonly told = { plan: 0, items: [] as number[] };
  readonly #fences = new Map<number, number>();
  readonly #away: Record<Place, { from: number; until: number }>;
  readonly #trouble: number;
  readonly #rightUntil: number;
  #hands = 0;

  constructor(seed: number) {
    super(seed ^ 0x9e3779b9);
    this.labels = this.pick(plans);
    const deadline = this.chance(0.2) ? this.between(1_000, 200_000) : 3_600_000;
    this.plan = rowOf(0, "run-plan", PLANNED, deadline);
    this.items = this.labels.map((label, index) => rowOf(index + 1, label, index === 0 ? WAITING : PLANNED, deadline));
    this.told.items = this.labels.map(() => 0);
    this.instance = { open: 0, gone: false };
    this.balancer = { open: null, member: true };
    const before = this.labels.includes("recover-snapshot") ? { ...thingBefore("recover-snapshot", "ACTIVE")!, monitored: true } : null;
    this.things = { zone: before ?? thingBefore("stop-instance", "ACTIVE"), region: thingBefore("update-member-state", "ACTIVE") };
    this.#trouble = this.pick([0, 0.1, 0.3, 0.5]);
    this.#rightUntil = this.chance(0.1) ? this.between(0, 60_000) : Infinity;
    this.#away = { zone: this.#absence(), region: this.#absence() };
  }

  run(): void {
    this.at(this.between(0, 2_000), () => this.#look(this.#placeOf(0)));
    if (this.chance(0.25)) this.at(this.between(0, 60_000), () => this.#cancel(3));
    if (this.chance(0.05)) this.at(this.between(0, 60_000), () => this.#takeMemberAway());
    for (let times = this.pick([0, 0, 1, 4]); times > 0; times--) this.at(this.between(0, 90_000), () => this.#workOnBalancer());
    this.#sweep(60_000);
    this.unfold(() => this.#check());
  }

  /** Of each item: SUCCESS, ERROR, NOT_BEGUN or open. */
  get results(): string[] {
    return this.items.map(({ status, fence }) => (status === SUCCESS ? "SUCCESS" : status !== ERROR ? "open" : fence > 0 ? "ERROR" : "NOT_BEGUN"));
  }

  #absence(): { from: number; until: number } {
    const from = this.between(0, 120_000);
    return this.chance(0.15) ? { from, until: from + this.between(0, 300_000) } : { from: 0, until: 0 };
  }

  #isOpen(): boolean {
    return this.plan.status === PLANNED;
  }

  #placeOf(index: number): Place {
    return isElsewhere(this.labels[index]!) ? "region" : "zone";
  }

  /** Whatever happens to controllers, others are woken again and again. */
  #sweep(at: number): void {
    if (!this.#isOpen() || at > 600 * 60_000) return;
    this.at(at, () => {
      for (const place of places) this.#look(place);
      this.#sweep(at + 60_000);
    });
  }

  /** At every moment. */
  #check(): void {
    const open = this.items.filter(({ status }) => status === WAITING || status === RUNNING);
    if (this.#isOpen() && (open.length !== 1 || this.instance.open !== open[0]!.position! - 1))
      this.violations.push(`${open.length} items are open, and ${this.instance.open} has the instance`);
    if (!this.#isOpen() && open.length > 0) this.violations.push("an item is open after its plan's end");
  }

  /** Its controller looks for what is open; another incarnation may be at work on it. */
  #look(place: Place): void {
    const index = this.items.findIndex((item, at) => item.status < 2 && this.#placeOf(at) === place);
    if (index < 0) return;
    const item = this.items[index]!;
    if (item.fence === 0) {
      if (this.now >= item.deadline) return this.#nothingDone(index, "too late");
      if (this.now >= this.#rightUntil) return this.#nothingDone(index, "no right");
      if (place === "region" && !this.balancer.member) return this.#nothingDone(index, "no member");
      if (place === "region" && this.balancer.open !== null) return this.at(this.now + 5_000, () => this.#look(place));
      if (place === "region") this.balancer.open = index;
    }
    this.items[index] = { ...item, status: RUNNING, fence: item.fence + 1 };
    const { label, deadline, fence, step } = { ...this.items[index], label: this.labels[index]! };
    const hand: Hand = { name: `${place} ${++this.#hands}`, at: index, fence, dead: false, progress: claimed({ label, deadline, fence, step }) };
    this.note(`${hand.name} claims item ${index + 1}, fence ${fence}`);
    this.#go(hand, { state: "claimed" });
  }

  #nothingDone(index: number, why: string): void {
    this.note(`item ${index + 1}: ${why}`);
    this.#end(index, this.items[index]!.fence, { status: "ERROR", to: "same", message: why, recorded: why, step: 0 }, 1);
  }

  #go(hand: Hand, answer: Answer): void {
    if (hand.dead) return;
    const { progress, move } = next(hand.progress, answer, this.now);
    hand.progress = progress;
    this.at(move.at, () => this.#do(hand, move));
  }

  #do(hand: Hand, move: Move): void {
    if (hand.dead) return;
    const place = this.#placeOf(hand.at);
    if (this.chance(this.#trouble * 0.05)) {
      const slow = this.chance(0.5);
      this.note(`${hand.name} ${slow ? "sleeps" : "dies"}`);
      this.at(this.now + this.between(0, 20_000), () => this.#look(place));
      if (slow) this.at(this.now + this.between(0, 60_000), () => this.#do(hand, move));
      else hand.dead = true;
      return;
    }
    const key = (step: number) => keyOf(hand.at + 1, step);
    const label = this.labels[hand.at]!;
    switch (move.do) {
      case "apply":
        return this.#send(hand, () => this.#apply(hand.at, stepsOf(label)[move.step]!.verb, key(move.step), move.fence));
      case "poll":
        return this.#send(hand, () => (this.#outbid(hand.at, move.fence) ? this.#stateOf(hand.at, key(move.step)) : { state: "fenced" }));
      case "observe":
        return this.#send(hand, () => ({ state: "observed", observed: observed(label, this.things[place]) }));
      case "mark":
        return this.#commit(hand, move, () => {
          const mine = this.items[hand.at]!.fence === hand.fence && this.items[hand.at]!.status === RUNNING;
          if (mine) this.items[hand.at] = { ...this.items[hand.at]!, step: move.step };
          if (mine) this.at(this.now + 1, () => this.#go(hand, { state: "marked" }));
          return mine;
        });
      case "end":
        return this.#commit(hand, move, () => {
          this.#end(hand.at, hand.fence, move.outcome, 1);
          return false;
        });
      case "leave":
        hand.dead = true;
    }
  }

  /** One commit: it may fail before it happens, or its answer may be lost after it has. */
  #commit(hand: Hand, move: Move, write: () => boolean): void {
    const again = () => this.at(this.now + this.between(200, 2_000), () => this.#do(hand, move));
    if (this.chance(this.#trouble * 0.3)) return again();
    if (!write()) hand.dead = move.do === "mark" || !this.chance(this.#trouble * 0.3);
    if (!hand.dead && move.do === "end") again();
  }

  #send(hand: Hand, question: () => Answer): void {
    const away = this.#away[this.#placeOf(hand.at)];
    let waiting = true;
    const hear = (answer: Answer) => {
      if (waiting) this.#go(hand, answer);
      waiting = false;
    };
    const deliver = () => {
      if (this.now >= away.from && this.now < away.until) return;
      const answer = question();
      if (!this.chance(this.#trouble * 0.5)) this.at(this.now + this.between(1, 200), () => hear(answer));
    };
    const delay = () => (this.chance(this.#trouble * 0.5) ? this.between(0, 90_000) : this.between(1, 300));
    this.at(this.now + PATIENCE, () => hear({ state: "unreachable" }));
    if (!this.chance(this.#trouble * 0.5)) this.at(this.now + delay(), deliver);
    if (this.chance(this.#trouble * 0.3)) this.at(this.now + delay(), deliver);
  }

  #outbid(index: number, fence: number): boolean {
    if (fence < (this.#fences.get(index) ?? 0)) return false;
    this.#fences.set(index, fence);
    return true;
  }

  #apply(index: number, verb: keyof typeof models, key: string, fence: number): Answer {
    if (!this.#outbid(index, fence)) return { state: "fenced" };
    if (this.effects.has(key)) return this.#stateOf(index, key);
    const place = this.#placeOf(index);
    const possible = models[verb].needs(this.things[place]) && !this.chance(this.#trouble * 0.1);
    const before = this.items.slice(0, index).every(({ status }) => status === SUCCESS);
    if (possible && !before) this.violations.push(`${verb} of item ${index + 1} begins before its turn`);
    if (possible && this.items[index]!.status !== RUNNING) this.violations.push(`${verb} of item ${index + 1} begins while that does not run`);
    const effect: PlanEffect = { item: index, verb, state: possible ? "running" : "refused", performed: 0 };
    this.effects.set(key, effect);
    this.note(`the ${place} ${possible ? "begins" : "refuses"} ${key} ${verb}`);
    if (possible)
      this.at(this.now + this.between(0, 9_000), () => {
        Object.assign(effect, { state: "done", performed: effect.performed + 1 });
        this.things[place] = models[verb].does(this.things[place]!);
      });
    return this.#stateOf(index, key);
  }

  #stateOf(index: number, key: string): Answer {
    const effect = this.effects.get(key);
    if (!effect) return { state: "absent" };
    if (effect.state === "refused") return { state: "refused", reason: "not now" };
    return effect.state === "running"
      ? { state: "running" }
      : { state: "done", observed: observed(this.labels[index]!, this.things[this.#placeOf(index)]) };
  }

  /** Reads the plan, then commits what follows from it, unless something has changed in between: then it looks again. */
  #end(index: number, fence: number, outcome: Outcome, attempt: number): void {
    const rows: PlanRows = { plan: this.plan, items: [...this.items] };
    const { status, message = null, recorded = null } = outcome;
    const course = courseAfter(rows, { position: index + 1, status, message, recorded }, attempt < 3);
    this.at(this.now + this.between(1, 500), () => {
      const own = this.items[index]!;
      // Another has ended it, or has claimed it since.
      if (own.fence !== fence || own.status >= 2) return;
      const asRead = course.next ? this.items[index + 1]!.status === PLANNED : true;
      if (!asRead || this.plan.status !== PLANNED) {
        if (attempt === 3) this.violations.push("an end could not be committed");
        return this.#end(index, fence, outcome, attempt + 1);
      }
      this.items[index] = { ...own, status: status === "SUCCESS" ? SUCCESS : ERROR, step: outcome.step };
      this.told.items[index]!++;
      this.note(`item ${index + 1} ends: ${status} ${recorded ?? ""}`);
      if (this.#placeOf(index) === "region" && fence > 0) this.balancer.open = null;
      if (outcome.to === "gone" || (status === "SUCCESS" && transitionOf(this.labels[index]!).to === "gone")) this.instance.gone = true;
      if (course.next) {
        const following = index + 1;
        this.items[following] = { ...this.items[following]!, status: WAITING };
        this.instance.open = following;
        // The wake may be lost: the sweep finds it.
        if (!this.chance(this.#trouble * 0.5)) this.at(this.now + 1, () => this.#look(this.#placeOf(following)));
        return;
      }
      this.items = this.items.map((item) => (item.status === PLANNED ? { ...item, status: ERROR } : item));
      this.plan = { ...this.plan, status: course.status === "SUCCESS" ? SUCCESS : ERROR };
      this.told.plan++;
      this.instance.open = null;
    });
  }

  /** Reads the plan, then commits unless an item has been claimed or opened since. */
  #cancel(attempts: number): void {
    const rows: PlanRows = { plan: this.plan, items: [...this.items] };
    if (!this.#isOpen() || !rows.items.some(({ status }) => status === WAITING || status === PLANNED)) return;
    const after = cancelledPlan({ actor: { name: "Odile" }, now: this.now } as unknown as Permit<"cancel-action">, rows);
    this.at(this.now + this.between(1, 300), () => {
      const changed = this.items.some(({ status, fence }, at) => status !== rows.items[at]!.status || fence !== rows.items[at]!.fence);
      if (changed || !this.#isOpen()) return attempts > 1 ? this.#cancel(attempts - 1) : undefined;
      this.note("cancelled");
      this.items = after.items;
      this.plan = after.plan;
      if (this.#isOpen()) return;
      this.told.plan++;
      this.instance.open = null;
    });
  }

  /** What anybody else asks of the balancer has it for a while; no item comes in between. */
  #workOnBalancer(): void {
    if (this.balancer.open !== null) return;
    this.balancer.open = "somebody";
    this.at(this.now + this.between(100, 60_000), () => (this.balancer.open = null));
  }

  #takeMemberAway(): void {
    if (this.balancer.open !== null) return;
    this.balancer.member = false;
    this.things.region = { ...this.things.region!, member: false };
  }
}
