import type { HandledLabel, Label } from "../contract/actions.ts";
import type { Permit } from "../contract/permit.ts";
import type { Inputs } from "../contract/shapes/index.ts";
import type { Env } from "../env.ts";
import type { Preparations } from "../handlers/preparations.ts";
import type { Warnings } from "../handlers/warnings.ts";

/** What a handler has beside its permit and its input. */
export interface Context {
  env: Env;
  request: Request;
  /** For work that may end after the answer: notifications, never facts. */
  waitUntil(work: Promise<unknown>): void;
  /** Headers that the answer has, whatever it becomes. */
  tell(headers: Record<string, string>): void;
}

/** Everything of the request that the handler needs, already understood: path parameters, query and body by the row's shapes. */
export interface Input<L extends Label> {
  /** Path parameters as they stand in the path; ids have been read into the permit's target already. */
  params: Record<string, string>;
  query: L extends keyof Inputs ? Inputs[L]["query"] : Record<string, never>;
  body: L extends keyof Inputs ? Inputs[L]["body"] : undefined;
  /** What was worked out, and found good, before anybody was asked for a proof. */
  prepared: L extends keyof Preparations ? Preparations[L] : undefined;
  /** What a dry run tells beside; null: nothing, or it is none. */
  warnings: Warnings | null;
  changeReference: string | null;
  idempotency: Idempotency | null;
}

/** A request that names itself: asked again, it gets the first answer. */
export interface Idempotency {
  principal: string;
  method: string;
  path: string;
  key: string;
  /** Hash of the body: the same key with another body is refused. */
  fingerprint: string;
}

export type Handler<L extends Label> = (permit: Permit<L>, input: Input<L>, context: Context) => Promise<Response> | Response;
export type Handlers = { [L in HandledLabel]: Handler<L> };
