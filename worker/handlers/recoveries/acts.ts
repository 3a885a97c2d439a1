/** Restoring the last representative: two people of Service Delivery, a day's notice, and the organization may object all day. */
import { listToBeTold, readRecovery } from "../../../db/directory/read/recoveries.ts";
import { approveRecovery as approve, askRecovery as ask, cancelRecovery as cancel, NOTICE } from "../../../db/directory/write/recoveries.ts";
import { AlreadyThere } from "../../../db/commit.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { govern } from "../governed.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { newId } from "../resources/direct.ts";
import { alreadyOpen, gone, notLast } from "./plan.ts";
import { recoveryOf } from "./list.ts";

export const askRecovery: Handler<"ask-recovery"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { person } = input.prepared;
  const { reason } = input.body;
  const { actor, now } = permit;
  const id = await newId(context.env, "DIRECTORY", person.organizationId);
  const row = {
    id,
    organizationId: person.organizationId,
    organizationName: person.organizationName,
    personId: person.id,
    personName: person.name,
    reason,
    state: "asked" as const,
    askedBy: actor.id,
    askedByName: actor.name,
    asked: now,
    approvedByName: null,
    effective: null,
  };
  try {
    return await govern(permit, input, context, {
      organizationId: person.organizationId,
      subject: { id: person.id, name: person.name },
      answer: { status: 201, body: recoveryOf(row) },
      write: (directory, act) => ask(directory, permit, { id, person, reason }, act),
      unchanged: () => notLast(person),
    });
  } catch (error) {
    throw error instanceof AlreadyThere && error.index.includes("recovery.") ? alreadyOpen(person.name) : error;
  }
};

export const approveRecovery: Handler<"approve-recovery"> = async (permit, input, context) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { recovery } = input.prepared;
  const approved = { ...recovery, state: "approved" as const, approvedByName: permit.actor.name, effective: permit.now + NOTICE };
  const { personName, organizationName, askedByName } = recovery;
  const facts = { person: personName, organization: organizationName, by: askedByName ?? "", effective: approved.effective, link: "/people" };
  const told = await listToBeTold(context.env.DIRECTORY, recovery.organizationId);
  return govern(permit, input, context, {
    organizationId: recovery.organizationId,
    subject: { id: recovery.personId, name: personName },
    answer: { status: 200, body: recoveryOf(approved) },
    mails: told.map((to) => ({ to, template: "recovery-announced", facts })),
    write: (directory, act) => approve(directory, permit, recovery.id, act),
    unchanged: gone,
  });
};

/** Asks for no key: whoever objects may be the very one who has none. It only ever keeps things as they are. */
export const cancelRecovery: Handler<"cancel-recovery"> = async (permit, input, context) => {
  const { recovery } = input.prepared;
  if (permit.dryRun) return new Response(null, { status: 204 });
  return govern(permit, input, context, {
    organizationId: recovery.organizationId,
    subject: { id: recovery.personId, name: recovery.personName },
    write: (directory, act) => cancel(directory, permit, recovery.id, act),
    unchanged: async () => ((await readRecovery(context.env.DIRECTORY, recovery.id)) ? gone() : new Problem("not_found")),
  });
};
