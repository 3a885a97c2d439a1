import { listPeople as read, profileRowsOf, type PersonRow } from "../../../db/directory/read/organization-people.ts";
import { dutiesOf } from "../../../db/directory/read/actors.ts";
import type { PersonItem } from "../../contract/shapes/people.ts";
import type { Handler } from "../../gate/context.ts";
import { effectOf, isoOrNull } from "./held.ts";

/** The people of the organization by name, each with their profiles: the page person × Cloud in one answer. */
export const listPeople: Handler<"list-people"> = async ({ actor, now }, { query }, { env }) => {
  const { page, size, search = null, ended } = query;
  const { people, clouds, total } = await read(env.DIRECTORY, {
    organizationId: actor.organizationId,
    search,
    ended,
    limit: size,
    offset: page * size,
  });
  return Response.json({ clouds, people: people.map((row) => itemOf(row, now)), total, page, size });
};

export function itemOf({ id, name, email, state, revision, created, grants, duties, securityKeys }: PersonRow, now: number): PersonItem {
  return {
    id,
    name,
    email,
    state,
    revision,
    since: new Date(created).toISOString(),
    duties: dutiesOf(duties),
    securityKeys,
    profiles: profileRowsOf(grants).map((row) => ({
      cloudId: row.cloudId,
      cloudName: row.cloudName,
      profile: row.profile,
      ends: isoOrNull(row.ends),
      effect: effectOf(row, securityKeys, now),
    })),
  };
}
