/**
 * A small world in which the controller's brain runs one operation: a clock, a database with guarded writes, an engine, a network that loses, delays and
 * doubles, and controllers that die, or are only thought dead. Everything that happens by chance comes from one seed, so every failure can be repeated.
 */
import { isCreation, transitionOf, type ResourceAct } from "../../worker/contract/lifecycle.ts";
import type { Status } from "../../worker/contract/resource-types.ts";
import type { Verb } from "../../worker/zones/engine.ts";
import { claimed, next, type Answer, type Move, type Outcome, type Progress } from "../../worker/zones/progress.ts";
import { keyOf, steps, stepsOf } from "../../worker/zones/steps.ts";
import { models, observed, thingBefore, type Thing } from "./engine-model.ts";

const PATIENCE = 5_000;
export const OPERATION = 7;

/** mulberry32 */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface EngineEffect {
  verb: Verb;
  state: "running" | "done" | "refused";
  performed: number;
}

export class World {
  readonly label: ResourceAct;
  readonly deadline: number;
  readonly startedWith: Status;
  readonly violations: string[] = [];
  readonly history: string[] = [];
  now = 0;
  /** The database. */
  row = { status: 0, fence: 0, step: 0, ended: null as Outcome | null, outbox: 0 };
  resource: { status: Status | "gone"; open: boolean };
  /** The engine. */
  thing: Thing | null;
  readonly effects = new Map<string, EngineEffect>();
  #fence = 0;
  #away: { from: number; until: number };
  readonly #random: () => number;
  readonly #trouble: number;
  /** When its first controller comes, in a world in which the first request is late. */
  readonly #late: number | null;
  readonly #events: { at: number; run: () => void }[] = [];
  #incarnations = 0;
  #sent = 0;

  constructor(seed: number) {
    this.#random = chance(seed);
    this.label = this.pick(Object.keys(steps) as ResourceAct[]);
    const { from } = transitionOf(this.label);
    this.startedWith = from.length > 0 ? this.pick([...from]) : "PREPARATION";
    this.resource = { status: this.startedWith, open: true };
    this.thing = thingBefore(this.label, this.startedWith);
    // Now and then the request is on its way for long, and the time is over just after somebody has asked what became of it.
    this.#late = this.chance(0.05) ? this.between(0, 5_000) : null;
    this.deadline = this.#late !== null ? this.#late + PATIENCE + this.between(100, 500) : this.chance(0.3) ? this.between(0, 40_000) : 3_600_000;
    this.#trouble = this.pick([0, 0.1, 0.3, 0.5]);
    const from0 = this.between(0, 60_000);
    this.#away = this.chance(0.2) ? { from: from0, until: from0 + this.between(0, 120_000) } : { from: 0, until: 0 };
  }

  /** Runs until nothing is left to happen. */
  run(): void {
    this.#at(this.#late ?? this.between(0, 5_000), () => this.#startController());
    if (this.chance(0.2)) this.#at(this.between(0, 6_000), () => this.#cancel());
    // The sweep: whatever happens to controllers, another one is woken again and again.
    for (let minute = 1; minute <= 200; minute++) this.#at(minute * 60_000, () => this.row.status < 2 && this.#startController());
    while (this.#events.length > 0) {
      this.#events.sort((left, right) => left.at - right.at);
      const event = this.#events.shift()!;
      this.now = Math.max(this.now, event.at);
      event.run();
    }
  }

  chance(part: number): boolean {
    return this.#random() < part;
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low));
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)]!;
  }

  #at(at: number, run: () => void): void {
    this.#events.push({ at: Math.max(at, this.now), run });
  }

  #note(what: string): void {
    this.history.push(`${this.now} ${what}`);
  }

  /** A cancellation commits only while nobody has claimed the operation. */
  #cancel(): void {
    if (this.row.status !== 0) return;
    this.row = { ...this.row, status: 3, outbox: this.row.outbox + 1 };
    this.resource = { status: isCreation(this.label) ? "gone" : this.resource.status, open: false };
    this.#note("cancelled");
  }

  #startController(): void {
    if (this.row.status >= 2) return;
    const me = ++this.#incarnations;
    this.row = { ...this.row, status: 1, fence: this.row.fence + 1 };
    this.#note(`controller ${me} claims, fence ${this.row.fence}`);
    const { fence, step } = this.row;
    const controller = { me, fence, dead: false, progress: claimed({ label: this.label, deadline: this.deadline, fence, step }) as Progress };
    this.#go(controller, { state: "claimed" });
  }

  #go(controller: Controller, answer: Answer): void {
    if (controller.dead) return;
    const { progress, move } = next(controller.progress, answer, this.now);
    controller.progress = progress;
    this.#note(`controller ${controller.me} hears ${answer.state}, will ${move.do} at ${move.at}`);
    this.#at(move.at, () => this.#do(controller, move));
  }

  #do(controller: Controller, move: Move): void {
    if (controller.dead) return;
    if (this.chance(this.#trouble * 0.1)) {
      // Dead, or only slow: a slow one goes on later as if nothing had happened, while another has taken over.
      const slow = this.chance(0.5);
      this.#note(`controller ${controller.me} ${slow ? "sleeps" : "dies"}`);
      this.#at(this.now + this.between(0, 20_000), () => this.#startController());
      if (slow) this.#at(this.now + this.between(0, 60_000), () => this.#do(controller, move));
      // What it was about to send may be on its way already.
      if (slow || move.do === "mark" || move.do === "end" || this.chance(0.5)) return;
      controller = { ...controller, dead: true };
    }
    switch (move.do) {
      case "apply":
        return this.#send(controller, () => this.#apply(stepsOf(this.label)[move.step]!.verb, keyOf(OPERATION, move.step), move.fence));
      case "poll":
        return this.#send(controller, () => this.#poll(keyOf(OPERATION, move.step), move.fence));
      case "observe":
        return this.#send(controller, () => ({ state: "observed", observed: observed(this.label, this.thing) }));
      case "mark":
        return this.#commit(controller, move, () => this.#mark(controller, move.step), { state: "marked" });
      case "end":
        return this.#commit(controller, move, () => this.#end(controller, move.outcome), null);
      case "leave":
        controller.dead = true;
    }
  }

  /** Over the network: the request or the answer may be lost, late, or delivered twice. */
  #send(controller: Controller, question: () => Answer): void {
    let waiting = true;
    const hear = (answer: Answer) => {
      if (!waiting) return;
      waiting = false;
      this.#go(controller, answer);
    };
    const deliver = () => {
      if (this.now >= this.#away.from && this.now < this.#away.until) return;
      const answer = question();
      if (!this.chance(this.#trouble * 0.5)) this.#at(this.now + this.between(1, 200), () => hear(answer));
    };
    this.#at(this.now + PATIENCE, () => hear({ state: "unreachable" }));
    const isFirst = this.#sent++ === 0;
    if (this.#late !== null && isFirst) this.#at(this.now + this.between(2 * PATIENCE, 60_000), deliver);
    else if (!this.chance(this.#trouble * 0.5)) this.#at(this.now + this.delay(), deliver);
    if (this.chance(this.#trouble * 0.3)) this.#at(this.now + this.delay(), deliver);
  }

  delay(): number {
    return this.chance(this.#trouble * 0.5) ? this.between(0, 90_000) : this.between(1, 300);
  }

  /** One commit: it may fail before it happens, or its answer may be lost after it has. */
  #commit(controller: Controller, move: Move, write: () => boolean, answer: Answer | null): void {
    const again = () => this.#at(this.now + this.between(200, 2_000), () => this.#do(controller, move));
    if (this.chance(this.#trouble * 0.3)) return again();
    const mine = write();
    if (this.chance(this.#trouble * 0.3)) return again();
    if (!mine || !answer) controller.dead = true;
    else this.#at(this.now + this.between(1, 50), () => this.#go(controller, answer));
  }

  #mark(controller: Controller, step: number): boolean {
    if (this.row.fence !== controller.fence || this.row.status !== 1) return false;
    this.row = { ...this.row, step };
    return true;
  }

  #end(controller: Controller, outcome: Outcome): boolean {
    if (this.row.fence !== controller.fence || this.row.status >= 2) return false;
    this.row = { ...this.row, status: outcome.status === "SUCCESS" ? 2 : 3, step: outcome.step, ended: outcome, outbox: this.row.outbox + 1 };
    this.resource = { status: outcome.to === "same" ? this.resource.status : outcome.to, open: false };
    this.#note(`controller ${controller.me} ends: ${outcome.status} ${outcome.to} ${outcome.recorded ?? ""}`);
    return true;
  }

  #outbid(fence: number): boolean {
    if (fence < this.#fence) return false;
    this.#fence = fence;
    return true;
  }

  #poll(key: string, fence: number): Answer {
    return this.#outbid(fence) ? this.#stateOf(key) : { state: "fenced" };
  }

  #apply(verb: Verb, key: string, fence: number): Answer {
    if (!this.#outbid(fence)) return { state: "fenced" };
    if (this.effects.has(key)) return this.#stateOf(key);
    const possible = models[verb].needs(this.thing) && !this.chance(this.#trouble * 0.2);
    if (possible && this.row.status >= 2) this.violations.push(`${verb} begins after the operation has ended`);
    const effect: EngineEffect = { verb, state: possible ? "running" : "refused", performed: 0 };
    this.effects.set(key, effect);
    this.#note(`engine ${possible ? "begins" : "refuses"} ${key} ${verb}, fence ${fence}`);
    if (possible) this.#at(this.now + this.between(0, 17_000) * (this.chance(this.#trouble * 0.2) ? 20 : 1), () => this.#perform(effect));
    return this.#stateOf(key);
  }

  #perform(effect: EngineEffect): void {
    effect.state = "done";
    effect.performed++;
    this.#note(`engine has done ${effect.verb}`);
    this.thing = models[effect.verb].does(this.thing!);
  }

  #stateOf(key: string): Answer {
    const effect = this.effects.get(key);
    if (!effect) return { state: "absent" };
    if (effect.state === "refused") return { state: "refused", reason: "not now" };
    return effect.state === "running" ? { state: "running" } : { state: "done", observed: observed(this.label, this.thing) };
  }
}

interface Controller {
  me: number;
  fence: number;
  dead: boolean;
  progress: Progress;
}
