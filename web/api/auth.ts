/** Sign-in and activation: the second short list of endpoints, under /auth. */
import type { PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON } from "@simplewebauthn/browser";
import { bodyOf, send } from "./http.ts";

export interface PasswordPolicy {
  minLength: number;
  maxLength: number;
}

export interface ActivationOptions {
  person: { name: string; email: string };
  passwordPolicy: PasswordPolicy;
  /** What the browser needs to make a key; null when none is needed. */
  options: PublicKeyCredentialCreationOptionsJSON | null;
  /** True when the person's profiles have no effect without a security key. */
  needsKey: boolean;
}

export interface Activation {
  token: string;
  password: string;
  keyName?: string;
  credential?: RegistrationResponseJSON;
}

const post = (path: string, body: unknown) => send({ method: "POST", path, body });

export async function signIn(email: string, password: string): Promise<void> {
  await post("/auth/session", { email, password });
}

export async function signOut(): Promise<void> {
  await send({ method: "DELETE", path: "/auth/session" });
}

export async function activationOptions(token: string): Promise<ActivationOptions> {
  return bodyOf(await post("/auth/activation/options", { token }));
}

export async function activate(activation: Activation): Promise<void> {
  await post("/auth/activation", activation);
}
