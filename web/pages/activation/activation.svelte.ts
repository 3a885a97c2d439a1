/** The way from the one-time link to a signed-in person: password, key, one request that does both. */
import type { RegistrationResponseJSON } from "@simplewebauthn/browser";
import { activate, activationOptions, type ActivationOptions } from "../../api/auth.ts";
import { makeKey, type KeyTrouble } from "../../api/enrol.ts";
import { asProblem, type ApiProblem } from "../../api/problem.ts";
import { session } from "../../state/session.svelte.ts";
import { isAcceptable, passwordFacts } from "./password-rules.ts";

/** Options are asked for anew when they are older: their challenge lives five minutes. */
const OPTIONS_LAST = 3 * 60_000;

class Activation {
  state = $state<"reading" | "password" | "key" | "done" | "no-token" | "spent" | "failed">("reading");
  invitation = $state.raw<ActivationOptions | null>(null);
  password = $state("");
  keyName = $state("");
  /** What is under way: the browser asks for the key, or the request is being sent. */
  working = $state<"key" | "send" | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  keyTrouble = $state<KeyTrouble | null>(null);

  readonly facts = $derived(
    passwordFacts(this.password, {
      minLength: this.invitation?.passwordPolicy.minLength ?? 15,
      maxLength: this.invitation?.passwordPolicy.maxLength ?? 128,
      known: ["ITCare", this.invitation?.person.name ?? "", this.invitation?.person.email ?? "", this.invitation?.person.organizationName ?? ""],
    }),
  );
  readonly acceptable = $derived(isAcceptable(this.facts));

  /** In memory only: never stored, no longer in the address. */
  #token = "";
  #optionsAt = 0;

  async begin(token: string): Promise<void> {
    this.#token = token;
    this.problem = null;
    if (!token) return void (this.state = "no-token");
    this.state = "reading";
    try {
      await this.#readOptions();
      this.state = "password";
    } catch (error) {
      this.#fail(error, "failed");
    }
  }

  again = (): Promise<void> => this.begin(this.#token);

  toKey(): void {
    this.problem = null;
    if (this.acceptable) this.state = "key";
  }

  toPassword(): void {
    this.problem = null;
    this.keyTrouble = null;
    this.state = "password";
  }

  /** The one button: the key first, then the request that sets the password, enrols the key and signs in. */
  async enrol(defaultName: string): Promise<void> {
    if (this.working) return;
    this.problem = null;
    this.keyTrouble = null;
    this.working = "key";
    try {
      if (Date.now() - this.#optionsAt > OPTIONS_LAST) await this.#readOptions();
      const credential = await this.#askForKey();
      if (credential) await this.#send({ keyName: this.keyName.trim() || defaultName, credential });
    } catch (error) {
      this.#fail(error, "key");
    } finally {
      this.working = null;
    }
  }

  /** For those whose profile asks for no key. */
  async withoutKey(): Promise<void> {
    if (this.working || !this.acceptable) return;
    this.problem = null;
    try {
      await this.#send({});
    } catch (error) {
      this.#fail(error, this.state);
    } finally {
      this.working = null;
    }
  }

  async #askForKey(): Promise<RegistrationResponseJSON | null> {
    const made = await makeKey(this.invitation!.options);
    if (typeof made !== "string") return made;
    this.keyTrouble = made;
    return null;
  }

  async #send(key: { keyName?: string; credential?: RegistrationResponseJSON }): Promise<void> {
    this.working = "send";
    // Whatever the answer, the challenge may have been spent.
    this.#optionsAt = 0;
    session.begin(await activate({ token: this.#token, password: this.password, ...key }));
    this.#token = "";
    this.password = "";
    this.state = "done";
  }

  async #readOptions(): Promise<void> {
    this.invitation = await activationOptions(this.#token);
    this.#optionsAt = Date.now();
  }

  #fail(error: unknown, otherwise: Activation["state"]): void {
    const problem = asProblem(error);
    this.problem = problem;
    this.state = problem.code === "activation_spent" ? "spent" : problem.code === "password_unacceptable" ? "password" : otherwise;
  }
}

export const newActivation = (): Activation => new Activation();
