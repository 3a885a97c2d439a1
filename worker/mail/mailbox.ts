/**
 * The mailbox page's own endpoints, on a local start only: every mail that would have gone out, newest first. Nobody is asked who they are, so that a
 * newcomer without an account reads the link that lets them in; anywhere but on a local start there is no such path.
 */
import { Hono } from "hono";
import { readMailbox, readMailboxHtml } from "../../db/directory/read/mail.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { hasMailbox } from "./transport.ts";

export const mailboxRoutes = new Hono<{ Bindings: Env; Variables: { requestId: string } }>();

mailboxRoutes.use(async (c, next) => {
  // The host too: a foreign name that leads to this machine gets nothing.
  if (!hasMailbox(c.env) || new URL(c.req.url).host !== new URL(c.env.ORIGIN).host) throw absent();
  await next();
});

/** The page itself is an asset like the others. */
mailboxRoutes.get("/", (c) => c.env.ASSETS.fetch(c.req.raw));

mailboxRoutes.get("/mails", async (c) => {
  const rows = await readMailbox(c.env.DIRECTORY);
  return c.json(rows.map(({ at, ...row }) => ({ ...row, at: new Date(at).toISOString() })));
});

/** A mail's HTML for the page's frame: no script, no form, nothing loaded, and links open elsewhere. */
mailboxRoutes.get("/mails/:number{[0-9]{1,15}}/html", async (c) => {
  const html = await readMailboxHtml(c.env.DIRECTORY, Number(c.req.param("number")));
  if (html === null) throw absent();
  return c.html(html, 200, {
    "content-security-policy":
      "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'",
  });
});

/** As for any other path that there is not. */
function absent(): Problem {
  return new Problem("not_found", { detail: "There is no such path here." });
}
