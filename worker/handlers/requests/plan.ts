/** What must be true before anybody signs a request, or its acceptance. */
import { isCloudName, listClouds, type OwnedCloud } from "../../../db/directory/read/clouds.ts";
import { isOrganizationName } from "../../../db/directory/read/organizations.ts";
import { isAskedFor, organizationOfAddress, readRequest, type RequestRow } from "../../../db/directory/read/requests.ts";
import type { Actor, OrganizationTarget, RequestTarget } from "../../contract/actor.ts";
import type { Json } from "../../contract/operation.ts";
import { aboutOf, nameOf, signedOf, type Wanted, type WantedProfile } from "../../contract/requests.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import type { Env } from "../../env.ts";
import { Problem } from "../../gate/problem.ts";

export interface PlannedRequest {
  wanted: Wanted;
  /** Of the Clouds that it names. */
  cloudNames: Readonly<Record<string, string>>;
  signed: Json;
}

/**
 * That somebody of another organization has the address is nobody's business here: whoever decides finds out, and says no more than that it is taken.
 * @throws Problem("name_taken" | "invalid_field_value")
 */
export async function planRequest(
  actor: Actor,
  _target: OrganizationTarget,
  body: Inputs["request-account"]["body"],
  env: Env,
): Promise<PlannedRequest> {
  const { organizationId, organizationName } = actor;
  if (body.kind === "cloud") {
    if (await isCloudName(env.DIRECTORY, organizationId, body.name)) throw cloudTaken("name", body.name);
    return askable(env, organizationId, { kind: body.kind, name: body.name }, body.reason);
  }
  const { name, email, locale, reason } = body;
  const person = { name, email, locale };
  if ((await organizationOfAddress(env.DIRECTORY, person.email)) === organizationId) {
    throw new Problem("name_taken", {
      field: "email",
      detail: `Somebody of ${organizationName} has an account with this address.`,
      change: "Change that person's profiles, or give another address.",
    });
  }
  const clouds = await listClouds(env.DIRECTORY, organizationId);
  const profiles = profilesOn(clouds, body.profiles);
  const names = Object.fromEntries(clouds.map(({ id, name }) => [id, name]));
  return askable(env, organizationId, { kind: body.kind, person, profiles }, reason, names);
}

/** @throws Problem("name_taken") */
export async function planOrganization(
  actor: Actor,
  _target: OrganizationTarget,
  { name, cloud, representative, reason }: Inputs["request-organization"]["body"],
  env: Env,
): Promise<PlannedRequest> {
  const wanted: Wanted = { kind: "organization", name, cloud, representative };
  await requireFree(env, actor.organizationId, wanted);
  return askable(env, actor.organizationId, wanted, reason);
}

async function askable(
  env: Env,
  organizationId: number,
  wanted: Wanted,
  reason: string,
  cloudNames: Record<string, string> = {},
): Promise<PlannedRequest> {
  if (await isAskedFor(env.DIRECTORY, organizationId, wanted.kind, aboutOf(wanted))) throw askedAlready(wanted);
  return { wanted, cloudNames, signed: { ...(await signedOf(wanted)), reason } };
}

export function askedAlready(wanted: Wanted): Problem {
  return new Problem("name_taken", {
    field: wanted.kind === "person" ? "email" : "name",
    detail: `${nameOf(wanted)} has been asked for already.`,
    change: "Wait for the decision, or withdraw that request.",
  });
}

/** @throws Problem("invalid_field_value") for a Cloud that is not the organization's, or an end that is past */
function profilesOn(
  clouds: readonly OwnedCloud[],
  asked: Extract<Inputs["request-account"]["body"], { kind: "person" }>["profiles"],
): WantedProfile[] {
  return asked.map(({ cloudId, profile, endsAt }, index) => {
    if (!clouds.some(({ id, state }) => id === cloudId && state !== "ended"))
      throw wrong(`profiles.${index}.cloudId`, "Your organization has no such Cloud.");
    const ends = endsAt === undefined ? null : Date.parse(endsAt);
    if (ends !== null && ends <= Date.now()) throw wrong(`profiles.${index}.endsAt`, "It would have ended already.");
    return { cloudId, profile, ends };
  });
}

function wrong(field: string, detail: string): Problem {
  return new Problem("invalid_field_value", { field, detail });
}

export interface PlannedAcceptance {
  request: RequestRow;
  signed: Json;
}

/** @throws Problem("name_taken" | "not_found") */
export async function planAcceptance(_actor: Actor, { id }: RequestTarget, _body: unknown, env: Env): Promise<PlannedAcceptance> {
  const request = await readRequest(env.DIRECTORY, id);
  if (!request) throw new Problem("not_found", { detail: "It is no longer there." });
  await requireFree(env, request.organizationId, request.wanted);
  return { request, signed: { accepted: await signedOf(request.wanted) } };
}

/** For Service Delivery, which may know that an address is taken; by whom, the answer does not say. @throws Problem("name_taken") */
async function requireFree(env: Env, organizationId: number, wanted: Wanted): Promise<void> {
  if (wanted.kind === "cloud") {
    if (await isCloudName(env.DIRECTORY, organizationId, wanted.name)) throw cloudTaken("name", wanted.name);
    return;
  }
  if (wanted.kind === "organization" && (await isOrganizationName(env.DIRECTORY, wanted.name))) throw organizationTaken(wanted.name);
  const { email } = wanted.kind === "person" ? wanted.person : wanted.representative;
  if ((await organizationOfAddress(env.DIRECTORY, email)) !== null) throw addressTaken();
}

export function addressTaken(): Problem {
  return new Problem("name_taken", {
    field: "email",
    detail: "An account with this address exists already.",
    change: "The person needs another address: refuse the request and say so.",
  });
}

export function cloudTaken(field: string, name: string): Problem {
  return new Problem("name_taken", { field, detail: `The organization has a Cloud called '${name}' already.`, change: "Choose another name." });
}

export function organizationTaken(name: string): Problem {
  return new Problem("name_taken", { field: "name", detail: `There is an organization called '${name}' already.`, change: "Choose another name." });
}
