/** Requests: asked, withdrawn, refused, accepted. One statement decides each once. */
import { sql } from "drizzle-orm";
import type { Permit } from "../../../worker/contract/permit.ts";
import { aboutOf, type RequestState, type Wanted } from "../../../worker/contract/requests.ts";
import type { Write } from "../../commit.ts";
import { insert } from "../../statement.ts";
import { accountRequest } from "../schema/index.ts";
import { commitGoverned, type GovernedAct } from "./governed.ts";

export interface NewRequest {
  id: number;
  wanted: Wanted;
  reason: string;
}

/** @param mails what tells those who decide @throws MustHitOne when the challenge is spent; AlreadyThere when it is asked for already */
export async function insertRequest(
  directory: D1Database,
  permit: Permit<"request-account" | "request-organization">,
  { id, wanted, reason }: NewRequest,
  mails: readonly Write[],
  act: GovernedAct,
): Promise<void> {
  const { actor, now } = permit;
  const row = { id, organizationId: actor.organizationId, kind: wanted.kind, about: aboutOf(wanted), wanted: JSON.stringify(wanted), reason };
  await commitGoverned(directory, permit, act, [
    { query: insert(accountRequest, { ...row, askedBy: actor.id, asked: now }), must: "the request" },
    ...mails,
  ]);
}

type DecisionLabel = "withdraw-request" | "refuse-request" | "accept-request";

const become = { "withdraw-request": "withdrawn", "refuse-request": "refused", "accept-request": "accepted" } as const satisfies Record<
  DecisionLabel,
  RequestState
>;

export interface RequestDecision {
  /** Why it is refused. */
  reason?: string;
  /** What comes of it: its id, and how it is made. */
  made?: { id: number; writes: readonly Write[] };
  mails?: readonly Write[];
}

/** @throws MustHitOne when the challenge is spent, or the request was decided before; AlreadyThere when what it asks for is there by now */
export async function decideRequest(
  directory: D1Database,
  permit: Permit<DecisionLabel>,
  { reason, made, mails = [] }: RequestDecision,
  act: GovernedAct,
): Promise<void> {
  const { target, actor, now, label } = permit;
  const decided: Write = {
    query: sql`UPDATE account_request SET state = ${become[label]}, decided_by = ${actor.id}, decided = ${now}, decision = ${reason ?? null},
        made = ${made?.id ?? null}, version = version + 1
      WHERE id = ${target.id} AND version = ${target.revision} AND state = 'asked'`,
    must: "the request as it was asked",
  };
  await commitGoverned(directory, permit, act, [decided, ...(made?.writes ?? []), ...mails]);
}
