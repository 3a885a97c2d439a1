/** Using one's security key in a session: for five minutes, acts that ask for `session` need nothing more. */
import * as z from "zod";
import { MustHitOne } from "../../db/commit.ts";
import { insertChallenge, isOpen, spendChallenge, type Challenge } from "../../db/directory/write/challenges.ts";
import { appendEvent } from "../../db/directory/write/outbox.ts";
import { lacksSecurityKey } from "../contract/missing.ts";
import { Problem } from "../gate/problem.ts";
import { readJson, requireSession, tellLog, type Exchange } from "./exchange.ts";
import { answerWithSession } from "./me.ts";
import { invalid, readClientData, rejected } from "./security-keys/ceremony.ts";
import { newChallenge } from "./security-keys/new-challenge.ts";
import { ASSERTION_LASTS } from "./security-keys/relying-party.ts";
import { requestOptions } from "./security-keys/request-options.ts";
import { verifyAssertion } from "./security-keys/verify-assertion.ts";
import { renewSession } from "./session.ts";

const stepUpBody = z.object({ credential: z.looseObject({ response: z.looseObject({ clientDataJSON: z.string() }) }) }).strict();

/** A challenge for this session's person. @throws Problem("mfa_not_configured") */
export async function beginStepUp(exchange: Exchange): Promise<Response> {
  const { env, now } = exchange;
  const { row } = await requireSession(exchange);
  if (row.securityKeys === 0) {
    throw new Problem("mfa_not_configured", {
      detail: "You have no security key enrolled.",
      change: `The security representative of ${row.organizationName} can send you a new enrolment link.`,
      missing: [lacksSecurityKey(row, row.duties.includes("security-representative"))],
    });
  }
  const { hash, nonce, expires } = await newChallenge("step-up", row.id, row.session, now + ASSERTION_LASTS);
  await insertChallenge(env.DIRECTORY, { hash, purpose: "step-up", personId: row.id, session: row.session }, nonce, expires);
  return Response.json({ hash, options: await requestOptions(env, row.id, hash) }, { headers: { "cache-control": "no-store" } });
}

/** The answered challenge: a new token, and the old one only reads on for a moment. @throws Problem("proof_invalid" | "proof_rejected") */
export async function stepUp(exchange: Exchange): Promise<Response> {
  const { request, env, now } = exchange;
  const { credential } = await readStepUp(request);
  const { token, row } = await requireSession(exchange);
  const challenge: Challenge = {
    hash: readClientData(credential.response.clientDataJSON).challenge,
    purpose: "step-up",
    personId: row.id,
    session: row.session,
  };
  if (!(await isOpen(env.DIRECTORY, challenge, now))) throw notOpen();
  const { keyId } = await verifyAssertion({
    response: credential,
    expectedChallenge: challenge.hash,
    personId: row.id,
    session: row.session,
    env,
    now,
  });
  try {
    const { tokenHash, cookie } = await renewSession(token, row.expires, env, now, [
      spendChallenge(challenge, now),
      appendEvent("stepped-up", row, { securityKey: keyId }, now),
    ]);
    tellLog(exchange, row.organizationId);
    return await answerWithSession(tokenHash, cookie, 200, env, now);
  } catch (error) {
    if (error instanceof MustHitOne) throw notOpen();
    throw error;
  }
}

/** Whatever stands where the credential should is a proof that cannot be read. */
async function readStepUp(request: Request): Promise<z.output<typeof stepUpBody>> {
  const parsed = stepUpBody.safeParse(await readJson(request, z.unknown()));
  if (!parsed.success) throw invalid("Send `credential`: the answer of the security key, as JSON.");
  return parsed.data;
}

function notOpen(): Problem {
  return rejected("The challenge is not, or no longer, open in this session.");
}
