/** How mails are doing, and the mailbox of a local start. */
import { sql } from "drizzle-orm";
import { readAll, readFirst } from "../../statement.ts";

export interface MailCounts {
  /** Waiting for longer than a first try takes. */
  late: number;
  /** Given up since `since`. */
  givenUp: number;
}

/** More are not counted: the health is asked often. */
const MOST = 100;

export async function countMails(directory: D1Database, lateBefore: number, since: number): Promise<MailCounts> {
  const row = await readFirst<MailCounts>(
    directory,
    sql`SELECT (SELECT count(*) FROM (SELECT 1 FROM mail INDEXED BY mail_due WHERE due IS NOT NULL AND created <= ${lateBefore} LIMIT ${MOST})) AS late,
      (SELECT count(*) FROM (SELECT 1 FROM mail INDEXED BY mail_given_up WHERE given_up >= ${since} LIMIT ${MOST})) AS givenUp`,
  );
  return row!;
}

export interface MailboxRow {
  number: number;
  at: number;
  name: string;
  address: string;
  subject: string;
  plain: string;
}

/** Newest first. */
export async function readMailbox(directory: D1Database): Promise<MailboxRow[]> {
  return readAll(directory, sql`SELECT number, at, name, address, subject, plain FROM mailbox ORDER BY number DESC LIMIT 100`);
}

export async function readMailboxHtml(directory: D1Database, number: number): Promise<string | null> {
  return (await readFirst<{ html: string }>(directory, sql`SELECT html FROM mailbox WHERE number = ${number}`))?.html ?? null;
}
