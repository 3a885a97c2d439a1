/** The OAuth endpoints, mounted at /auth/realms/cloud: tokens, their introspection and revocation, and what a client library reads to find and verify them. */
import { Hono, type Context } from "hono";
import type { Env } from "../../env.ts";
import type { Variables } from "../../gate/mount.ts";
import { requirePace } from "../../pace/pace.ts";
import { authenticateClient } from "./client-authentication.ts";
import { serverMetadata } from "./discovery.ts";
import { readDpopProof } from "./dpop.ts";
import { BadProof, badProof, errorResponse, OAuthError, uncached } from "./errors.ts";
import { readForm, required } from "./form.ts";
import { grants, isGrantType } from "./grants.ts";
import { introspectToken } from "./introspect.ts";
import { publicKeys } from "./keys.ts";
import { revokeToken } from "./revoke.ts";
import type { TokenCall } from "./tokens.ts";

type OAuthContext = Context<{ Bindings: Env; Variables: Variables }>;

export const oauthRoutes = new Hono<{ Bindings: Env; Variables: Variables }>();

/** The same document where RFC 8414 section 3.1 has it: mounted at /.well-known/oauth-authorization-server, the issuer's path behind it. */
export const oauthMetadataRoutes = new Hono<{ Bindings: Env; Variables: Variables }>();

oauthRoutes.post("/protocol/openid-connect/token", (c) =>
  answer(async () => {
    const form = await readForm(c.req.raw);
    const grant = required(form, "grant_type");
    if (!isGrantType(grant)) throw new OAuthError("unsupported_grant_type", "The grants here: client_credentials, refresh_token.");
    const call = await beginCall(c, form);
    const dpop = await readDpopProof(c.req.raw, null, call.env, call.now);
    return Response.json(await grants[grant]({ ...call, client: { ...call.client, dpop } }), { headers: uncached });
  }),
);

oauthRoutes.post("/protocol/openid-connect/revoke", (c) =>
  answer(async () => {
    // Taking a token back is never too often.
    await revokeToken(await beginCall(c, await readForm(c.req.raw), { counted: false }));
    return new Response(null, { headers: uncached });
  }),
);

oauthRoutes.post("/protocol/openid-connect/token/introspect", (c) =>
  answer(async () => Response.json(await introspectToken(await beginCall(c, await readForm(c.req.raw))), { headers: uncached })),
);

/** Public and the same for everybody; short, so that a new key is known before tokens under the old one end. */
const cachedBriefly = { "cache-control": "public, max-age=300" };

const discovery = (c: OAuthContext) => c.json(serverMetadata(c.env), 200, cachedBriefly);
oauthRoutes.get("/.well-known/openid-configuration", discovery);
oauthMetadataRoutes.get("/auth/realms/cloud", discovery);
oauthRoutes.get("/protocol/openid-connect/certs", async (c) => c.json(await publicKeys(c.env), 200, cachedBriefly));

for (const path of ["/protocol/openid-connect/token", "/protocol/openid-connect/token/introspect", "/protocol/openid-connect/revoke"])
  oauthRoutes.all(path, () => refuseMethod("POST"));
for (const path of ["/.well-known/openid-configuration", "/protocol/openid-connect/certs"]) oauthRoutes.all(path, () => refuseMethod("GET, HEAD"));
oauthMetadataRoutes.all("/auth/realms/cloud", () => refuseMethod("GET, HEAD"));

async function beginCall(c: OAuthContext, form: TokenCall["form"], { counted } = { counted: true }): Promise<TokenCall> {
  const now = Date.now();
  const client = await authenticateClient(c.req.raw, form, c.env, now);
  const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
  // Only who has proved who it is counts: nobody uses up what is another's.
  if (counted) {
    const paced = { organizationId: client.organizationId, limits: [{ name: "client-tokens", of: client.id } as const] };
    requirePace(c.req.raw, "tokens", paced, { env: c.env, waitUntil, tell: (headers) => c.set("told", headers) }, now, null);
  }
  return { client, form, env: c.env, now, waitUntil };
}

/** The standard's own errors; anything else is the app's to answer. */
async function answer(act: () => Promise<Response>): Promise<Response> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof BadProof) return errorResponse(badProof(error));
    if (error instanceof OAuthError) return errorResponse(error);
    throw error;
  }
}

function refuseMethod(allow: string): Response {
  return errorResponse(new OAuthError("invalid_request", `The method is not supported here; ${allow} is.`, 405, { allow }));
}
