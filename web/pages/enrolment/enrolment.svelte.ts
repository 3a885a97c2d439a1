/** The way back after every key was lost: the link, the password, a new key, in one request. */
import { enrolAfterLoss, lostKeysOptions, type LostKeysOptions } from "../../api/auth.ts";
import { makeKey, type KeyTrouble } from "../../api/enrol.ts";
import { asProblem, type ApiProblem } from "../../api/problem.ts";
import { session } from "../../state/session.svelte.ts";

class Enrolment {
  state = $state<"reading" | "ask" | "done" | "no-token" | "spent" | "failed">("reading");
  found = $state.raw<LostKeysOptions | null>(null);
  password = $state("");
  keyName = $state("");
  /** What is under way: the browser asks for the key, or the request is being sent. */
  working = $state<"key" | "send" | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  keyTrouble = $state<KeyTrouble | null>(null);

  /** In memory only: never stored, no longer in the address. */
  #token = "";

  async begin(token: string): Promise<void> {
    this.#token = token;
    this.problem = null;
    if (!token) return void (this.state = "no-token");
    this.state = "reading";
    try {
      this.found = await lostKeysOptions(token);
      this.state = "ask";
    } catch (error) {
      this.#fail(error, "failed");
    }
  }

  again = (): Promise<void> => this.begin(this.#token);

  /** The one button: the key first, then the request that checks the password, replaces the keys and signs in. */
  async enrol(defaultName: string): Promise<void> {
    if (this.working || !this.password) return;
    this.problem = null;
    this.keyTrouble = null;
    this.working = "key";
    try {
      // Each try has a challenge of its own: the one before may be spent, or too old.
      const { options } = await lostKeysOptions(this.#token);
      const credential = await makeKey(options);
      if (typeof credential === "string") return void (this.keyTrouble = credential);
      this.working = "send";
      const keyName = this.keyName.trim() || defaultName;
      session.begin(await enrolAfterLoss({ token: this.#token, password: this.password, keyName, credential }));
      this.#token = "";
      this.password = "";
      this.state = "done";
    } catch (error) {
      this.#fail(error, "ask");
    } finally {
      this.working = null;
    }
  }

  #fail(error: unknown, otherwise: Enrolment["state"]): void {
    this.problem = asProblem(error);
    this.state = this.problem.code === "activation_spent" ? "spent" : otherwise;
  }
}

export const newEnrolment = (): Enrolment => new Enrolment();
