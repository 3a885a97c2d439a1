/**
 * Runs what was asked of one availability zone, or of one region for what has no zone: claims open operations, drives the engine step by step, writes
 * the outcome. Everything that must survive stands in the region's database and in the engine; what this object holds in memory may be lost at any
 * moment, and a new one claims the same operations again under a higher fence.
 */
import { DurableObject } from "cloudflare:workers";
import { MustHitOne } from "../../db/commit.ts";
import { mayFreeNames } from "../../db/region/write/aliases.ts";
import { readNextBalancers } from "../../db/region/read/balancers.ts";
import { claimOperation, endOperation, markStep, readOpenOperations, type OpenOperation } from "../../db/region/write/outcome.ts";
import { isResourceAct, movesNames, takesAliases, type ResourceAct } from "../contract/lifecycle.ts";
import type { ObservedRecords } from "../contract/observed.ts";
import type { Label } from "../contract/actions.ts";
import { isElsewhere } from "../contract/plans.ts";
import { isZone, regionOfZone, zoneOfCode, zones, type Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { notifyLog } from "../log/notify.ts";
import { letFreedGo } from "../names/reservation.ts";
import { isBeingRestored } from "../restoration/held.ts";
import { regionDatabase, regionOfId } from "../routing/regions.ts";
import { askAgain, type Right } from "./right.ts";
import type { ZoneEngine } from "./engine.ts";
import { engineFor } from "./engines.ts";
import { endOf, notRunHere, refused, tooLate } from "./ends.ts";
import { claimed, LONGEST_SILENCE, next, type Answer, type Move, type Outcome, type Progress } from "./progress.ts";
import { BalancerWatch } from "./balancer-watch.ts";
import { effectOf, isNeedless, keyOf, kindOf, stepsOf } from "./steps.ts";
import { turnOf } from "./turn.ts";
import { wakeZone, watchAfter, type ControllerName } from "./wake.ts";

/** How many operations a zone works on at once. */
const AT_ONCE = 8;

/** How many balancers are looked at in turn, each time that is asked for. */
const IN_TURN = 200;

/** How often the database is asked for more while something is under way, in ms; a wake asks at once. */
const LOOK_EVERY = 5_000;

interface Held {
  operation: OpenOperation & { label: ResourceAct };
  progress: Progress;
  move: Move;
  /** Failures in a row of the region's database. */
  failures: number;
}

export class ZoneController extends DurableObject<Env> {
  readonly #held = new Map<number, Held>();
  readonly #engines = new Map<ControllerName, ZoneEngine>();
  readonly #watch = new BalancerWatch();
  #nextLook = 0;
  #failedLooks = 0;

  /**
   * Works now.
   * @param name its own: kept, for not every runtime tells an object its name when an alarm brings it back
   */
  async wake(name: ControllerName): Promise<void> {
    if ((await this.ctx.storage.get("name")) !== name) await this.ctx.storage.put("name", name);
    this.#nextLook = 0;
    await this.#workAt(Date.now());
  }

  /** Looks at these balancers of its region until their health monitors have come to a verdict, or, of none, at the next ones in turn. */
  async watch(name: Region, balancerIds: readonly number[] | null): Promise<void> {
    if ((await this.ctx.storage.get("name")) !== name) await this.ctx.storage.put("name", name);
    this.#watch.add(balancerIds ?? (await this.#nextBalancers(name)), Date.now());
    if (this.#watch.next < Infinity) await this.#workAt(this.#watch.next);
  }

  /** Never fails: the platform gives a failing alarm up after six attempts. */
  override async alarm(): Promise<void> {
    const name = await this.ctx.storage.get<ControllerName>("name");
    if (!name) return;
    const look = Date.now() >= this.#nextLook ? await this.#look(name) : null;
    const busy = this.#held.size > 0;
    await Promise.all([...this.#held.values()].map((held) => this.#drive(name, held)));
    if (!isZone(name)) await this.#watch.look(this.env, name, Date.now());
    if (this.#watch.next < Infinity) await this.#workAt(this.#watch.next);
    // After the last operation one more look: another may have come while its wake was lost.
    if (busy || look === "more" || look === "failed")
      await this.#workAt(Math.min(this.#nextLook, ...[...this.#held.values()].map(({ move }) => move.at)));
  }

  /** The ones after those that were looked at last, and from the beginning when there are no more. */
  async #nextBalancers(region: Region): Promise<number[]> {
    try {
      const after = (await this.ctx.storage.get<number>("balancer")) ?? 0;
      const ids = await readNextBalancers(databaseOf(this.env, region), after, IN_TURN);
      await this.ctx.storage.put("balancer", ids.length < IN_TURN ? 0 : ids.at(-1)!);
      return ids;
    } catch (error) {
      console.error(`region ${region}: its database does not answer:`, error);
      return [];
    }
  }

  async #workAt(moment: number): Promise<void> {
    const at = Math.max(moment, Date.now());
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > at) await this.ctx.storage.setAlarm(at);
  }

  /** Claims what is open and not held. `more`: some of it is left for the next time. */
  async #look(name: ControllerName): Promise<"all" | "more" | "failed"> {
    const database = databaseOf(this.env, name);
    // Whoever brings the region back ends with another version of the Worker, which looks again.
    if (isBeingRestored(this.env, regionOf(name))) return "all";
    try {
      const limit = this.#held.size + AT_ONCE;
      const open = await readOpenOperations(database, isZone(name) ? zones[name].code : 0, limit, Date.now());
      this.#nextLook = Date.now() + LOOK_EVERY;
      const free = open.filter(({ id }) => !this.#held.has(id)).slice(0, AT_ONCE - this.#held.size);
      const results = await Promise.all(free.map((operation) => this.#claim(database, operation)));
      this.#failedLooks = results.includes(false) ? this.#failedLooks + 1 : 0;
      if (this.#failedLooks === 0) return open.length === limit ? "more" : "all";
    } catch (error) {
      console.error(`zone ${name}: the region's database does not answer:`, error);
      this.#failedLooks++;
    }
    this.#nextLook = Date.now() + backOff(this.#failedLooks);
    return "failed";
  }

  /**
   * Takes one operation. A first claim asks again whether the actor may; a later one does not, for the first step may have begun, and what has begun is
   * finished.
   * @returns false when the directory or the region did not answer, or what it takes was not free: the operation waits as it was
   */
  async #claim(database: D1Database, open: OpenOperation): Promise<boolean> {
    try {
      const { label } = open;
      if (!isResourceAct(label as Label)) return await this.#end(database, open, notRunHere(open));
      if (open.fence === 0 && Date.now() >= open.deadline) return await this.#end(database, open, tooLate(open));
      const right: Right = open.fence === 0 ? await askAgain(this.env, open, Date.now()) : { may: true };
      if (!right.may) return await this.#end(database, open, refused(open, right));
      const turn = open.fence === 0 && open.plan_id !== null && isElsewhere(open.label) ? await turnOf(database, open, Date.now()) : null;
      if (turn?.may === false) return await this.#end(database, open, refused(open, turn));
      const row = await claimOperation(database, open, Date.now(), turn?.taking);
      const operation = { ...open, ...row, label: label as ResourceAct };
      const { progress, move } = next(claimed(operation), { state: "claimed" }, Date.now());
      this.#held.set(open.id, { operation, progress, move, failures: 0 });
      return true;
    } catch (error) {
      // What an item takes with it may have been changed or taken since the look: it looks again.
      if (error instanceof MustHitOne) return !isElsewhere(open.label);
      console.error(`operation ${open.id} waits:`, error);
      return false;
    }
  }

  /** What it opens for another controller is that one's to be woken for; what is one's own is found at the next look. */
  async #end(database: D1Database, operation: OpenOperation, end: Parameters<typeof endOperation>[2]): Promise<true> {
    const opened = await endOperation(database, operation, end, Date.now());
    if (opened !== null && opened !== operation.zone) {
      const region = regionOfId(operation.id)!;
      this.ctx.waitUntil(wakeZone(this.env, zoneOfCode(opened) ?? region));
    }
    await notifyLog(this.env, operation.organization_id, (work) => this.ctx.waitUntil(work));
    if (mayFreeNames(operation)) this.ctx.waitUntil(letFreedGo(this.env, regionOfId(operation.id)!, Date.now()).catch(() => undefined));
    this.ctx.waitUntil(watchAfter(this.env, database, operation));
    return true;
  }

  /** Does what is due about one operation, until it has to wait or has ended. */
  async #drive(name: ControllerName, held: Held): Promise<void> {
    while (held.move.at <= Date.now()) {
      try {
        const answer = await this.#do(name, held);
        held.failures = 0;
        if (!answer) {
          this.#held.delete(held.operation.id);
          this.#nextLook = 0;
          return;
        }
        Object.assign(held, next(held.progress, answer, Date.now()));
      } catch (error) {
        if (error instanceof MustHitOne) {
          this.#held.delete(held.operation.id);
          return;
        }
        console.error(`operation ${held.operation.id} waits:`, error);
        held.failures++;
        held.move = { ...held.move, at: Date.now() + backOff(held.failures) };
      }
    }
  }

  /** One move. @returns the answer, or null when nothing more is to be done here */
  async #do(name: ControllerName, { operation, move }: Held): Promise<Answer | null> {
    const database = databaseOf(this.env, name);
    switch (move.do) {
      case "apply":
      case "poll":
        return this.#ask(name, { ...operation, resourceId: operation.resource_id, parameters: JSON.parse(operation.parameters) }, move);
      case "observe":
        return asked(async () => ({
          state: "observed",
          observed: await this.#engineOf(name).observe(operation.resource_id, kindOf(operation.label)),
        }));
      case "mark":
        return (await markStep(database, operation, move.step, Date.now())) ? { state: "marked" } : null;
      case "end":
        await this.#end(database, operation, endOf(move.outcome, operation.parameters, await this.#namesLeft(name, operation, move.outcome)));
        return null;
      case "leave":
        return null;
    }
  }

  /** Asks for a step, or after it. */
  async #ask(
    name: ControllerName,
    operation: Parameters<typeof effectOf>[0],
    { do: what, step, fence }: Extract<Move, { do: "apply" | "poll" }>,
  ): Promise<Answer> {
    if (isNeedless(operation, step)) return { state: "done", observed: null };
    const { of, sees } = stepsOf(operation.label)[step]!;
    const engine = this.#engineOf(of === "region" ? regionOf(name) : name);
    if (what === "poll") return asked(() => engine.poll({ key: keyOf(operation.id, step), fence }));
    return asked(async () => {
      const found = sees ? await engine.observe(operation.resourceId, sees) : null;
      if (sees && !found) return { state: "refused", reason: `${operation.label} has nothing left to be done to` };
      return engine.apply(effectOf(operation, step, fence, found));
    });
  }

  /** What the region's engine has of the resource's names after an act on them has failed half way; undefined: nothing was done, or what was is known. */
  async #namesLeft(
    name: ControllerName,
    { label, resource_id: id }: Held["operation"],
    { status, observed }: Outcome,
  ): Promise<ObservedRecords | undefined> {
    if (status === "SUCCESS" || observed === undefined || !(takesAliases(label) || movesNames(label))) return undefined;
    const seen = await this.#engineOf(regionOf(name)).observe(id, "records");
    return seen?.kind === "records" ? seen : undefined;
  }

  #engineOf(name: ControllerName): ZoneEngine {
    const engine = this.#engines.get(name) ?? engineFor(this.env, name);
    this.#engines.set(name, engine);
    return engine;
  }
}

function regionOf(name: ControllerName): Region {
  return isZone(name) ? regionOfZone(name) : name;
}

function databaseOf(env: Env, name: ControllerName): D1Database {
  return regionDatabase(env, regionOf(name));
}

/** An engine that fails has not answered: what it did is unknown. */
async function asked(question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch {
    return { state: "unreachable" };
  }
}

function backOff(failures: number): number {
  return Math.min(LONGEST_SILENCE, 250 * 2 ** Math.min(failures, 6));
}
