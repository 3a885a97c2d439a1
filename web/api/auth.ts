/** Sign-in and activation: the second short list of endpoints, under /auth. */
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/browser";
import type { Me } from "../../worker/contract/shapes/account.ts";
import { bodyOf, send } from "./http.ts";

/** A console's session is a person's; programs have tokens. */
export type Person = Extract<Me, { kind: "person" }>;

export interface PasswordPolicy {
  minLength: number;
  maxLength: number;
}

export interface ActivationOptions {
  person: { name: string; email: string; organizationName: string };
  passwordPolicy: PasswordPolicy;
  /** What the browser needs to make a key. */
  options: PublicKeyCredentialCreationOptionsJSON;
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

/** @throws ApiProblem `sign_in_failed`, `too_many_attempts` */
export async function signIn(email: string, password: string, credential?: AuthenticationResponseJSON): Promise<Person> {
  return bodyOf(await post("/auth/session", { email, password, ...(credential && { credential }) }));
}

export async function signOut(): Promise<void> {
  await send({ method: "DELETE", path: "/auth/session" });
}

export async function activationOptions(token: string): Promise<ActivationOptions> {
  return bodyOf(await post("/auth/activation/options", { token }));
}

/** Sets the password, enrols the key and signs in, all or nothing. @throws ApiProblem `activation_spent`, `password_unacceptable`, `proof_rejected` */
export async function activate(activation: Activation): Promise<Person> {
  return bodyOf(await post("/auth/activation", activation));
}

export type LostKeysOptions = Pick<ActivationOptions, "person" | "options">;

/** @throws ApiProblem `activation_spent` */
export async function lostKeysOptions(token: string): Promise<LostKeysOptions> {
  return bodyOf(await post("/auth/enrolment/options", { token }));
}

/** Puts a new key in the place of all that were lost, and signs in. @throws ApiProblem `activation_spent`, `sign_in_failed`, `proof_rejected` */
export async function enrolAfterLoss(enrolment: Required<Activation>): Promise<Person> {
  return bodyOf(await post("/auth/enrolment", enrolment));
}

/** What the browser needs to make a further key for the person who is signed in. @throws ApiProblem `mfa_not_configured` */
export async function enrolmentOptions(): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { options } = await bodyOf<{ options: PublicKeyCredentialCreationOptionsJSON }>(await post("/auth/security-keys/options", undefined));
  return options;
}

/** Sends a link for a new password to whoever has the address. @throws ApiProblem `too_many_attempts` */
export async function askPasswordReset(email: string): Promise<void> {
  await post("/auth/password-reset", { email });
}

export interface Resetting {
  person: { name: string; email: string; organizationName: string };
  passwordPolicy: PasswordPolicy;
}

/** @throws ApiProblem `link_spent` */
export async function passwordResetOf(token: string): Promise<Resetting> {
  return bodyOf(await post("/auth/password-reset/options", { token }));
}

/** @throws ApiProblem `link_spent`, `password_unacceptable` */
export async function finishPasswordReset(token: string, password: string): Promise<void> {
  await post("/auth/password-reset/password", { token, password });
}

/** `options`: for whoever has security keys. */
export async function passwordChangeOptions(): Promise<{ passwordPolicy: PasswordPolicy; options: PublicKeyCredentialRequestOptionsJSON | null }> {
  return bodyOf(await post("/auth/password/options", undefined));
}

/** @throws ApiProblem `password_wrong`, `password_unacceptable`, `too_many_attempts`, `proof_rejected` */
export async function changePassword(change: { oldPassword: string; password: string; credential?: AuthenticationResponseJSON }): Promise<void> {
  await post("/auth/password", change);
}

/** For signing in although strangers' guesses have blocked the address. */
export async function keySignInOptions(email: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return (await bodyOf<{ options: PublicKeyCredentialRequestOptionsJSON }>(await post("/auth/session/options", { email }))).options;
}
