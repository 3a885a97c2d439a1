/**
 * The signing gesture: a card says what will be done, the person touches the key, the request is repeated with the signature, and the same card
 * is the receipt. What is shown is read from the very text whose hash the key signs; a hash that does not match its text is never signed.
 */
import { startAuthentication } from "@simplewebauthn/browser";
import type { AuthenticationResponseJSON } from "@simplewebauthn/browser";
import type { Label } from "../../worker/contract/actions.ts";
import type { LogEntry } from "../../worker/contract/log-entry.ts";
import { fingerprintWords } from "../../worker/contract/fingerprint.ts";
import { hashText, type CanonicalOperation } from "../../worker/contract/operation.ts";
import { ApiProblem, Cancelled, type Challenge } from "../api/problem.ts";
import type { EquivalentCall } from "./curl.ts";
import type { Warnings } from "./warnings.ts";

/** Words that the page knows and the operation does not: it holds ids only. */
export interface About {
  /** The name of what it is done to. */
  name?: string;
  /** Where it stands and what it touches, as pairs of term and value: `[["Cloud", "Asclepia Care"], ["Zone", "EB-HDS-A"]]`. */
  facts?: readonly (readonly [term: string, value: string])[];
  /** What follows from it, as a sentence. */
  effect?: string;
  /** What the API tells beside the challenge. */
  warnings?: Warnings;
}

export type SignOutcome = AuthenticationResponseJSON | "expired";

/** `ask`: waiting for the person. `key`: the browser asks for the key. `send`: signed, on its way. `done`: accepted. */
export type SignPhase = "ask" | "key" | "send" | "done";

export interface SignRequest {
  label: Label;
  /** The call that is signed, for whoever wants to repeat it by hand. */
  call: EquivalentCall;
  operation: CanonicalOperation;
  text: string;
  fingerprint: readonly string[];
  about: About;
}

export interface Receipt {
  /** The id of the action that was accepted, where the answer names one. */
  actionId: number | null;
  /** Its place in the organization's log, once the log has told it. */
  place: number | null;
}

interface Settle {
  resolve(outcome: SignOutcome): void;
  reject(error: Error): void;
}

class Signing {
  request = $state.raw<SignRequest | null>(null);
  phase = $state<SignPhase>("ask");
  /** True after the key was not used: put away, timed out, or not one of the person's. */
  unused = $state(false);
  receipt = $state.raw<Receipt | null>(null);

  #challenge: Challenge | null = null;
  /** The log may be quicker than the answer. */
  #place: number | null = null;
  #settle: Settle | null = null;

  /**
   * Shows the card and waits for the key.
   * @param targetId what the request names in its path: the challenge must be about the same
   * @returns the assertion, or "expired" when the person came too late: ask the API for a new challenge then.
   * @throws Cancelled when the person puts it away; ApiProblem `proof_invalid` when the challenge is not what it says it is.
   */
  async ask(call: EquivalentCall, challenge: Challenge, about: About = {}, targetId: number | null = null): Promise<SignOutcome> {
    const { label } = call;
    const operation = await understood(label, challenge);
    if (targetId !== null && operation.target.id !== targetId) throw new ApiProblem("proof_invalid", 0);
    const fingerprint = fingerprintWords(challenge.hash);
    this.#settle?.reject(new Cancelled());
    this.#challenge = challenge;
    this.request = { label, call, operation, text: challenge.operation, fingerprint, about };
    this.phase = "ask";
    this.unused = false;
    this.receipt = null;
    this.#place = null;
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  /** The button "Sign with your key". */
  async touch(): Promise<void> {
    const { request } = this;
    const challenge = this.#challenge;
    if (!request || !challenge || this.phase !== "ask") return;
    if (Date.parse(request.operation.expires) <= Date.now()) {
      this.#end((settle) => settle.resolve("expired"));
      // The new challenge brings a new card; if none is needed any more, none is left standing.
      return this.close();
    }
    this.phase = "key";
    this.unused = false;
    try {
      const signed = await startAuthentication({ optionsJSON: challenge.options });
      if (this.request === request) this.#end((settle) => settle.resolve(signed));
    } catch {
      if (this.request !== request) return;
      this.phase = "ask";
      this.unused = true;
    }
  }

  cancel(): void {
    this.#end((settle) => settle.reject(new Cancelled()));
    this.close();
  }

  /** Sends what was signed and turns the card into its receipt; a refusal closes the card, the caller says why. */
  async finish(sendSigned: () => Promise<Response>): Promise<Response> {
    this.phase = "send";
    try {
      const response = await sendSigned();
      this.receipt = { actionId: await actionOf(response), place: this.#place };
      this.phase = "done";
      return response;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Every entry that the log pushes comes by; the one that holds this very operation is its place. */
  hear({ sequence, event }: LogEntry): void {
    if (event.kind !== "act-accepted" || !this.request || event.evidence?.kind !== "webauthn" || event.evidence.operation !== this.request.text)
      return;
    this.#place = sequence;
    if (this.receipt) this.receipt = { ...this.receipt, place: sequence };
  }

  close(): void {
    this.request = null;
    this.#challenge = null;
    this.phase = "ask";
  }

  #end(how: (settle: Settle) => void): void {
    const settle = this.#settle;
    this.#settle = null;
    if (settle) how(settle);
  }
}

/** The operation behind a challenge, after checking that its hash is what the key will receive and that it is what was asked for. */
async function understood(label: Label, challenge: Challenge): Promise<CanonicalOperation> {
  const operation = JSON.parse(challenge.operation) as CanonicalOperation;
  const sound =
    (await hashText(challenge.operation)) === challenge.hash && challenge.options.challenge === challenge.hash && operation.label === label;
  if (!sound) throw new ApiProblem("proof_invalid", 0);
  return operation;
}

async function actionOf(response: Response): Promise<number | null> {
  if (response.status !== 202) return null;
  const { id } = (await response.clone().json()) as { id?: unknown };
  return typeof id === "number" ? id : null;
}

export const signing = new Signing();
