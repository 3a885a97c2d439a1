import { readSessionsById } from "../../../db/directory/read/actors.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { meOfAccount, meOfPerson } from "../../identity/me.ts";

/** Who I am, what I may where, and how long my session lasts. */
export const readMe: Handler<"read-me"> = async ({ actor, now }, _input, { env }) => {
  if (actor.kind === "api-account") return Response.json(meOfAccount(actor));
  const [row] = await readSessionsById(env.DIRECTORY, [actor.session]);
  if (!row) throw new Problem("session_ended");
  return Response.json(meOfPerson(row, now));
};
