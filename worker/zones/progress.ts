/**
 * The brain of the zone controller, without hands: what to do next about one operation, given what the engine answered. Pure, so that a simulation
 * can run it through every crash, loss and delay; the controller does what it says.
 *
 * What is known for certain stands in the database (step, fence); the rest is asked of the engine again after a crash. Nothing ends early before the
 * engine has been asked with a fence that no request under way can carry: what arrives after that does nothing.
 */
import { isCreation, transitionOf, type ResourceAct } from "../contract/lifecycle.ts";
import type { Status } from "../contract/resource-types.ts";
import type { Observed } from "../contract/observed.ts";
import type { EffectState } from "./engine.ts";
import { lastStepTells, stepsOf } from "./steps.ts";

/** How long after its deadline an operation still waits for an effect that the engine is working on, in ms. */
export const GRACE = 10 * 60_000;

/** The longest pause between two questions, in ms: while the engine works, and while it does not answer. */
export const LONGEST_POLL = 2_000;
export const LONGEST_SILENCE = 10_000;
const SHORTEST = 100;

/** Why no further step begins. */
export interface Ending {
  /** For the action: a sentence. */
  message: string;
  /** For the log: the same without any name. */
  recorded: string;
}

export interface Progress {
  readonly label: ResourceAct;
  /** ms since 1970 */
  readonly deadline: number;
  readonly fence: number;
  /** How many steps are done. */
  readonly step: number;
  /** Whether the engine may have heard of the current step. */
  readonly asked: boolean;
  /** Whether every request sent so far has been outbid by a higher fence. */
  readonly sealed: boolean;
  readonly ending: Ending | null;
  /** Answers in a row that brought nothing new. */
  readonly fruitless: number;
}

export interface Outcome extends Partial<Ending> {
  status: "SUCCESS" | "ERROR";
  /** What becomes of the resource. `same`: it stays as the database has it. */
  to: Status | "same" | "gone";
  /** What is really there; undefined: the engine was not asked, and did nothing. */
  observed?: Observed | null;
  /** How many steps are done. */
  step: number;
}

/** `at`: not before, in ms since 1970. */
export type Move =
  | { do: "apply"; at: number; step: number; fence: number }
  | { do: "poll"; at: number; step: number; fence: number }
  /** Write down that so many steps are done, then go on with `{ state: "marked" }`. */
  | { do: "mark"; at: number; step: number }
  | { do: "observe"; at: number }
  | { do: "end"; at: number; outcome: Outcome }
  /** Another controller has the operation. */
  | { do: "leave"; at: number };

export type Answer =
  /** Just claimed. */
  | { state: "claimed" }
  | { state: "marked" }
  | { state: "observed"; observed: Observed | null }
  /** The engine did not answer: what it did is unknown. */
  | { state: "unreachable" }
  | EffectState;

export interface Next {
  progress: Progress;
  move: Move;
}

/** Where an operation stands right after its claim. With the first claim nothing has been asked of the engine; with a later one nobody knows. */
export function claimed(operation: { label: ResourceAct; deadline: number; fence: number; step: number }): Progress {
  const { label, deadline, fence, step } = operation;
  return { label, deadline, fence, step, asked: fence > 1, sealed: false, ending: null, fruitless: 0 };
}

export function next(progress: Progress, answer: Answer, now: number): Next {
  switch (answer.state) {
    case "claimed":
    case "marked":
      return begin(progress, now);
    case "done":
      return stepDone(progress, answer.observed, now);
    case "refused":
      return look({ ...progress, ending: { message: `The zone refused: ${answer.reason}`, recorded: "The zone refused." } }, now);
    case "running":
      return working(progress, now);
    case "absent":
      return absent(progress, now);
    case "observed":
      return { progress, move: end(settled(progress, answer.observed), now) };
    case "unreachable":
      return silent(progress, now);
    case "fenced":
      return { progress, move: { do: "leave", at: now } };
  }
}

export const late: Ending = { message: "The deadline has passed; what had not begun was not done.", recorded: "The deadline has passed." };

/** Until when the current step may begin: what completes the step before it has longer. */
function limitOf(progress: Progress): number {
  return progress.deadline + (stepsOf(progress.label)[progress.step]?.completes ? GRACE : 0);
}

function isLate(progress: Progress, now: number): boolean {
  return now >= limitOf(progress);
}

/** A sealed operation goes on with the fence that sealed it: its own is outbid too. */
function fenceOf(progress: Progress): number {
  return progress.fence + (progress.sealed ? 1 : 0);
}

/** The current step is to be begun, or found again. */
function begin(progress: Progress, now: number): Next {
  if (progress.step >= stepsOf(progress.label).length) return look(progress, now);
  if (progress.asked) return ask(progress, now, now);
  if (!isLate(progress, now)) return apply(progress, now);
  const ending = { ...progress, ending: late };
  if (progress.step > 0) return look(ending, now);
  return { progress: ending, move: end({ status: "ERROR", ...late, to: untouched(progress.label), step: 0 }, now) };
}

function apply(progress: Progress, now: number): Next {
  return { progress: { ...progress, asked: true }, move: { do: "apply", at: now, step: progress.step, fence: fenceOf(progress) } };
}

/** Asks about the current step; once its time is over with a fence that outbids every request under way. */
function ask(progress: Progress, at: number, now: number): Next {
  const asking = { ...progress, sealed: progress.sealed || isLate(progress, now) };
  return { progress: asking, move: { do: "poll", at, step: progress.step, fence: fenceOf(asking) } };
}

function stepDone(progress: Progress, observed: Observed | null, now: number): Next {
  const step = progress.step + 1;
  const after = { ...progress, step, asked: false, fruitless: 0 };
  if (step < stepsOf(progress.label).length) return { progress: after, move: { do: "mark", at: now, step } };
  if (!lastStepTells(progress.label)) return look(after, now);
  return { progress: after, move: end(succeeded(after, observed), now) };
}

function working(progress: Progress, now: number): Next {
  if (now >= limitOf(progress) + GRACE && progress.sealed)
    return look({ ...progress, ending: { message: `${late.message} The zone is still at work.`, recorded: late.recorded } }, now);
  return ask({ ...progress, fruitless: progress.fruitless + 1 }, now + pause(progress.fruitless, LONGEST_POLL), now);
}

function absent(progress: Progress, now: number): Next {
  if (!isLate(progress, now)) return apply(progress, now);
  return progress.sealed ? look({ ...progress, ending: late }, now) : ask(progress, now, now);
}

function silent(progress: Progress, now: number): Next {
  const at = now + pause(progress.fruitless, LONGEST_SILENCE);
  const waiting = { ...progress, fruitless: progress.fruitless + 1 };
  if (progress.ending || progress.step >= stepsOf(progress.label).length) return look(waiting, at);
  return ask(waiting, at, now);
}

function look(progress: Progress, at: number): Next {
  return { progress, move: { do: "observe", at } };
}

function end(outcome: Outcome, at: number): Move {
  return { do: "end", at, outcome };
}

function pause(fruitless: number, longest: number): number {
  return Math.min(longest, SHORTEST * 2 ** Math.min(fruitless, 10));
}

function succeeded({ label, step }: Progress, observed: Observed | null): Outcome {
  return { status: "SUCCESS", to: transitionOf(label).to, observed, step };
}

/** The end after a look at what is really there. */
function settled(progress: Progress, observed: Observed | null): Outcome {
  const { label, ending, step } = progress;
  if (!ending) return succeeded(progress, observed);
  return { status: "ERROR", ...ending, to: observed ? statusOf(observed) : absentIs(label, step), observed, step };
}

function statusOf(observed: Observed): Status | "same" {
  if (observed.kind === "records") return "same";
  if (observed.kind === "balancer") return observed.enabled ? "ACTIVE" : "INACTIVE";
  return observed.power === "on" ? "ACTIVE" : "INACTIVE";
}

/** What is not in the zone was never created or is deleted; what only the zone has lost, or before its names were taken back, stays known, and runs nowhere. */
function absentIs(label: ResourceAct, step: number): Status | "gone" {
  const isDeleted = transitionOf(label).to === "gone" && step >= stepsOf(label).length - 1;
  return isCreation(label) || isDeleted ? "gone" : "INACTIVE";
}

/** Nothing was done: a creation leaves nothing behind, everything else is as it was. */
export function untouched(label: ResourceAct): "same" | "gone" {
  return isCreation(label) ? "gone" : "same";
}
