/** What acts on people, programs and organizations share: committed at once in the directory, told to the log, answered without an action. */
import type { Label } from "../contract/actions.ts";
import type { Mail } from "../contract/mail.ts";
import type { Permit } from "../contract/permit.ts";
import { MustHitOne } from "../../db/commit.ts";
import type { GovernedAct } from "../../db/directory/write/governed.ts";
import type { Env } from "../env.ts";
import type { Context, Input } from "../gate/context.ts";
import { parametersOf } from "../gate/parameters.ts";
import { Problem } from "../gate/problem.ts";
import { notifyLog } from "../log/notify.ts";
import { postMails } from "../mail/send.ts";
import { isUnspent, lostRace, spent } from "./resources/accepted.ts";

export interface Governing {
  organizationId: number;
  subject: { id: number; name: string };
  /** Absent: 204 without a body. */
  answer?: { status: 200 | 201; body: unknown };
  /** Further facts for the log. */
  told?: Pick<GovernedAct, "cloudId" | "created" | "names">;
  /** Queued in the same commit, and sent right after it. */
  mails?: readonly Mail[];
  write(directory: D1Database, act: GovernedAct): Promise<void>;
  /** Why nothing was committed, when the proof is unspent and the target still at the revision that the permit saw. */
  unchanged?: () => Problem | Promise<Problem>;
}

/**
 * Commits, tells the logs, answers; and says truly why that failed. A dry run is answered before.
 * @throws Problem("proof_rejected" | "not_found" | "revision_stale" | whatever `unchanged` gives); AlreadyThere
 */
export async function govern(
  permit: Permit<Label>,
  input: Pick<Input<Label>, "params" | "idempotency" | "changeReference"> & { body?: unknown; prepared?: unknown },
  { env, waitUntil }: Context,
  { organizationId, subject, answer, told, mails = [], write, unchanged }: Governing,
): Promise<Response> {
  const { params, idempotency, changeReference, body, prepared } = input;
  const text = answer ? JSON.stringify(answer.body) : "";
  const status = answer?.status ?? (204 as const);
  const remembered = idempotency && { ...idempotency, status, answer: text };
  const act = { organizationId, subject, ...told, parameters: parametersOf(body, params, prepared), changeReference, remembered, mails };
  try {
    await write(env.DIRECTORY, act);
  } catch (error) {
    throw error instanceof MustHitOne ? await whyNot(permit, env, unchanged) : error;
  }
  if (mails.length > 0) postMails(env, waitUntil);
  const concerned = new Set([organizationId, permit.actor!.organizationId]);
  await Promise.all([...concerned].map((id) => notifyLog(env, id, waitUntil)));
  return new Response(answer ? text : null, { status, headers: answer ? { "content-type": "application/json" } : {} });
}

async function whyNot(permit: Permit<Label>, env: Env, unchanged?: () => Problem | Promise<Problem>): Promise<Problem> {
  if ("revision" in permit.target) return lostRace(permit, env, env.DIRECTORY, unchanged);
  if (!(await isUnspent(permit, env.DIRECTORY))) return spent();
  return unchanged ? unchanged() : new Problem("not_found", { detail: "It is no longer there." });
}
