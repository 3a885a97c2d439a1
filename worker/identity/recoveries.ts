/** Recoveries whose notice is over: carried out by the sweep, each once, unless somebody has objected. */
import { MustHitOne } from "../../db/commit.ts";
import { readEffective, readRepresentative } from "../../db/directory/read/recoveries.ts";
import { ENROLMENT_LINK_LASTS } from "../../db/directory/write/enrolments.ts";
import { carryOutRecovery, dropRecovery } from "../../db/directory/write/recoveries.ts";
import { queueMail } from "../../db/directory/write/mail.ts";
import { randomToken } from "../contract/operation.ts";
import type { Env } from "../env.ts";
import { hashToken } from "./session.ts";

const AT_ONCE = 20;

/** @param now ms since 1970 */
export async function carryOutRecoveries(env: Env, now: number): Promise<void> {
  for (const recovery of await readEffective(env.DIRECTORY, now, AT_ONCE)) {
    if (!(await readRepresentative(env.DIRECTORY, recovery.personId))) {
      await dropRecovery(env.DIRECTORY, recovery.id, now);
      continue;
    }
    const token = randomToken();
    const link = { tokenHash: await hashToken(token), until: now + ENROLMENT_LINK_LASTS };
    const facts = { link: `/enrol#${token}`, organization: recovery.organizationName, until: link.until };
    const mail = { to: recovery.personId, template: "new-enrolment" as const, facts };
    try {
      await carryOutRecovery(env.DIRECTORY, recovery, { link, mails: [queueMail(mail, now)] }, now);
    } catch (error) {
      // Objected to, or carried out by another sweep, at this moment.
      if (!(error instanceof MustHitOne)) throw error;
    }
  }
}
