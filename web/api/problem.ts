/** What went wrong, as the API says it (RFC 9457), or as the network did. */
import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import type { Warnings } from "../actions/warnings.ts";
import type { Missing } from "../../worker/contract/missing.ts";
import { problems, type ProblemCode } from "../../worker/contract/problems.ts";

/** What the caller has to sign before the same request is accepted. */
export interface Challenge {
  /** The canonical operation (RFC 8785): exactly this text is signed. */
  operation: string;
  /** SHA-256 of it, base64url: what the key receives. */
  hash: string;
  options: PublicKeyCredentialRequestOptionsJSON;
}

/** `unreachable`: no answer came. `unreadable`: an answer that is no problem document. */
export type FailureCode = ProblemCode | "unreachable" | "unreadable";

interface ProblemBody {
  title?: string;
  detail?: string;
  errorCode?: string;
  errorDesc?: string;
  change?: string;
  requestId?: string;
  challenge?: Challenge;
  warnings?: Warnings;
  missing?: readonly Missing[];
}

export class ApiProblem extends Error {
  readonly code: FailureCode;
  /** 0 when no answer came. */
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** The field that is wrong, if one is. */
  readonly field: string | null;
  /** The smallest change that would make the same call work, and who can make it. */
  readonly change: string | null;
  /** What is missing, as facts; of a 403 and a 409. */
  readonly missing: readonly Missing[];
  readonly retry: boolean;
  readonly requestId: string | null;
  /** In so many seconds the same request may be accepted; null: the answer does not say. */
  readonly retryAfter: number | null;
  readonly challenge: Challenge | null;
  /** What should be known before what it asks for is signed. */
  readonly warnings: Warnings;
  /** Further members of the answer. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: FailureCode, status: number, body: ProblemBody = {}, requestId: string | null = null, retryAfter: number | null = null) {
    super(body.detail ?? body.title ?? code);
    this.name = "ApiProblem";
    this.code = code;
    this.status = status;
    this.title = body.title ?? "";
    this.detail = body.detail ?? "";
    this.field = body.errorDesc || null;
    this.change = body.change ?? null;
    this.missing = body.missing ?? [];
    this.retry = code in problems ? problems[code as ProblemCode].retry : true;
    this.requestId = body.requestId ?? requestId;
    this.retryAfter = retryAfter;
    this.challenge = body.challenge ?? null;
    this.warnings = body.warnings ?? {};
    this.members = body as Record<string, unknown>;
  }
}

/** The person put the key away: nothing happened, and nothing is to be said about it. */
export class Cancelled extends Error {
  constructor() {
    super("Cancelled.");
    this.name = "Cancelled";
  }
}

export function isCancelled(error: unknown): error is Cancelled {
  return error instanceof Cancelled || (error instanceof DOMException && error.name === "AbortError");
}

/** Anything that was thrown, as a problem that can be shown. */
export function asProblem(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem("unreadable", 0, { detail: error instanceof Error ? error.message : String(error) });
}

/** Reads a refusal. An answer that is no problem document (a proxy's page, say) is told apart. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const requestId = response.headers.get("ITCare-Request-Id");
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const retryAfter = Number.isNaN(seconds) ? null : seconds;
  let body: ProblemBody;
  try {
    body = (await response.json()) as ProblemBody;
  } catch {
    return new ApiProblem("unreadable", response.status, {}, requestId);
  }
  const code = String(body?.errorCode ?? "").toLowerCase();
  return Object.hasOwn(problems, code)
    ? new ApiProblem(code as ProblemCode, response.status, body, requestId, retryAfter)
    : new ApiProblem("unreadable", response.status, body ?? {}, requestId);
}
