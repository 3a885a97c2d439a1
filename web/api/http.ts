/** One request to our own origin. The session's cookie goes with it; nothing else of the session is ever in the page's hands. */
import { ApiProblem, readProblem } from "./problem.ts";

export interface Send {
  method: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Called with every answer that says that the session is over; state/session.svelte.ts sets it. */
export const whenSessionEnds: { call: () => void } = { call: () => {} };

/** Called when the API asks for a pause, with its seconds; state/toasts.svelte.ts sets it. */
export const whenAskedToWait: { call: (seconds: number) => void } = { call: () => {} };

/** How often a request is repeated that was too much, and the longest pause that is made without being asked. */
const REPEATS = 4;
const LONGEST_PAUSE = 60;

/**
 * A request that is one too many has done nothing, so it is sent again after the pause that the answer names.
 * @throws ApiProblem for every answer that is not 2xx, and for none at all; DOMException AbortError when aborted.
 */
export async function send(what: Send): Promise<Response> {
  for (let repeat = 0; ; repeat++) {
    try {
      return await sendOnce(what);
    } catch (error) {
      const seconds = error instanceof ApiProblem && error.code === "rate_limited" ? error.retryAfter : null;
      if (seconds === null || seconds > LONGEST_PAUSE || repeat === REPEATS) throw error;
      whenAskedToWait.call(seconds);
      // What waits together does not all come back at the same moment.
      await pause((seconds + Math.random() * repeat) * 1_000, what.signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
  signal?.throwIfAborted();
}

async function sendOnce({ method, path, body, headers = {}, signal }: Send): Promise<Response> {
  const init: RequestInit = {
    method,
    credentials: "same-origin",
    redirect: "error",
    cache: "no-store",
    headers: { accept: "application/json", ...headers },
    signal,
  };
  if (body !== undefined) init.body = JSON.stringify(body);
  // On every write, with a body or without: no form of another site can send this type.
  if (method !== "GET") init.headers = { ...init.headers, "content-type": "application/json" };
  const response = await fetch(path, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiProblem("unreachable", 0);
  });
  if (response.ok) return response;
  const problem = await readProblem(response);
  if (problem.code === "session_ended" || problem.code === "unauthenticated") whenSessionEnds.call();
  throw problem;
}

/** The answer's JSON, or undefined where there is none. */
export async function bodyOf<T>(response: Response): Promise<T> {
  const content = response.status === 204 ? "" : await response.text();
  return (content === "" ? undefined : JSON.parse(content)) as T;
}
