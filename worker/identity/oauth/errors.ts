/** Errors of the OAuth endpoints: RFC 6749 section 5.2, word for word, for what a client library reads. */
export type OAuthErrorCode = "invalid_request" | "invalid_client" | "invalid_grant" | "unsupported_grant_type" | "invalid_scope";

/** Thrown anywhere below an OAuth endpoint; becomes its answer. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(code: OAuthErrorCode, description: string, status = code === "invalid_client" ? 401 : 400, headers: Record<string, string> = {}) {
    super(description);
    this.name = "OAuthError";
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

/** One answer to every failed authentication: which part was wrong, or whether the client exists, is not said. */
export const invalidClient = (): OAuthError => new OAuthError("invalid_client", "The client is unknown, or its authentication failed.");

/** Token answers and errors are nobody's to keep (RFC 6749 section 5.1). */
export const uncached = { "cache-control": "no-store", pragma: "no-cache" };

/** `error_description` may hold printable ASCII without `"` and `\` only. Every 401 names a scheme that works (RFC 9110 section 15.5.2). */
export function errorResponse({ code, message, status, headers }: OAuthError): Response {
  const challenge: Record<string, string> = status === 401 ? { "www-authenticate": 'Basic realm="cloud", charset="UTF-8"' } : {};
  return Response.json({ error: code, error_description: message }, { status, headers: { ...uncached, ...challenge, ...headers } });
}
