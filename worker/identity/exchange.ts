/** One request to an endpoint of sign-in, and what its handlers share. */
import type * as z from "zod";
import type { Env } from "../env.ts";
import { readBody } from "../gate/body.ts";
import { Problem } from "../gate/problem.ts";
import { understand } from "../gate/understand.ts";
import type { SessionRow } from "../../db/directory/read/actors.ts";
import { notifyLog } from "../log/notify.ts";
import { readSessionCookie } from "./cookie.ts";
import { readSession } from "./session.ts";

export interface Exchange {
  request: Request;
  env: Env;
  /** ms since 1970 */
  now: number;
  /** For work that may end after the answer. */
  waitUntil(work: Promise<unknown>): void;
}

/** @throws Problem for a body that is too large, no JSON, or not of this shape */
export async function readJson<Shape extends z.ZodType>(request: Request, shape: Shape): Promise<z.output<Shape>> {
  const { value } = await readBody(request);
  return understand(shape, value, "body") as z.output<Shape>;
}

/** The session of the request's browser. @throws Problem("unauthenticated" | "session_ended") */
export async function requireSession({ request, env, now }: Exchange): Promise<{ token: string; row: SessionRow }> {
  const token = readSessionCookie(request);
  if (token === null) throw new Problem("unauthenticated", { detail: "Nobody is signed in.", change: "Sign in." });
  return { token, row: await readSession(token, request.method, env, now) };
}

/** Has the organization's log fetch what was committed; the answer does not wait. */
export function tellLog({ env, waitUntil }: Exchange, organizationId: number): void {
  void notifyLog(env, organizationId, waitUntil);
}
