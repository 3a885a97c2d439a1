import { readPerson as read } from "../../../db/directory/read/organization-people.ts";
import { listProfiles } from "../../../db/directory/read/profiles.ts";
import { listKeys } from "../../../db/directory/read/security-keys.ts";
import type { WholePerson } from "../../contract/shapes/people.ts";
import type { Handler } from "../../gate/context.ts";
import { etagOf } from "../../gate/precondition.ts";
import { Problem } from "../../gate/problem.ts";
import { IDLE } from "../../identity/session.ts";
import { heldProfileOf, isoOrNull } from "./held.ts";
import { itemOf } from "./list.ts";

/** One person of the organization: profiles, duties, keys by name (never the keys themselves), how many sessions. */
export const readPerson: Handler<"read-person"> = async ({ target, now }, _input, { env }) => {
  const [row, profiles, keys] = await Promise.all([
    read(env.DIRECTORY, target.id, now, now - IDLE),
    listProfiles(env.DIRECTORY, target.id),
    listKeys(env.DIRECTORY, target.id),
  ]);
  if (!row) throw new Problem("not_found");
  const { profiles: _, ...item } = itemOf(row, now);
  const person: WholePerson = {
    ...item,
    profiles: profiles.map((profile) => heldProfileOf(profile, row.securityKeys, now)),
    keys: keys.map(({ id, name, created, lastUsed, locked, backedUp }) => ({
      id,
      name,
      createdAt: new Date(created).toISOString(),
      lastUsedAt: isoOrNull(lastUsed),
      lockedAt: isoOrNull(locked),
      synced: backedUp === 1,
    })),
    sessions: row.sessions,
    enrolmentUntil: isoOrNull(row.enrolmentUntil),
  };
  return Response.json(person, { headers: { etag: etagOf(row.revision, 0) } });
};
