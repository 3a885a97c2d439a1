/** The table of contents: the API through its gate, sign-in, OAuth, names, the mailbox of a local start. Everything else is an asset and never comes here. */
import { Hono } from "hono";
import type { Env } from "./env.ts";
import { dnsRoutes } from "./dns/routes.ts";
import { withHeaders } from "./gate/headers.ts";
import { mountActions, type Variables } from "./gate/mount.ts";
import { answerError, Problem, problemResponse } from "./gate/problem.ts";
import { identityRoutes } from "./identity/routes.ts";
import { mailboxRoutes } from "./mail/mailbox.ts";
import { oauthMetadataRoutes, oauthRoutes } from "./identity/oauth/routes.ts";

export const app = new Hono<{ Bindings: Env; Variables: Variables }>();

app.use(withHeaders);
app.route("/itcare", mountActions());
app.route("/auth/realms/cloud", oauthRoutes);
app.route("/.well-known/oauth-authorization-server", oauthMetadataRoutes);
app.route("/auth", identityRoutes);
app.route("/dns-query", dnsRoutes);
app.route("/mailbox", mailboxRoutes);

app.notFound((c) => problemResponse(new Problem("not_found", { detail: "There is no such path here." }), c.req.raw, c.get("requestId")));

app.onError((error, c) => answerError(error, c.req.raw, c.get("requestId")));
