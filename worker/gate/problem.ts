/** Errors as RFC 9457 problems, with the API's own error body beside the standard's members. */
import type { Missing } from "../contract/missing.ts";
import { problems, refusesBy, statusNames, type ProblemCode } from "../contract/problems.ts";

export interface ProblemDetails {
  /** What exactly is wrong and what to correct, as a sentence. */
  detail?: string;
  /** The field that is wrong: the API's `errorDesc`. */
  field?: string;
  /** The smallest change that would make the same call work, and who can make it. */
  change?: string;
  /** What is missing, as facts. Absent in a 403 or 409: what follows from the code. */
  missing?: readonly Missing[];
  /** Further members of the body. */
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** Thrown anywhere below the gate; becomes the answer. Nothing else that is thrown says anything to the caller. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(details.detail ?? problems[code].title);
    this.name = "Problem";
    this.code = code;
    this.details = details;
  }
}

/** The API's own media type: a client that asks for it gets exactly the four keys that the API documents, `status` as a symbolic name. */
const apiMediaType = "application/vnd.cegedim-it.v1+json";

export function problemResponse(problem: Problem, request: Request, requestId: string): Response {
  const kind = problems[problem.code];
  const message = problem.details.detail ?? kind.title;
  const own = { errorCode: problem.code.toUpperCase(), errorDesc: problem.details.field ?? "", errorMessage: message };
  const wantsOwn = request.headers.get("accept")?.includes(apiMediaType) ?? false;
  const body = wantsOwn
    ? { status: statusNames[kind.status], ...own }
    : {
        type: `${new URL(request.url).origin}/problems/${problem.code}`,
        title: kind.title,
        status: kind.status,
        detail: message,
        ...own,
        ...(problem.details.change ? { change: problem.details.change } : {}),
        ...missingIn(problem),
        retry: kind.retry,
        requestId,
        ...problem.details.members,
      };
  const headers = new Headers(problem.details.headers);
  headers.set("content-type", wantsOwn ? apiMediaType : "application/problem+json");
  if (kind.status === 503 && !headers.has("retry-after")) headers.set("retry-after", "5");
  return new Response(JSON.stringify(body), { status: kind.status, headers });
}

/** Which kind of thing refused can always be told, whoever refused; who knows more has said so. */
function missingIn({ code, details }: Problem): { missing?: readonly Missing[] } {
  const kind = refusesBy(code);
  if (details.missing || !kind) return details.missing?.length ? { missing: details.missing } : {};
  const { field = null, change } = details;
  if (code === "operation_in_progress") return { missing: [{ kind, change: { kind: "wait", label: null, action: null, until: null }, by: [] }] };
  if (field) return { missing: [{ kind, change: { kind: "ask-otherwise", field }, by: ["self"] }] };
  return { missing: [change ? { kind, change: { kind: "as-told" }, by: ["self"] } : { kind, change: { kind: "none" }, by: [] }] };
}

/** D1's words for a database that does not answer; anything else that is thrown is a mistake of ours. */
const unreachable =
  /Network connection lost|overloaded|timed? ?out|storage caused object to be reset|because its code was updated|Cannot resolve D1 DB/i;

/** The answer to whatever was thrown. What is no Problem is recorded under the request's id and says nothing of its inside to the caller. */
export function answerError(error: unknown, request: Request, requestId: string): Response {
  if (error instanceof Problem) return problemResponse(error, request, requestId);
  console.error(requestId, error);
  const text = error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}` : "";
  const problem = unreachable.test(text)
    ? new Problem("unavailable", {
        detail: "The directory does not answer; nothing was done that you have not been told of.",
        change: "Repeat the request later.",
      })
    : new Problem("internal", { detail: "Something went wrong on our side; the request id finds it in our records." });
  return problemResponse(problem, request, requestId);
}
