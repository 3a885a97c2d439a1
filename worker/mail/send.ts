/**
 * Sending what is queued. A mail is claimed for five minutes by one sender, which prepares everything and then, right before the point of no return,
 * notes that it hands the mail over. Until that note a crash costs a delay: the claim runs out and somebody else tries again. After it, a sender that
 * never says how it ended leaves a mail of which nobody knows whether it went out: SMTP and Cloudflare's service know no idempotency. It is not sent a
 * second time; it is given up, and that is told. So: at most once, and at least once unless a process dies, or a connection breaks, within the
 * moment of handing over. Whoever misses a link asks for another. The Message-ID stays the same at every try.
 */
import {
  claimMails,
  forgetMails,
  giveUpDoubtful,
  markFailed,
  markGivenUp,
  markHanded,
  markSent,
  type ClaimedMail,
} from "../../db/directory/write/mail.ts";
import { countMails } from "../../db/directory/read/mail.ts";
import type { MailFacts, Template } from "../contract/mail.ts";
import { retention } from "../contract/retention.ts";
import type { Env } from "../env.ts";
import { Unwritable } from "./mime.ts";
import { render } from "./render.ts";
import { NotSent } from "./smtp.ts";
import { senderOf, transportOf, type Transport } from "./transport.ts";

const CLAIM_LASTS = 5 * 60_000;
const AT_ONCE = 5;
/** The first pause after a failure; each is twice as long as the one before, up to an hour. */
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 3_600_000;
const MOST_TRIES = 20;

/** Sends what is due, and ends when nothing more is. Never rejects. */
export async function sendMails(env: Env, now = Date.now()): Promise<void> {
  try {
    const transport = transportOf(env);
    if (!transport) return;
    for (;;) {
      const claimed = await claimMails(env.DIRECTORY, AT_ONCE, now, now + CLAIM_LASTS);
      await Promise.all(claimed.map((mail) => send(env, transport, mail, now)));
      if (claimed.length < AT_ONCE) return;
    }
  } catch (error) {
    // The mails are in the directory: the sweep finds them when it answers again.
    console.error("Mails could not be sent:", error);
  }
}

/** For the end of whatever has queued a mail; the answer does not wait. */
export function postMails(env: Env, waitUntil: (work: Promise<unknown>) => void): void {
  waitUntil(sendMails(env));
}

/** Once a minute: what was not sent at once, what is in doubt, and what is long past. */
export async function sweepMails(env: Env, now: number): Promise<void> {
  await sendMails(env, now);
  const doubtful = await giveUpDoubtful(env.DIRECTORY, "It was handed over, and nobody knows whether it went out.", now, now - CLAIM_LASTS);
  for (const number of doubtful) console.error(`Mail ${number} was handed over and its sender never came back: it is not sent again.`);
  await forgetMails(env.DIRECTORY, now - retention.mail.for);
}

/** Somebody else has claimed the mail meanwhile: it is theirs. */
class Overtaken extends Error {}

async function send(env: Env, transport: Transport, mail: ClaimedMail, now: number): Promise<void> {
  const { name, address, locale, messageId, created } = mail;
  const directory = env.DIRECTORY;
  if (mail.ends <= now) return giveUp(env, mail, "It was not sent in time.", now);
  let handed = false;
  try {
    const facts = JSON.parse(mail.facts) as MailFacts[Template];
    const rendered = render({ template: mail.template as Template, facts, locale, name, origin: env.ORIGIN });
    await transport({ from: senderOf(env), to: { name, address }, messageId, at: created }, rendered, async () => {
      if (!(await markHanded(directory, mail, now))) throw new Overtaken();
      handed = true;
    });
  } catch (error) {
    if (error instanceof Overtaken) return;
    const problem = error instanceof Error ? error.message : String(error);
    const forever = error instanceof Unwritable || error instanceof RangeError || (error instanceof NotSent && error.forever);
    if (handed && !(error instanceof NotSent)) return giveUp(env, mail, `It was handed over, and nobody knows whether it went out: ${problem}`, now);
    if (forever || mail.tries >= MOST_TRIES) return giveUp(env, mail, problem, now);
    return markFailed(directory, mail, problem, now + Math.min(FIRST_PAUSE * 2 ** (mail.tries - 1), LONGEST_PAUSE));
  }
  await markSent(directory, mail, now);
}

async function giveUp(env: Env, mail: ClaimedMail, problem: string, now: number): Promise<void> {
  console.error(`Mail ${mail.number} (${mail.template}) is given up after ${mail.tries} tries: ${problem}`);
  await markGivenUp(env.DIRECTORY, mail, problem, now);
}

export interface MailHealth {
  /** Is anything set up to send mails? */
  transport: boolean;
  /** Mails that should have gone out ten minutes ago and have not. */
  late: number;
  /** Mails that never will, of the last seven days. */
  givenUp: number;
}

export async function mailHealth(env: Env, now: number): Promise<MailHealth> {
  return { transport: transportOf(env) !== null, ...(await countMails(env.DIRECTORY, now - 10 * 60_000, now - 7 * 24 * 3_600_000)) };
}
