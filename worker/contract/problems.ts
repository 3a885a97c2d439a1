/**
 * Every error code, once: its HTTP status, its title, and whether the same call can succeed later without any change.
 * The codes are the API's own `errorCode`, in lower case with underscores; console sentences stand in web/messages.
 */
import type { MissingKind } from "./missing.ts";

type Status = 400 | 401 | 403 | 404 | 405 | 409 | 410 | 412 | 413 | 415 | 422 | 429 | 500 | 501 | 503;
/** Not allowed, and not now: these say what refused. */
type Refusing = 403 | 409;

export type ProblemKind = { title: string; retry: boolean } & (
  | { status: Refusing; refuses: MissingKind }
  | { status: Exclude<Status, Refusing>; refuses?: never }
);

export const problems = {
  invalid_request: { status: 400, title: "The request is not well formed", retry: false },
  invalid_field_value: { status: 400, title: "A field has a value that cannot be used", retry: false },
  unknown_field: { status: 400, title: "A field is not known here", retry: false },
  unknown_operation: { status: 400, title: "The operation is not known here", retry: false },
  sort_not_supported: { status: 400, title: "The list cannot be sorted like this", retry: false },
  page_out_of_reach: { status: 400, title: "The page is too far from the start", retry: false },
  proof_invalid: { status: 400, title: "The proof cannot be read", retry: false },
  unauthenticated: { status: 401, title: "Sign in first", retry: false },
  token_invalid: { status: 401, title: "The access token is not valid", retry: false },
  session_ended: { status: 401, title: "The session has ended", retry: false },
  sign_in_failed: { status: 401, title: "E-mail or password is wrong", retry: false },
  signature_required: { status: 401, title: "Sign this operation with your security key", retry: false },
  step_up_required: { status: 401, title: "Use your security key first", retry: false },
  proof_rejected: { status: 401, title: "The proof was not accepted", retry: false },
  profile_too_low: { status: 403, refuses: "profile", title: "Your profile does not allow this", retry: false },
  duty_required: { status: 403, refuses: "duty", title: "This is for another duty", retry: false },
  mfa_not_configured: { status: 403, refuses: "key", title: "MFA must be configured", retry: false },
  key_required: { status: 403, refuses: "key", title: "The API account must use its key", retry: false },
  person_required: { status: 403, refuses: "person", title: "Only a person with a security key can do this", retry: false },
  another_person_required: { status: 403, refuses: "person", title: "Another person has to do this", retry: false },
  zone_reserved: { status: 403, refuses: "zone", title: "The availability zone is reserved", retry: false },
  domain_reserved: { status: 403, refuses: "organization", title: "The domain is reserved", retry: false },
  own_rights: { status: 403, refuses: "person", title: "Nobody raises themselves", retry: false },
  cross_site: { status: 403, refuses: "proof", title: "The request comes from another site", retry: false },
  not_found: { status: 404, title: "There is no such thing here", retry: false },
  method_not_allowed: { status: 405, title: "The method is not supported here", retry: false },
  state_forbids: { status: 409, refuses: "state", title: "Its state does not allow this now", retry: true },
  operation_in_progress: { status: 409, refuses: "state", title: "Another action is running on it", retry: true },
  name_taken: { status: 409, refuses: "name", title: "The name is taken", retry: false },
  outage_not_accepted: { status: 409, refuses: "state", title: "It would leave nothing that serves", retry: false },
  quota_exceeded: { status: 409, refuses: "quota", title: "The Cloud's quota is used up", retry: true },
  already_started: { status: 409, refuses: "state", title: "The action has started", retry: false },
  activation_spent: { status: 410, title: "The activation link is no longer valid", retry: false },
  link_spent: { status: 410, title: "The link is no longer valid", retry: false },
  revision_stale: { status: 412, title: "It has changed since you read it", retry: false },
  body_too_large: { status: 413, title: "The body is too large", retry: false },
  media_type_unsupported: { status: 415, title: "The body is of another media type", retry: false },
  password_wrong: { status: 422, title: "That is not your password", retry: false },
  password_unacceptable: { status: 422, title: "The password cannot be used", retry: false },
  idempotency_key_reused: { status: 422, title: "The idempotency key was used for another request", retry: false },
  too_many_attempts: { status: 429, title: "Too many attempts", retry: true },
  rate_limited: { status: 429, title: "Too many requests", retry: true },
  internal: { status: 500, title: "Something went wrong on our side", retry: true },
  not_available_yet: { status: 501, title: "Not available yet", retry: false },
  not_offered: { status: 501, title: "Not created through ITCare", retry: false },
  region_unavailable: { status: 503, title: "A region does not answer", retry: true },
  region_restored: { status: 503, title: "A region was restored and is being reconciled", retry: true },
  unavailable: { status: 503, title: "Temporarily unavailable", retry: true },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problems;

/** What kind of thing refuses with this code; null: it is no refusal of an act. */
export function refusesBy(code: ProblemCode): MissingKind | null {
  const kind: ProblemKind = problems[code];
  return kind.refuses ?? null;
}

/** The symbolic HTTP names that the API's own four-key error body carries in `status`. */
export const statusNames: Record<ProblemKind["status"], string> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  409: "CONFLICT",
  410: "GONE",
  412: "PRECONDITION_FAILED",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_ENTITY",
  429: "TOO_MANY_REQUESTS",
  500: "INTERNAL_SERVER_ERROR",
  501: "NOT_IMPLEMENTED",
  503: "SERVICE_UNAVAILABLE",
};
