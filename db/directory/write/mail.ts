/** Mails to be sent: queued in the commit of what they tell, claimed by one sender at a time, and what became of them. */
import { sql, type SQL } from "drizzle-orm";
import type { Mail } from "../../../worker/contract/mail.ts";
import { commit, type Write } from "../../commit.ts";
import { prepare, readAll, readFirst } from "../../statement.ts";

/** A mail that says nothing of its own end is of no use after so long, in ms. */
const USEFUL = 24 * 3_600_000;

/**
 * One mail (or one for each holder of a duty), to be put into the commit of what it tells; `postMails` sends it right after. A person's language is
 * their own. A person whose id nobody has gets none, and the commit fails.
 */
export function queueMail(mail: Mail, now: number): Write {
  const query = sql`INSERT INTO mail(message_id, person_id, name, address, locale, template, facts, created, ends, due)
    SELECT lower(hex(randomblob(16))), ${recipients(mail)}`;
  const rest = sql`, ${mail.template}, ${JSON.stringify(mail.facts)}, ${now}, ${endOf(mail, now)}, ${now}`;
  const insertion = sql`${query}${rest}${from(mail)}`;
  return typeof mail.to === "object" ? { query: insertion } : { query: insertion, must: "the mail" };
}

/** The same statement and the same work either way; the mail is queued only if `there`. */
export function queueMailIf(there: boolean, mail: Mail & { to: number }, now: number): Write {
  return { query: queueMail({ ...mail, to: there ? mail.to : -1 } as Mail, now).query };
}

function recipients({ to, name = "", locale = "en" }: Mail): SQL {
  return typeof to === "string" ? sql`NULL, ${name}, ${to}, ${locale}` : sql`p.id, a.name, p.email, p.locale`;
}

function from({ to }: Mail): SQL {
  if (typeof to === "string") return sql``;
  if (typeof to === "number") return sql` FROM person p CROSS JOIN actor a ON a.id = p.id WHERE p.id = ${to}`;
  const { duty, organizationId, except = 0 } = to;
  return sql` FROM duty d CROSS JOIN person p ON p.id = d.actor_id CROSS JOIN actor a ON a.id = p.id AND a.state = 'active'
    WHERE d.duty = ${duty} AND p.id <> ${except}${organizationId === undefined ? sql`` : sql` AND a.organization_id = ${organizationId}`}`;
}

/** A link that is too old helps nobody. */
function endOf({ template, facts }: Mail, now: number): number {
  return "until" in facts && typeof facts.until === "number" && "link" in facts && template !== "request-asked" ? facts.until : now + USEFUL;
}

export interface ClaimedMail {
  number: number;
  messageId: string;
  name: string;
  address: string;
  locale: "en" | "fr";
  template: string;
  facts: string;
  created: number;
  ends: number;
  /** How often it has been tried, this time included: whoever has claimed it since has another number. */
  tries: number;
}

/** Up to `most` mails that are due, claimed until `until`: nobody else takes them before. One statement decides. */
export async function claimMails(directory: D1Database, most: number, now: number, until: number): Promise<ClaimedMail[]> {
  return readAll(
    directory,
    sql`UPDATE mail SET due = ${until}, tries = tries + 1
      WHERE number IN (SELECT number FROM mail INDEXED BY mail_due WHERE due <= ${now} AND handed IS NULL ORDER BY due, number LIMIT ${most})
      RETURNING number, message_id AS messageId, name, address, locale, template, facts, created, ends, tries`,
  );
}

/** The point of no return: from here on this try alone may have sent it. @returns false when somebody else has claimed it meanwhile */
export async function markHanded(directory: D1Database, { number, tries }: ClaimedMail, now: number): Promise<boolean> {
  const query = sql`UPDATE mail SET handed = ${now} WHERE number = ${number} AND tries = ${tries} AND handed IS NULL AND due IS NOT NULL RETURNING number`;
  return (await readFirst(directory, query)) !== null;
}

/** It is out: what it said is forgotten, that it was sent is not. */
export async function markSent(directory: D1Database, { number, tries }: ClaimedMail, now: number): Promise<void> {
  await prepare(
    directory,
    sql`UPDATE mail SET sent = ${now}, due = NULL, facts = NULL, problem = NULL WHERE number = ${number} AND tries = ${tries} AND sent IS NULL`,
  ).run();
}

/** It did not go out, surely, and is tried again. */
export async function markFailed(directory: D1Database, { number, tries }: ClaimedMail, problem: string, due: number): Promise<void> {
  await prepare(
    directory,
    sql`UPDATE mail SET due = ${due}, handed = NULL, problem = ${problem.slice(0, 500)} WHERE number = ${number} AND tries = ${tries} AND sent IS NULL AND given_up IS NULL`,
  ).run();
}

/** It is not tried any more. */
export async function markGivenUp(directory: D1Database, { number, tries }: ClaimedMail, problem: string, now: number): Promise<void> {
  await prepare(
    directory,
    sql`UPDATE mail SET given_up = ${now}, due = NULL, facts = NULL, problem = ${problem.slice(0, 500)}
      WHERE number = ${number} AND tries = ${tries} AND sent IS NULL AND given_up IS NULL`,
  ).run();
}

/**
 * Mails that were handed over and whose sender never came back: whether they went out nobody knows, so they are not sent again.
 * @returns how many
 */
export async function giveUpDoubtful(directory: D1Database, problem: string, now: number, handedBefore: number): Promise<number[]> {
  const rows = await readAll<{ number: number }>(
    directory,
    sql`UPDATE mail INDEXED BY mail_due SET given_up = ${now}, due = NULL, facts = NULL, problem = ${problem}
      WHERE due IS NOT NULL AND handed <= ${handedBefore} RETURNING number`,
  );
  return rows.map(({ number }) => number);
}

/** Forgets whom was written what, long after. */
export async function forgetMails(directory: D1Database, before: number): Promise<void> {
  await commit(directory, [
    {
      query: sql`DELETE FROM mail WHERE number IN (SELECT number FROM mail INDEXED BY mail_created WHERE created <= ${before} ORDER BY created LIMIT 1000)`,
    },
  ]);
}

/** Puts a mail into the mailbox of a local start; the same one twice is there once. */
export async function putIntoMailbox(
  directory: D1Database,
  {
    messageId,
    at,
    name,
    address,
    subject,
    plain,
    html,
  }: { messageId: string; at: number; name: string; address: string; subject: string; plain: string; html: string },
): Promise<void> {
  await commit(directory, [
    {
      query: sql`INSERT OR IGNORE INTO mailbox(message_id, at, name, address, subject, plain, html) VALUES (${messageId}, ${at}, ${name}, ${address}, ${subject}, ${plain}, ${html})`,
    },
  ]);
}
