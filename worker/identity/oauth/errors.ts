/** Errors of the OAuth endpoints: RFC 6749 section 5.2, word for word, for what a client library reads. */
import { AlreadyThere } from "../../../db/commit.ts";

export type OAuthErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unsupported_grant_type"
  | "invalid_scope"
  | "invalid_dpop_proof"
  | "use_dpop_nonce";

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

/** A commit found that the client's assertion or its DPoP proof has been used. @throws OAuthError, or the error itself if it is another */
export function refuseSpent(error: unknown): never {
  if (!(error instanceof AlreadyThere)) throw error;
  throw error.index.startsWith("spent_proof") ? badProof(new BadProof()) : invalidClient();
}

/** A DPoP proof that was not accepted; the endpoint says so in its own form. `use_dpop_nonce`: the same with a nonce of ours will do. */
export class BadProof extends Error {
  readonly code: "invalid_dpop_proof" | "use_dpop_nonce";

  constructor(code: BadProof["code"] = "invalid_dpop_proof") {
    super(code === "use_dpop_nonce" ? "The proof must hold the nonce given in DPoP-Nonce." : "The DPoP proof is not a good one for this request.");
    this.name = "BadProof";
    this.code = code;
  }
}

/** What a DPoP proof lacks, in the token endpoint's form (RFC 9449 section 5). The nonce stands in a header of every answer to a proof. */
export const badProof = ({ code, message }: BadProof): OAuthError => new OAuthError(code, message);

/** Token answers and errors are nobody's to keep (RFC 6749 section 5.1). */
export const uncached = { "cache-control": "no-store", pragma: "no-cache" };

/** `error_description` may hold printable ASCII without `"` and `\` only. Every 401 names a scheme that works (RFC 9110 section 15.5.2). */
export function errorResponse({ code, message, status, headers }: OAuthError): Response {
  const challenge: Record<string, string> = status === 401 ? { "www-authenticate": 'Basic realm="cloud", charset="UTF-8"' } : {};
  return Response.json({ error: code, error_description: message }, { status, headers: { ...uncached, ...challenge, ...headers } });
}
