/** What the acts on one's own security keys work out before anybody is asked to sign, and what they share. */
import { AlreadyThere, MustHitOne } from "../../../db/commit.ts";
import { listKeys, type KeyRow } from "../../../db/directory/read/security-keys.ts";
import { isOpen, type Challenge } from "../../../db/directory/write/challenges.ts";
import type { EnrolledKey } from "../../../db/directory/write/security-keys.ts";
import type { Actor, SelfTarget } from "../../contract/actor.ts";
import { parseId } from "../../contract/ids.ts";
import { toBase64Url, type Json } from "../../contract/operation.ts";
import type { Permit } from "../../contract/permit.ts";
import { isPrivileged } from "../../contract/roles.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import type { Env } from "../../env.ts";
import { lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { readClientData, rejected } from "../../identity/security-keys/ceremony.ts";
import { verifyEnrolment } from "../../identity/security-keys/verify-enrolment.ts";
import { isUnspent, spent } from "../resources/accepted.ts";

/** More than anybody carries; each is looked at by the browser at every signature. */
const MOST_KEYS = 10;

export interface NewKey {
  key: EnrolledKey;
  /** The enrolment's own challenge: the act's commit spends it. */
  ceremony: Challenge;
  signed: Json;
}

/** The enrolment, verified: what is signed is the new key itself, not the browser's answer. @throws Problem("state_forbids" | "proof_invalid" | "proof_rejected") */
export async function planNewKey(
  actor: Actor,
  target: SelfTarget,
  { name, credential }: Inputs["add-security-key"]["body"],
  env: Env,
): Promise<NewKey> {
  const keys = await listKeys(env.DIRECTORY, target.id);
  if (keys.filter(({ locked }) => locked === null).length >= MOST_KEYS) {
    throw new Problem("state_forbids", {
      detail: `You have ${MOST_KEYS} security keys, the most there can be.`,
      change: "Remove one that you no longer use.",
      missing: [lacksState(`${MOST_KEYS} keys`, [`${MOST_KEYS - 1} keys`], { kind: "act", label: "remove-security-key", id: null })],
    });
  }
  const ceremony: Challenge = {
    hash: readClientData(credential.response.clientDataJSON).challenge,
    purpose: "enrol",
    personId: target.id,
    session: actor.kind === "person" ? actor.session : "",
  };
  if (!(await isOpen(env.DIRECTORY, ceremony, Date.now()))) throw notOpen();
  const key = await verifyEnrolment({ response: credential, expectedChallenge: ceremony.hash, env });
  return { key, ceremony, signed: { name, credentialId: key.credentialId, publicKey: toBase64Url(key.publicKey), aaguid: key.aaguid } };
}

export interface OwnKey {
  key: KeyRow;
  signed: Json;
}

export async function planRename(
  _actor: Actor,
  target: SelfTarget,
  { options }: Inputs["rename-security-key"]["body"],
  env: Env,
  params: Record<string, string>,
): Promise<OwnKey> {
  const key = await requireKey(target, params, env);
  return { key, signed: { keyId: key.id, name: options.name } };
}

export interface Removal extends OwnKey {
  mayBeLast: boolean;
}

/** @throws Problem("not_found" | "state_forbids") */
export async function planRemoval(actor: Actor, target: SelfTarget, _body: undefined, env: Env, params: Record<string, string>): Promise<Removal> {
  const key = await requireKey(target, params, env);
  const mayBeLast = !needsKey(actor);
  if (!mayBeLast && key.locked === null && actor.kind === "person" && actor.securityKeys < 2) throw lastKey();
  return { key, mayBeLast, signed: { keyId: key.id, credentialId: key.credentialId, name: key.name } };
}

/** Somebody else's key, a removed one and none are answered alike. @throws Problem("not_found") */
async function requireKey({ id }: SelfTarget, params: Record<string, string>, env: Env): Promise<KeyRow> {
  const wanted = parseId(params["key"]!);
  const key = (await listKeys(env.DIRECTORY, id)).find((candidate) => candidate.id === wanted);
  if (!key) throw new Problem("not_found", { detail: "You have no such security key." });
  return key;
}

/** Whose profiles or duties have no effect without a key. */
function needsKey(actor: Actor): boolean {
  return actor.kind === "person" && (actor.duties.length > 0 || actor.grants.some(({ profile }) => isPrivileged(profile)));
}

export function lastKey(): Problem {
  return new Problem("state_forbids", {
    detail: "It is your last security key, and your profile has no effect without one.",
    change: "Add another security key first.",
    missing: [lacksState("1 key", ["2 keys"], { kind: "act", label: "add-security-key", id: null })],
  });
}

export function notOpen(): Problem {
  return rejected("The enrolment was not begun in this session, was finished before, or is too old.");
}

type OwnKeyLabel = "add-security-key" | "rename-security-key" | "remove-security-key";

/** Commits, and says truly why that failed. @param gone what it means that the act's own statements hit nothing */
export async function committing(
  permit: Permit<OwnKeyLabel>,
  env: Env,
  work: () => Promise<void>,
  gone: () => Problem | Promise<Problem>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    // W15, W19: whose it is, nobody is told.
    if (error instanceof AlreadyThere && error.index.includes("credential_id")) throw rejected("This security key is registered already.");
    if (!(error instanceof MustHitOne)) throw error;
    throw (await isUnspent(permit, env.DIRECTORY)) ? await gone() : spent();
  }
}
