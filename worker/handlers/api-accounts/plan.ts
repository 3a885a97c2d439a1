/** What is looked at before anybody signs for an API account: what must fail is refused first. */
import { readAccount, readGround, type ApiAccountRow, type CredentialRow } from "../../../db/directory/read/api-accounts.ts";
import type { Actor, MemberTarget, OrganizationTarget } from "../../contract/actor.ts";
import { parseId } from "../../contract/ids.ts";
import { MOST_CREDENTIALS } from "../../contract/shapes/api-accounts.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import type { Env } from "../../env.ts";
import { lacksState } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { credentialsIn } from "./view.ts";

type Clouds = Inputs["create-api-account"]["body"]["clouds"];

/** Names of the Clouds, for the log to have beside it. */
export interface CloudsPlan {
  names: Record<string, string>;
}

/** @throws Problem("invalid_field_value") for a Cloud that is not the organization's, whoever's else it is */
export async function planAccount(
  _actor: Actor,
  { id }: OrganizationTarget,
  { clouds }: Inputs["create-api-account"]["body"],
  env: Env,
): Promise<CloudsPlan> {
  return { names: await namesOf(env, id, clouds) };
}

export async function planAccountUpdate(
  _actor: Actor,
  target: MemberTarget,
  { options }: Inputs["update-api-account"]["body"],
  env: Env,
): Promise<CloudsPlan> {
  requireLiving(target);
  return { names: await namesOf(env, target.organizationId, options.clouds ?? []) };
}

async function namesOf(env: Env, organizationId: number, wanted: Clouds): Promise<Record<string, string>> {
  const { clouds } = await readGround(env.DIRECTORY, organizationId);
  const known = new Map(clouds.map(({ id, name }) => [id, name]));
  const index = wanted.findIndex(({ cloudId }) => !known.has(cloudId));
  if (index >= 0) throw new Problem("invalid_field_value", { field: `clouds.${index}.cloudId`, detail: "Your organization has no such Cloud." });
  return Object.fromEntries(wanted.map(({ cloudId }) => [String(cloudId), known.get(cloudId)!]));
}

export interface AccountPlan {
  account: ApiAccountRow;
}

/** @throws Problem("state_forbids" | "invalid_field_value") */
export const planCredential = (_actor: Actor, target: MemberTarget, { days }: Inputs["add-api-credential"]["body"], env: Env) =>
  planCredentials(target, days, 1, env);

/** @throws Problem("state_forbids" | "invalid_field_value") */
export const planKeys = (_actor: Actor, target: MemberTarget, { days, jwks }: Inputs["add-api-keys"]["body"], env: Env) =>
  planCredentials(target, days, jwks.keys.length, env);

async function planCredentials(target: MemberTarget, days: number, count: number, env: Env): Promise<AccountPlan> {
  requireLiving(target);
  const [account, { credentialDays }] = await Promise.all([read(target, env), readGround(env.DIRECTORY, target.organizationId)]);
  if (days > credentialDays) throw tooLong(credentialDays);
  const held = credentialsIn(account).length;
  if (held + count > MOST_CREDENTIALS) {
    throw new Problem("state_forbids", {
      detail: `${target.name} has ${held} credentials, and ${MOST_CREDENTIALS} are the most there can be.`,
      change: "Remove those that are no longer used.",
      missing: [
        lacksState(`${held} credentials`, [`${MOST_CREDENTIALS - count} credentials`], {
          kind: "act",
          label: "remove-api-credential",
          id: target.id,
        }),
      ],
    });
  }
  return { account };
}

export function tooLong(credentialDays: number): Problem {
  return new Problem("invalid_field_value", {
    field: "days",
    detail: `A credential of your organization is good for ${credentialDays} days at most.`,
    change: "Ask for fewer days, or raise the ceiling (change-credential-days).",
  });
}

export interface CredentialPlan extends AccountPlan {
  credential: CredentialRow;
}

/** @throws Problem("not_found") */
export async function planCredentialRemoval(
  _actor: Actor,
  target: MemberTarget,
  _body: undefined,
  env: Env,
  params: Record<string, string>,
): Promise<CredentialPlan> {
  const account = await read(target, env);
  const wanted = parseId(params["credential"]!);
  const credential = credentialsIn(account).find(({ id }) => id === wanted);
  if (!credential) throw new Problem("not_found", { detail: `${target.name} has no such credential.` });
  return { account, credential };
}

export async function planAccountStanding(_actor: Actor, target: MemberTarget, _body: unknown, env: Env): Promise<AccountPlan> {
  requireLiving(target);
  return { account: await read(target, env) };
}

/** What has ended stays ended. @throws Problem("state_forbids") */
function requireLiving({ name, state }: MemberTarget): void {
  if (state === "ended") throw new Problem("state_forbids", { detail: `${name} has ended.`, change: "Create another API account." });
}

const read = async ({ id }: MemberTarget, env: Env): Promise<ApiAccountRow> => (await readAccount(env.DIRECTORY, id, Date.now()))!;
