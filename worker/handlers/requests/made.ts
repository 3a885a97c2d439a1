/** What comes of a request that is accepted. */
import type { Write } from "../../../db/commit.ts";
import { nextOrganization } from "../../../db/directory/read/organizations.ts";
import type { RequestRow } from "../../../db/directory/read/requests.ts";
import { makeCloud } from "../../../db/directory/write/clouds.ts";
import { firstIds, makeOrganization } from "../../../db/directory/write/organizations.ts";
import { invitePerson } from "../../../db/directory/write/people.ts";
import { hashText, randomToken } from "../../contract/operation.ts";
import type { Permit } from "../../contract/permit.ts";
import type { Env } from "../../env.ts";
import { newId } from "../resources/direct.ts";
import { tellInvited } from "./mails.ts";

export interface Made {
  id: number;
  writes: readonly Write[];
  mails: readonly Write[];
  /** Whose log tells the acceptance: what is new begins its own. */
  organizationId: number;
}

export async function made(
  { wanted, organizationId, organizationName, askedBy, reason }: RequestRow,
  { now }: Permit<"accept-request">,
  env: Env,
): Promise<Made> {
  if (wanted.kind === "cloud") {
    const id = await newId(env, "DIRECTORY", organizationId);
    return { id, organizationId, writes: makeCloud({ id, organizationId, name: wanted.name }, now), mails: [] };
  }
  const token = randomToken();
  const tokenHash = await hashText(token);
  const asked = { grantedBy: askedBy, reason, tokenHash };
  if (wanted.kind === "person") {
    const id = await newId(env, "DIRECTORY", organizationId);
    const { person, profiles } = wanted;
    const writes = invitePerson({ id, organizationId, person, profiles, ...asked }, now);
    return { id, organizationId, writes, mails: tellInvited(id, token, organizationName, now) };
  }
  const id = await nextOrganization(env.DIRECTORY);
  const { name, cloud, representative } = wanted;
  const first = { person: representative, duty: "security-representative" } as const;
  const writes = makeOrganization({ id, name, kind: "customer", cloud, first, ...asked }, now);
  return { id, organizationId: id, writes, mails: tellInvited(firstIds(id).person, token, name, now) };
}
