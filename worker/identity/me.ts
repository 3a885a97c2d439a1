/** Who I am, as `GET /itcare/me` and every sign-in answer it. */
import type * as z from "zod";
import { readSessionByToken, type SessionRow } from "../../db/directory/read/actors.ts";
import type { ApiAccountActor } from "../contract/actor.ts";
import type { apiAccountMe, personMe } from "../contract/shapes/account.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { personOf } from "./actor.ts";
import { endOf } from "./session.ts";

export function meOfPerson(row: SessionRow, now: number): z.infer<typeof personMe> {
  const { id, kind, name, email, duties, grants, securityKeys, session, mfaAt, ...organization } = personOf(row, now);
  return {
    id,
    kind,
    name,
    email,
    locale: row.locale,
    organization: { id: organization.organizationId, name: organization.organizationName, kind: organization.organizationKind },
    clouds: grants.map(({ cloudId, cloudName, profile }) => ({ id: cloudId, name: cloudName, profile })),
    duties: [...duties],
    securityKeys,
    mfaAt: mfaAt === null ? null : new Date(mfaAt).toISOString(),
    session,
    sessionExpiresAt: new Date(endOf(row)).toISOString(),
  };
}

export function meOfAccount(actor: ApiAccountActor): z.infer<typeof apiAccountMe> {
  const { id, kind, name, clientId, authenticatedBy, exception, grants } = actor;
  return {
    id,
    kind,
    name,
    clientId,
    authenticatedBy,
    exception: exception && { labels: [...exception.labels], cloudIds: [...exception.cloudIds], endsAt: new Date(exception.ends).toISOString() },
    organization: { id: actor.organizationId, name: actor.organizationName, kind: actor.organizationKind },
    clouds: grants.map(({ cloudId, cloudName, profile }) => ({ id: cloudId, name: cloudName, profile })),
  };
}

/** The answer that hands a browser its session: the cookie, and who it is now. */
export async function answerWithSession(tokenHash: string, cookie: string, status: 200 | 201, env: Env, now: number): Promise<Response> {
  const row = await readSessionByToken(env.DIRECTORY, tokenHash);
  if (!row) throw new Problem("session_ended");
  return Response.json(meOfPerson(row, now), { status, headers: { "set-cookie": cookie, "cache-control": "no-store" } });
}
