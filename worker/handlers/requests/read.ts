import { listRequests as list, readRequest as read } from "../../../db/directory/read/requests.ts";
import type { Handler } from "../../gate/context.ts";
import { etagOf } from "../../gate/precondition.ts";
import { Problem } from "../../gate/problem.ts";
import { requestItem } from "./item.ts";

/** For Service Delivery everybody's; for a security representative those of the own organization; for everybody else there are none. */
export const listRequests: Handler<"list-requests"> = async ({ actor }, { query }, { env }) => {
  const duties = actor.kind === "person" ? actor.duties : [];
  if (duties.length === 0) return Response.json({ content: [], next: null });
  const { state = null, size } = query;
  const rows = await list(env.DIRECTORY, {
    organizationId: duties.includes("service-delivery") ? null : actor.organizationId,
    state,
    before: query.before === undefined ? null : positionIn(query.before),
    limit: size + 1,
  });
  const shown = rows.slice(0, size);
  const last = shown[shown.length - 1];
  return Response.json({ content: shown.map(requestItem), next: rows.length > size && last ? `${last.asked}.${last.id}` : null });
};

function positionIn(text: string): { asked: number; id: number } {
  const [asked, id] = text.split(".").map(Number);
  return { asked: asked!, id: id! };
}

export const readRequest: Handler<"read-request"> = async ({ target }, _input, { env }) => {
  const row = await read(env.DIRECTORY, target.id);
  if (!row) throw new Problem("not_found", { detail: "There is no such thing, or it is not yours to see." });
  return Response.json(requestItem(row), { headers: { etag: etagOf(row.version, 0) } });
};
