import { lacksSecurityKey } from "../../contract/missing.ts";
import { Problem } from "../../gate/problem.ts";
import { requireSession, type Exchange } from "../exchange.ts";
import { creationOptions } from "./enrol.ts";

/** What the browser needs to make a further key for whoever is signed in. Bound to this session. @throws Problem("mfa_not_configured") */
export async function beginEnrolment(exchange: Exchange): Promise<Response> {
  const { env, now } = exchange;
  const { row } = await requireSession(exchange);
  if (row.securityKeys === 0) {
    throw new Problem("mfa_not_configured", {
      detail: "A further key is signed for with one that is there, and you have none.",
      change: `The security representative of ${row.organizationName} can send you a new enrolment link.`,
      missing: [lacksSecurityKey(row, row.duties.includes("security-representative"))],
    });
  }
  return Response.json({ options: await creationOptions(env, row, row.session, now) }, { headers: { "cache-control": "no-store" } });
}
