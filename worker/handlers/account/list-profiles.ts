import { listProfiles as read } from "../../../db/directory/read/profiles.ts";
import type { Handler } from "../../gate/context.ts";
import { heldProfileOf } from "../people/held.ts";

/** My own profiles, in effect or not, and why not. */
export const listMyProfiles: Handler<"list-my-profiles"> = async ({ actor, now }, _input, { env }) => {
  const rows = await read(env.DIRECTORY, actor.id);
  const keys = actor.kind === "person" ? actor.securityKeys : 1;
  return Response.json(rows.map((row) => heldProfileOf(row, keys, now)));
};
