/**
 * The typed client. Method and path come from the contract's table, shapes from its shapes; a call that does not exist does not compile.
 * A call that lacks its proof shows the signing card, and is repeated once with what the key signed.
 */
import type * as z from "zod";
import { isWrite, methodOf, pathOf, rowOf, type actions, type Label, type TargetKind } from "../../worker/contract/actions.ts";
import { toBase64Url } from "../../worker/contract/operation.ts";
import type { Shapes } from "../../worker/contract/shapes/index.ts";
import { signing, type About } from "../actions/sign.svelte.ts";
import { fillPattern, queryText, type PathParams, type Query } from "../paths.ts";
import { bodyOf, send } from "./http.ts";
import { asProblem } from "./problem.ts";

type ShapeOf<L extends Label> = L extends keyof Shapes ? Shapes[L] : unknown;

/** What a call answers, by label. */
export type Answer<L extends Label> = ShapeOf<L> extends { answer: infer Of extends z.ZodType } ? z.output<Of> : undefined;

type WithoutOperation<Body> = Body extends unknown ? Omit<Body, "operation"> : never;
/** What a call's body holds; the `operation` that tells PATCH rows apart is put in by the client. */
export type Body<L extends Label> = ShapeOf<L> extends { body: infer Of extends z.ZodType } ? WithoutOperation<z.input<Of>> : undefined;

type On<L extends Label> = (typeof actions)[L]["on"];

export interface CallOptions<L extends Label> {
  params?: PathParams<On<L>>;
  query?: Query;
  body?: Body<L>;
  /** The ETag of what the person sees: the call is refused (412) when it has changed since. */
  etag?: string | null;
  /** Words for the signing card: the name of what it is done to, and what it touches. */
  about?: About;
  headers?: Record<string, string>;
  /** Everything is checked but the proof, and nothing is done: throws what the act itself would be refused with. */
  dryRun?: boolean;
  signal?: AbortSignal;
}

export interface Answered<L extends Label> {
  body: Answer<L>;
  etag: string | null;
  requestId: string | null;
}

/** @throws ApiProblem; Cancelled when the person put the key away. */
export async function call<L extends Label>(label: L, options: CallOptions<L> = {}): Promise<Answer<L>> {
  return (await request(label, options)).body;
}

/** Like `call`, with the answer's ETag: what a later write sends back as `etag`. */
export async function request<L extends Label>(label: L, options: CallOptions<L> = {}): Promise<Answered<L>> {
  const response = isWrite(label)
    ? await write(label, options)
    : await send({ method: "GET", path: addressOf(label, options), headers: options.headers, signal: options.signal });
  return { body: await bodyOf<Answer<L>>(response), etag: response.headers.get("etag"), requestId: response.headers.get("ITCare-Request-Id") };
}

export function addressOf<L extends Label>(label: L, { params, query }: Pick<CallOptions<L>, "params" | "query"> = {}): string {
  return `/itcare${fillPattern(pathOf(label), params)}${queryText(query)}`;
}

/** One write, under one idempotency key however often it is sent: without proof first, then once with it. */
async function write<L extends Label>(label: L, options: CallOptions<L>): Promise<Response> {
  const headers: Record<string, string> = { ...options.headers, "Idempotency-Key": crypto.randomUUID() };
  if (options.etag) headers["If-Match"] = options.etag;
  if (options.dryRun) headers["ITCare-DryRun"] = "true";
  const body = bodyFor(label, options.body);
  const once = (proof?: string) =>
    send({
      method: methodOf(label),
      path: addressOf(label, options),
      body,
      headers: proof ? { ...headers, "ITCare-Proof": proof } : headers,
      signal: options.signal,
    });

  for (;;) {
    try {
      return await once();
    } catch (error) {
      const { code, challenge, warnings } = asProblem(error);
      if (!challenge || (code !== "signature_required" && code !== "step_up_required")) throw error;
      const asked = { label, params: options.params, query: options.query, etag: options.etag, body };
      const signed = await signing.ask(asked, challenge, { ...options.about, warnings }, targetIn(label, options.params));
      if (signed === "expired") continue;
      return await signing.finish(() => once(toBase64Url(new TextEncoder().encode(JSON.stringify(signed)))));
    }
  }
}

/** The body as it is sent: with the `operation` that tells PATCH rows apart. */
export function bodyFor(label: Label, body: unknown): unknown {
  const { operation } = rowOf(label);
  return operation ? { operation, ...(body as object | undefined) } : body;
}

/** What is decided about stands in the path by its id. */
const named: readonly TargetKind[] = ["resource", "action", "service", "member", "request", "own-cloud", "customer"];

/** The id of what the path names: the first of its parameters, where that is the row's target. */
function targetIn(label: Label, params: Readonly<Record<string, string | number>> = {}): number | null {
  const name = /:([a-z]+)/i.exec(pathOf(label))?.[1];
  const { target } = rowOf(label);
  return name && named.includes(target) ? Number(params[name]) : null;
}
