/** A mail as it travels: RFC 5322 headers and two bodies in MIME. What comes from people can begin no header of its own. */
import { toBase64Url } from "../contract/operation.ts";
import { oneLine, type Rendered } from "./render.ts";

export interface Mailbox {
  name: string;
  address: string;
}

export interface Envelope {
  from: Mailbox;
  to: Mailbox;
  /** The local part of the Message-ID. */
  messageId: string;
  at: number;
}

/** An address, or a header, that cannot be written safely: no try will mend it. */
export class Unwritable extends Error {}

const CRLF = "\r\n";

/**
 * One address as SMTP and headers take it: a dot-atom and a host name, an international domain in its ASCII form. Nothing else is sent to: neither quoted
 * local parts nor comments nor address literals, whose only use here would be to deceive.
 * @throws Unwritable
 */
export function writeAddress(address: string): string {
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  const domain = hostOf(address.slice(at + 1));
  const isAtom = at > 0 && local.length <= 64 && /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local);
  if (!isAtom || !domain) throw new Unwritable("The address cannot be written to.");
  return `${local}@${domain}`;
}

function hostOf(domain: string): string | null {
  // What a URL would read as something else than a host is none.
  if (!/^[^\s/\\?#@:[\]%]+$/u.test(domain) || !URL.canParse(`https://${domain}`)) return null;
  const host = new URL(`https://${domain}`).hostname;
  return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(host) && !/^[\d.]+$/.test(host) && host.length <= 253 ? host : null;
}

/** The whole message, in ASCII, with CRLF line ends. @throws Unwritable */
export function writeMessage({ from, to, messageId, at }: Envelope, { subject, plain, html }: Rendered): string {
  const sender = writeAddress(from.address);
  const boundary = `=_${messageId}`;
  if (!/^[A-Za-z0-9]{1,60}$/.test(messageId)) throw new Unwritable("The Message-ID is not ours.");
  const headers = [
    `From: ${writeMailbox(from)}`,
    `To: ${writeMailbox(to)}`,
    `Subject: ${writeWords(subject)}`,
    `Date: ${new Date(at).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${messageId}@${sender.slice(sender.lastIndexOf("@") + 1)}>`,
    // RFC 3834: no out-of-office answers, please.
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
  ];
  const part = (type: string, text: string) =>
    [`--${boundary}`, `Content-Type: ${type}; charset=utf-8`, "Content-Transfer-Encoding: base64", "", wrap(base64(text))].join(CRLF);
  return [
    ...headers,
    "",
    part("text/plain", plain.replaceAll("\n", CRLF)),
    part("text/html", html.replaceAll("\n", CRLF)),
    `--${boundary}--`,
    "",
  ].join(CRLF);
}

function writeMailbox({ name, address }: Mailbox): string {
  return name ? `${writeWords(name)} <${writeAddress(address)}>` : `<${writeAddress(address)}>`;
}

/**
 * Words of a header as RFC 2047 encoded words, always: then nothing in them can be syntax. Each holds whole characters, and at most 75 of the alphabet.
 */
export function writeWords(text: string): string {
  const words: string[] = [];
  let piece = "";
  for (const character of oneLine(text)) {
    if (new TextEncoder().encode(piece + character).length > 45) {
      words.push(piece);
      piece = "";
    }
    piece += character;
  }
  words.push(piece);
  return words.map((word) => `=?utf-8?B?${base64(word)}?=`).join(`${CRLF} `);
}

/** Base64 with its padding, of a text in UTF-8. */
export function base64(text: string): string {
  const encoded = toBase64Url(new TextEncoder().encode(text)).replaceAll("-", "+").replaceAll("_", "/");
  return encoded.padEnd(Math.ceil(encoded.length / 4) * 4, "=");
}

function wrap(text: string): string {
  return text.match(/.{1,76}/g)?.join(CRLF) ?? "";
}
