/**
 * The one gate. Every request meets it in this order: who → what → may they → understood → as they saw it → asked before → does the state permit →
 * with which proof → permit. Whatever fails answers with a problem that says what would change it, and changes nothing.
 */
import { isPrivilegedAct, isWrite, notOffered, pending, rowOf, type HandledLabel, type Label } from "../contract/actions.ts";
import type { Actor, Target } from "../contract/actor.ts";
import { decideProof, decideRight, decideState, type Refusal } from "../contract/decide.ts";
import type { Json } from "../contract/operation.ts";
import type { GivenProof } from "../contract/permit.ts";
import type { ProblemCode } from "../contract/problems.ts";
import { sessionOf } from "../../db/act.ts";
import { AlreadyThere } from "../../db/commit.ts";
import { handlers } from "../handlers/index.ts";
import { prepare } from "../handlers/preparations.ts";
import { warningsOf, type Warnings } from "../handlers/warnings.ts";
import { noteUse } from "../identity/account-use.ts";
import { identifyActor } from "../identity/actor.ts";
import { requireSameOrigin } from "../identity/same-origin.ts";
import { requireNoPause, requirePace } from "../pace/pace.ts";
import { isBeingRestored } from "../restoration/held.ts";
import { askPlace, placeDatabase, placeOfId, type Place } from "../routing/places.ts";
import { beingReconciled } from "../routing/regions.ts";
import { readActionTarget } from "../routing/targets.ts";
import { readBody, type Body } from "./body.ts";
import type { Context, Handler, Idempotency } from "./context.ts";
import { explained, problemOf } from "./explained.ts";
import { readIdempotency, replay } from "./idempotency.ts";
import { mintPermit } from "./permit.ts";
import { requireMatch } from "./precondition.ts";
import { Problem } from "./problem.ts";
import { askForProof, proofWithoutSignature, takeProof, type Intent } from "./proof.ts";
import { askForSignature, takeRequestSignature } from "./request-signature.ts";
import { recordRefused } from "./refused.ts";
import { parametersOf } from "./parameters.ts";
import { loadTarget, namedTarget, placeOfAct } from "./target.ts";
import { understandBody, understandQuery } from "./understand.ts";

/** One request that has matched a path of the table. */
export interface Asked {
  /** The rows that share the method and the path. */
  labels: readonly Label[];
  params: Record<string, string>;
  requestId: string;
  now: number;
}

/** @throws Problem for everything that is refused */
export async function passGate(asked: Asked, context: Context): Promise<Response> {
  const { request, env } = context;
  const actor = await identify(asked, context);
  const body = await readBody(request);
  const label = chooseLabel(asked.labels, body.value);
  const target = actor ? await loadTarget(label, actor, asked.params, body.value, env) : null;
  const named = namedTarget(label, asked.params, body.value);
  const refused: Refused = async (refusal, dryRun = false) => {
    const { requestId, now } = asked;
    const whole = await explained(refusal, { label, actor, target, dryRun, now }, env);
    return recordRefused(env, { label, actor, target, named, requestId, now }, whole);
  };

  const right = decideRight(label, actor, target);
  if (!right.allow) {
    const first =
      right.code === "not_found" && named && isWrite(label) ? await replayOfGone(label, actor!, named.id, body, asked.now, context) : null;
    if (first) return first;
    throw await refused(right, request.headers.get("itcare-dryrun")?.trim().toLowerCase() === "true");
  }
  if (!isHandled(label)) throw notHere(label);

  const request_ = { label, actor, target: target ?? ({ kind: "none" } as const), body, ...asked };
  return isWrite(label) ? passWrite(request_, context, refused) : passRead(request_, context);
}

interface Allowed extends Asked {
  label: HandledLabel;
  actor: Actor | null;
  target: Target;
  body: Body;
}

type Refused = (refusal: Refusal, dryRun?: boolean) => Promise<Problem>;

const noProof: GivenProof = { kind: "none", challenge: null, evidence: null };

async function passRead(allowed: Allowed, context: Context): Promise<Response> {
  const query = understandQuery(allowed.label, new URL(context.request.url).searchParams);
  return handle(allowed, { query }, noProof, false, context);
}

async function passWrite(allowed: Allowed, context: Context, refused: Refused): Promise<Response> {
  const { label, target, now } = allowed;
  const { request, env } = context;
  const actor = allowed.actor!;
  understandQuery(label, new URL(request.url).searchParams);
  const body = understandBody(label, allowed.body.value);
  const dryRun = isDryRun(request);
  const place = placeOfAct(target, allowed.params, body);

  const idempotency = dryRun ? null : await readIdempotency(request, actor, allowed.body.text);
  const firstAnswer = async () => (idempotency && place ? askPlace(place, () => replay(placeDatabase(env, place), idempotency, now)) : null);
  const replayed = await firstAnswer();
  if (replayed) return replayed;

  try {
    requireMatch(request.headers.get("if-match") ?? undefined, target);
    const state = decideState(label, target);
    if (!state.allow) throw problemOf(await explained(state, { label, actor, target, dryRun, now }, env));
    const prepared = await telling(["zone_reserved", "domain_reserved", "profile_too_low", "mfa_not_configured"], refused, () =>
      prepare(label, actor, target, body, env, allowed.params),
    );
    if (place && place !== "DIRECTORY" && isBeingRestored(env, place)) throw beingReconciled(place);
    const warn = () => warningsOf(label, target, body, env);
    const proof = dryRun
      ? noProof
      : await requireProof(
          { label, actor, target, body: allowed.body, parameters: parametersOf(body, allowed.params, prepared), place, now, warn },
          context,
          refused,
        );
    const warnings = dryRun ? await warn() : null;
    return await handle(allowed, { body, prepared, idempotency, warnings, ...saidBeside(body) }, proof, dryRun, context);
  } catch (error) {
    // The same request may have been under way at the same moment, and been faster: what it left behind is in the way of this one.
    const answered = mayBeOvertaken(error) ? await firstAnswer() : null;
    if (answered) return answered;
    throw error;
  }
}

/** What a request finds that its own twin has just carried out. */
const overtaken: readonly ProblemCode[] = [
  "state_forbids",
  "operation_in_progress",
  "revision_stale",
  "name_taken",
  "already_started",
  "not_found",
  "proof_rejected",
];

function mayBeOvertaken(error: unknown): boolean {
  return error instanceof AlreadyThere || (error instanceof Problem && overtaken.includes(error.code));
}

/** What is deleted is not found any more, and yet the same deletion asked again gets its first answer: the right is decided by the act that it was. */
async function replayOfGone(label: Label, actor: Actor, id: number, body: Body, now: number, { request, env }: Context): Promise<Response | null> {
  const place = placeOfId(id);
  const idempotency = place && !isDryRun(request) ? await readIdempotency(request, actor, body.text) : null;
  if (!place || !idempotency) return null;
  return askPlace(place, async () => {
    const first = await replay(placeDatabase(env, place), idempotency, now);
    const action = first && (await readActionTarget(env, (await first.clone().json<{ id: number }>()).id));
    return decideRight(label, actor, action).allow ? first : null;
  });
}

/** @throws Problem("invalid_field_value") for anything else: what may have been meant as a dry run is not done for real */
function isDryRun(request: Request): boolean {
  const asked = request.headers.get("itcare-dryrun")?.trim().toLowerCase() ?? "false";
  if (asked === "true" || asked === "false") return asked === "true";
  throw new Problem("invalid_field_value", { field: "ITCare-DryRun", detail: "ITCare-DryRun is true or false." });
}

/** What is refused on the way, and not by the decision, is recorded all the same. */
async function telling<Result>(codes: readonly ProblemCode[], refused: Refused, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem && codes.includes(error.code))
      await refused({ allow: false, code: error.code, reason: error.message, change: error.details.change });
    throw error;
  }
}

/** The proof that the act asks for, verified; the commit spends it. @throws Problem: 401 with a challenge for a person who can mend it */
async function requireProof(
  {
    label,
    actor,
    target,
    body,
    parameters,
    place,
    now,
    warn,
  }: {
    label: Label;
    actor: Actor;
    target: Target;
    body: Body;
    parameters: Json;
    place: Place | null;
    now: number;
    warn: () => Promise<Warnings | null>;
  },
  { env, request }: Context,
  refused: Refused,
): Promise<GivenProof> {
  const intent: Intent | null = actor.kind === "person" ? { label, actor, target, parameters } : null;
  const header = request.headers.get("itcare-proof") ?? undefined;
  let given: GivenProof | null = null;
  if (place && isPrivilegedAct(label)) {
    given = await telling(["proof_rejected"], refused, async () =>
      actor.kind === "person"
        ? takeProof(header, { label, actor, target, parameters }, place, env, now)
        : takeRequestSignature({ request, body: body.text, label, actor }, place, env, now),
    );
  }
  const decision = decideProof(label, actor, target, { signature: given !== null }, now);
  if (decision.allow) return given ?? proofWithoutSignature(label, actor);
  if (!decision.proof || !place) throw await refused(decision);
  if (!intent) throw askForSignature(decision, { body: body.text });
  throw await askForProof(decision, intent, place, env, now, await warn());
}

/** What the row's shapes made of the request. Their types are the row's own, and known again where the handler takes them. */
interface Understood {
  query?: unknown;
  body?: unknown;
  prepared?: unknown;
  warnings?: Warnings | null;
  changeReference?: string | null;
  deadline?: number;
  idempotency?: Idempotency | null;
}

async function handle(allowed: Allowed, { deadline, ...parts }: Understood, proof: GivenProof, dryRun: boolean, context: Context): Promise<Response> {
  const { label, actor, target, requestId, now, params } = allowed;
  const permit = mintPermit({ label, actor: actor as Actor, target: target as never, proof, requestId, dryRun, now, deadline });
  const input = { params, query: {}, body: undefined, prepared: undefined, warnings: null, changeReference: null, idempotency: null, ...parts };
  const run = handlers[label] as Handler<Label>;
  const response = await run(permit as never, input as never, context);
  if (actor?.kind === "api-account" && !dryRun && response.ok) noteUse(actor, label, target, now, context);
  if (!dryRun) return response;
  const echoed = new Response(response.body, response);
  echoed.headers.set("itcare-dryrun", "true");
  return echoed;
}

/** Rows that anyone may ask do not look at credentials; a browser's write must come from our own pages. Whoever is somebody is counted. */
async function identify({ labels, requestId, now }: Asked, context: Context): Promise<Actor | null> {
  const [label] = labels as [Label];
  const { request, env } = context;
  if (rowOf(label).who === "anyone") return null;
  const kind = isWrite(label) ? "writes" : "reads";
  requireNoPause(request, kind, context, now);
  const actor = await identifyActor(request, env, now);
  if (!actor) throw refuse({ allow: false, code: "unauthenticated", reason: "Nobody is signed in.", change: "Sign in, or send a bearer token." });
  const { id, name, organizationId } = actor;
  const limits = [{ name: `account-${kind}`, of: id } as const, { name: `organization-${kind}`, of: organizationId } as const];
  const record = { label, actor: { kind: actor.kind, id, session: sessionOf(actor) }, name, requestId };
  requirePace(request, kind, { organizationId, limits }, context, now, record);
  if (actor.kind === "person" && isWrite(label)) requireSameOrigin(request, env);
  return actor;
}

/** Rows that share a PATCH path are told apart by the body's `operation`. */
function chooseLabel(labels: readonly Label[], body: unknown): Label {
  const [only] = labels;
  if (labels.length === 1 && !rowOf(only!).operation) return only!;
  const operation = body && typeof body === "object" ? (body as Record<string, unknown>)["operation"] : undefined;
  const label = labels.find((candidate) => rowOf(candidate).operation === operation);
  if (label) return label;
  const known = labels.map((candidate) => rowOf(candidate).operation).join(", ");
  throw new Problem("unknown_operation", { field: "operation", detail: `The operation is one of: ${known}.` });
}

function isHandled(label: Label): label is HandledLabel {
  return !(pending as readonly Label[]).includes(label) && !(notOffered as readonly Label[]).includes(label);
}

function notHere(label: Label): Problem {
  return (notOffered as readonly Label[]).includes(label)
    ? new Problem("not_offered", {
        detail: `${label}: this product is listed here, but it is created on request.`,
        change: "Make a request to the provider's Service Delivery.",
      })
    : new Problem("not_available_yet", { detail: `${label} is not available yet.` });
}

function refuse(refusal: Refusal): Problem {
  const headers: Record<string, string> = refusal.code === "unauthenticated" ? { "www-authenticate": 'Bearer realm="itcare"' } : {};
  return problemOf(refusal, headers);
}

/** What every act may say beside its own. */
function saidBeside(body: unknown): Pick<Understood, "changeReference" | "deadline"> {
  const { changeReference, deadline } = (body ?? {}) as { changeReference?: string; deadline?: number };
  return { changeReference: changeReference ?? null, ...(deadline !== undefined && { deadline: deadline * 1_000 }) };
}
