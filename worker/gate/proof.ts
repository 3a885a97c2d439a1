/**
 * The proof of an act: asking for it (401 with a challenge, after RFC 9470) and taking it. What is signed is the hash of the canonical operation;
 * taking a proof recomputes that operation from the request as it came and compares.
 */
import { sql } from "drizzle-orm";
import { isPrivilegedAct, type Label } from "../contract/actions.ts";
import type { Actor, PersonActor, Target } from "../contract/actor.ts";
import { STEP_UP_LASTS, type Refusal } from "../contract/decide.ts";
import { canonicalText, fromBase64Url, hashText, randomToken, SIGNATURE_LASTS, type CanonicalOperation, type Json } from "../contract/operation.ts";
import type { GivenProof } from "../contract/permit.ts";
import { prepare, readFirst } from "../../db/statement.ts";
import type { Env } from "../env.ts";
import type { Warnings } from "../handlers/warnings.ts";
import { requestOptions } from "../identity/security-keys/request-options.ts";
import { verifyAssertion } from "../identity/security-keys/verify-assertion.ts";
import { askPlace, placeDatabase, type Place } from "../routing/places.ts";
import { staleRevision } from "./precondition.ts";
import { Problem } from "./problem.ts";

/** What a proof is about: everything of the operation that the request itself says. */
export interface Intent {
  label: Label;
  actor: PersonActor;
  target: Target;
  parameters: Json;
}

interface ChallengeRow {
  hash: string;
  nonce: string;
  revision: number | null;
  expires: number;
}

/** The 401 that hands out a challenge, and tells what should be known before. The challenge waits in the database in which the act will commit. */
export async function askForProof(
  refusal: Refusal,
  intent: Intent,
  place: Place,
  env: Env,
  now: number,
  warnings: Warnings | null,
): Promise<Problem> {
  const row = { nonce: randomToken(), revision: revisionOf(intent.target), expires: now + SIGNATURE_LASTS };
  const operation = canonicalText(canonicalOperation(intent, row));
  const hash = await hashText(operation);
  const insertion = sql`INSERT INTO challenge (hash, purpose, actor_id, session, nonce, revision, expires)
      VALUES (${hash}, ${intent.label}, ${intent.actor.id}, ${intent.actor.session}, ${row.nonce}, ${row.revision}, ${row.expires})`;
  await askPlace(place, () => prepare(placeDatabase(env, place), insertion).run());
  return new Problem(refusal.code, {
    detail: refusal.reason,
    change: refusal.change,
    missing: refusal.missing && [refusal.missing],
    headers: {
      "www-authenticate": `Bearer error="insufficient_user_authentication", error_description="${refusal.reason}", acr_values="${refusal.proof}", max_age=${STEP_UP_LASTS / 1000}`,
    },
    members: {
      ...(warnings && { warnings }),
      proof: refusal.proof,
      challenge: { operation, hash, expires: new Date(row.expires).toISOString(), options: await requestOptions(env, intent.actor.id, hash) },
    },
  });
}

/**
 * The proof in the `ITCare-Proof` header, verified but not yet spent; null when none came.
 * @throws Problem("proof_invalid" | "proof_rejected" | "revision_stale")
 */
export async function takeProof(header: string | undefined, intent: Intent, place: Place, env: Env, now: number): Promise<GivenProof | null> {
  if (!header) return null;
  const response = readHeader(header);
  const hash = challengeIn(response);
  const open = sql`SELECT hash, nonce, revision, expires FROM challenge
      WHERE hash = ${hash} AND purpose = ${intent.label} AND actor_id = ${intent.actor.id} AND session = ${intent.actor.session}`;
  const row = await askPlace(place, () => readFirst<ChallengeRow>(placeDatabase(env, place), open));
  if (!row || row.expires <= now) throw rejected("The challenge is not, or no longer, open for this act in this session.");
  const operation = canonicalText(canonicalOperation(intent, row));
  if ((await hashText(operation)) !== row.hash)
    throw rejected("What was signed is not what was asked: the request differs from the signed operation.");
  if (row.revision !== revisionOf(intent.target)) throw staleRevision(revisionOf(intent.target) ?? 0);
  const { evidence } = await verifyAssertion({
    response,
    expectedChallenge: row.hash,
    personId: intent.actor.id,
    session: intent.actor.session,
    env,
    now,
  });
  return { kind: "signature", challenge: row.hash, evidence: { ...evidence, operation } };
}

/** What an allowed act rests on when nothing was signed: the key's use in the session, a token that was got with a key, or an exception. */
export function proofWithoutSignature(label: Label, actor: Actor): GivenProof {
  const unsigned = { challenge: null, evidence: null };
  if (!isPrivilegedAct(label)) return { kind: "none", ...unsigned };
  if (actor.kind === "person" || actor.authenticatedBy === "key") return { kind: "session", ...unsigned };
  const { givenBy, ends } = actor.exception!;
  return { kind: "none", ...unsigned, exception: { givenBy, ends: new Date(ends).toISOString() } };
}

function canonicalOperation(
  { label, actor, target, parameters }: Intent,
  row: { nonce: string; revision: number | null; expires: number },
): CanonicalOperation {
  return {
    version: 1,
    label,
    target: { kind: target.kind, id: "id" in target ? target.id : 0, revision: row.revision },
    parameters,
    actor: { kind: actor.kind, id: actor.id },
    session: actor.session,
    nonce: row.nonce,
    expires: new Date(row.expires).toISOString(),
  };
}

function revisionOf(target: Target): number | null {
  return "revision" in target ? target.revision : null;
}

function rejected(detail: string): Problem {
  return new Problem("proof_rejected", { detail, change: "Repeat the request without a proof to get a new challenge." });
}

function readHeader(header: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(fromBase64Url(header)));
  } catch {
    throw new Problem("proof_invalid", { field: "ITCare-Proof", detail: "ITCare-Proof is the base64url of the assertion in JSON." });
  }
}

/** The challenge that the client data names; whether it was really signed is verified later. */
function challengeIn(response: unknown): string {
  try {
    const { clientDataJSON } = (response as { response: { clientDataJSON: string } }).response;
    const { challenge } = JSON.parse(new TextDecoder().decode(fromBase64Url(clientDataJSON))) as { challenge: unknown };
    if (typeof challenge === "string") return challenge;
  } catch {
    // The answer is the same for whatever cannot be read.
  }
  throw new Problem("proof_invalid", { field: "ITCare-Proof", detail: "The assertion's client data cannot be read." });
}
