/** Cross-site request forgery: what a browser sends with our cookie must come from our own pages (Fetch Metadata; ASVS 5.0, 3.5.1 to 3.5.3). */
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";

/**
 * Lets reading pass, and writes from our own pages. `same-site` is refused too: a neighbour under the same domain is not us; so is `none`, which a
 * page of ours never sends with a write. Without Fetch Metadata the Origin must be ours exactly. A body must be JSON, which no form can send.
 * @throws Problem("cross_site" | "media_type_unsupported")
 */
export function requireSameOrigin(request: Request, env: Pick<Env, "ORIGIN">): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const site = request.headers.get("sec-fetch-site");
  const ours = site === null ? request.headers.get("origin") === env.ORIGIN : site === "same-origin";
  if (!ours)
    throw new Problem("cross_site", {
      detail: "A signed-in browser may change something from the console's own pages only.",
      change: "Open the console and do it there, or send a bearer token.",
    });
  // A body without a type is refused where it is read; an empty one, which proxies make of none, harms nobody.
  const mediaType = request.headers.get("content-type")?.split(";")[0]!.trim().toLowerCase();
  if (request.body !== null && mediaType !== undefined && mediaType !== "application/json")
    throw new Problem("media_type_unsupported", { detail: "Send the body as application/json." });
}
