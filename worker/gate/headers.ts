/** What every answer of the Worker carries: a request id, and the headers of an API that no page may frame, sniff or cache. */
import { createMiddleware } from "hono/factory";
import type { Env } from "../env.ts";
import { dpopNonce } from "../identity/oauth/dpop.ts";
import type { Variables } from "./mount.ts";

/** The mailbox's mails have one of their own. */
const policy = "content-security-policy";

const fixed: Record<string, string> = {
  [policy]: "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
};

export const withHeaders = createMiddleware<{ Bindings: Env; Variables: Variables }>(async (c, next) => {
  c.set("requestId", crypto.randomUUID());
  await next();
  if (c.res.status === 101) return;
  c.res = new Response(c.res.body, c.res);
  for (const [name, value] of Object.entries(fixed)) if (name !== policy || !c.res.headers.has(policy)) c.res.headers.set(name, value);
  for (const [name, value] of Object.entries(c.get("told") ?? {})) c.res.headers.set(name, value);
  if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "private, no-store");
  // RFC 9449 section 8: whoever sends proofs always has the nonce for the next one.
  if (c.req.header("dpop") !== undefined) c.res.headers.set("dpop-nonce", await dpopNonce(c.env, Date.now()));
  c.res.headers.set("itcare-request-id", c.get("requestId"));
});
