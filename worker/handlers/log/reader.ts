import type { Actor } from "../../contract/actor.ts";
import type { Reader } from "../../log/conditions.ts";

/** What of the log an actor may see: the security representative all of it, the others their Clouds and what is about themselves. */
export function readerOf(actor: Actor): Reader {
  return {
    all: actor.kind === "person" && actor.duties.includes("security-representative"),
    audiences: [...actor.grants.map(({ cloudId }) => cloudId), actor.id],
  };
}
