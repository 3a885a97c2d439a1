import { clearedCookie, readSessionCookie } from "./cookie.ts";
import { requireSession, tellLog, type Exchange } from "./exchange.ts";
import { Problem } from "../gate/problem.ts";
import { revokeSession } from "./session.ts";

/** Ends this browser's session. A session that has ended already is what was asked for. */
export async function signOut(exchange: Exchange): Promise<Response> {
  const answer = new Response(null, { status: 204, headers: { "set-cookie": clearedCookie, "cache-control": "no-store" } });
  if (readSessionCookie(exchange.request) === null) return answer;
  try {
    const { row } = await requireSession(exchange);
    if (await revokeSession(exchange.env, row, row.session, "signed-out", exchange.now)) tellLog(exchange, row.organizationId);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  return answer;
}
