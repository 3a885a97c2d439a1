import { readOperation, toAction } from "../../../db/region/read/operations.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { placeDatabase, placeOfId, readPlace } from "../../routing/places.ts";

/** One action: what is polled after a 202. */
export const readAction: Handler<"read-action"> = async (permit, _input, { env }) => {
  const { id } = permit.target;
  const place = placeOfId(id)!;
  const row = await readPlace(place, () => readOperation(placeDatabase(env, place), id));
  if (!row) throw new Problem("not_found");
  return Response.json(toAction(row));
};
