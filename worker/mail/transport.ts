/**
 * How mails leave: Cloudflare's e-mail binding, an SMTP server, or on a local start the mailbox page. `MAIL` says which; without one, mails wait and the
 * health says so.
 */
import { putIntoMailbox } from "../../db/directory/write/mail.ts";
import type { Env } from "../env.ts";
import { isLocalStart } from "../local-start.ts";
import { writeMessage, writeAddress, type Envelope, type Mailbox } from "./mime.ts";
import type { Rendered } from "./render.ts";
import { NotSent, readSmtpUrl, sendBySmtp } from "./smtp.ts";

/** @param handing called right before the point of no return @throws NotSent when it surely did not go out */
export type Transport = (envelope: Envelope, rendered: Rendered, handing: () => Promise<void>) => Promise<void>;

/** Does the mailbox page stand in for everybody's? It takes both the setting, which only `npm start` makes, and an origin on this machine. */
export function hasMailbox(env: Pick<Env, "MAIL" | "ORIGIN">): boolean {
  return env.MAIL === "mailbox" && isLocalStart(env);
}

/** Null: none is set up. */
export function transportOf(env: Env): Transport | null {
  if (hasMailbox(env)) return byMailbox(env);
  if (env.MAIL === "cloudflare" && env.EMAIL) return byCloudflare(env.EMAIL);
  if (env.MAIL === "smtp" && env.SMTP_URL) return bySmtp(env.SMTP_URL);
  return null;
}

/** Whom mails come from: `ITCare <no-reply@itcare.example>`, or an address alone; unless it is said, nobody at the product's own host. */
export function senderOf({ MAIL_FROM, ORIGIN }: Pick<Env, "MAIL_FROM" | "ORIGIN">): Mailbox {
  const match = MAIL_FROM ? /^(?:(.*?)\s*<([^<>]+)>|([^<>\s]+))$/.exec(MAIL_FROM.trim()) : null;
  const address = match?.[2] ?? match?.[3] ?? `no-reply@${new URL(ORIGIN).hostname}`;
  return { name: match?.[1] || "ITCare", address };
}

function byMailbox(env: Env): Transport {
  return async ({ to, messageId, at }, { subject, plain, html }, handing) => {
    await handing();
    await putIntoMailbox(env.DIRECTORY, { messageId, at, name: to.name, address: to.address, subject, plain, html });
  };
}

/** Errors with which the service says that it took nothing; an inner error of its own says nothing either way. */
const tookNothing = /^E_(?!INTERNAL_SERVER_ERROR$|DELIVERY_FAILED$)/;
/** Of these, what no further try will mend. */
const forGood = /^E_RECIPIENT_(SUPPRESSED|NOT_ALLOWED)$|^E_(CONTENT|HEADER)_/;

function byCloudflare(binding: SendEmail): Transport {
  return async (envelope, rendered, handing) => {
    const raw = writeMessage(envelope, rendered);
    const { EmailMessage } = await import("cloudflare:email");
    const message = new EmailMessage(writeAddress(envelope.from.address), writeAddress(envelope.to.address), raw);
    await handing();
    try {
      await binding.send(message);
    } catch (error) {
      const code = (error as { code?: unknown } | null)?.code;
      if (typeof code === "string" && tookNothing.test(code)) throw new NotSent(`Cloudflare says: ${code}`, forGood.test(code));
      throw error;
    }
  };
}

function bySmtp(url: string): Transport {
  const server = readSmtpUrl(url);
  return async (envelope, rendered, handing) => {
    const mail = { from: writeAddress(envelope.from.address), to: writeAddress(envelope.to.address), raw: writeMessage(envelope, rendered) };
    const { connect } = await import("cloudflare:sockets");
    await sendBySmtp(server, mail, handing, ({ host, port, security }) =>
      connect(
        { hostname: host, port },
        { secureTransport: security === "tls" ? "on" : security === "none" ? "off" : "starttls", allowHalfOpen: false },
      ),
    );
  };
}
