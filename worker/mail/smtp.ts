/**
 * A small strict SMTP client (RFC 5321) over Workers' sockets: TLS from the first byte or STARTTLS, never neither, except to this very machine. One
 * mail, one recipient, one connection. What the server says is read as hostile: bounded in size and time, and nothing that came before TLS counts after it.
 */
import { base64 } from "./mime.ts";

export interface SmtpServer {
  host: string;
  port: number;
  security: "tls" | "starttls" | "none";
  user: string;
  password: string;
}

/** A connection as `cloudflare:sockets` makes it. */
export interface Connection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  startTls(): Connection;
  close(): Promise<void>;
}

export type Connect = (server: SmtpServer) => Connection;

/** It surely did not go out. `forever`: nor will it, however often it is tried. */
export class NotSent extends Error {
  readonly forever: boolean;

  constructor(problem: string, forever = false) {
    super(problem);
    this.forever = forever;
  }
}

const WITHIN = 30_000;
const LONGEST_REPLY = 16 * 1024;

/** `smtps://user:password@host:465` for TLS, `smtp://…:587` for STARTTLS; `smtp://localhost:…` is this machine. @throws TypeError */
export function readSmtpUrl(text: string): SmtpServer {
  const url = new URL(text);
  if (url.protocol !== "smtp:" && url.protocol !== "smtps:") throw new TypeError("SMTP_URL begins with smtp:// or smtps://.");
  const isTls = url.protocol === "smtps:";
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return {
    host: url.hostname,
    port: Number(url.port || (isTls ? 465 : 587)),
    security: isTls ? "tls" : isHere ? "none" : "starttls",
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

export interface SmtpMail {
  /** Written by `writeAddress`: nothing in them can be another command. */
  from: string;
  to: string;
  raw: string;
}

/**
 * @param handing called when everything but the last line is with the server: from then on the mail may be out
 * @throws NotSent when it is surely not; anything else after `handing` means that nobody knows
 */
export async function sendBySmtp(server: SmtpServer, mail: SmtpMail, handing: () => Promise<void>, connect: Connect): Promise<void> {
  const dialogue = new Dialogue(connect(server));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The mail server took too long.")), WITHIN);
  });
  try {
    await Promise.race([converse(dialogue, server, mail, handing), late]);
  } finally {
    clearTimeout(timer);
    await dialogue.close();
  }
}

async function converse(dialogue: Dialogue, server: SmtpServer, { from, to, raw }: SmtpMail, handing: () => Promise<void>): Promise<void> {
  const sayHello = () => dialogue.ask(`EHLO ${from.slice(from.lastIndexOf("@") + 1)}`, 250);
  await dialogue.expect(220);
  let offers = await sayHello();
  if (server.security === "starttls") {
    if (!offers.some((line) => /^STARTTLS$/i.test(line))) throw new NotSent("The mail server offers no STARTTLS.");
    await dialogue.ask("STARTTLS", 220);
    dialogue.startTls();
    offers = await sayHello();
  }
  if (server.user) await authenticate(dialogue, server, offers);
  await dialogue.ask(`MAIL FROM:<${from}>`, 250);
  await dialogue.ask(`RCPT TO:<${to}>`, 250, 251);
  await dialogue.ask("DATA", 354);
  await dialogue.say(
    raw
      .replace(/\r\n\./g, "\r\n..")
      .replace(/^\./, "..")
      .replace(/(\r\n)?$/, "\r\n"),
  );
  await handing();
  await dialogue.ask(".", 250);
  await dialogue.say("QUIT\r\n").catch(() => undefined);
}

async function authenticate(dialogue: Dialogue, { user, password }: SmtpServer, offers: readonly string[]): Promise<void> {
  const mechanisms =
    offers
      .find((line) => /^AUTH\s/i.test(line))
      ?.toUpperCase()
      .split(/\s+/) ?? [];
  if (mechanisms.includes("PLAIN")) {
    await dialogue.ask(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, 235);
  } else if (mechanisms.includes("LOGIN")) {
    await dialogue.ask("AUTH LOGIN", 334);
    await dialogue.ask(base64(user), 334);
    await dialogue.ask(base64(password), 235);
  } else throw new NotSent("The mail server offers neither AUTH PLAIN nor AUTH LOGIN.");
}

class Dialogue {
  #connection: Connection;
  #reader: ReadableStreamDefaultReader<Uint8Array>;
  #writer: WritableStreamDefaultWriter<Uint8Array>;
  #unread = "";

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#reader = connection.readable.getReader();
    this.#writer = connection.writable.getWriter();
  }

  async say(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(text));
  }

  async ask(command: string, ...expected: readonly number[]): Promise<string[]> {
    await this.say(`${command}\r\n`);
    return this.expect(...expected);
  }

  /** The reply's lines without their code. @throws NotSent for any other code: 5xx is for good, but for 5xx about who we are, which an operator mends */
  async expect(...expected: readonly number[]): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.#readLine();
      const match = /^(\d{3})([ -]|$)(.*)$/.exec(line);
      if (!match) throw new NotSent("What answers there is no mail server.");
      lines.push(match[3]!);
      if (lines.length > 100) throw new NotSent("The mail server's reply is too long.");
      if (match[2] === "-") continue;
      const code = Number(match[1]);
      if (expected.includes(code)) return lines;
      throw new NotSent(`The mail server says: ${code} ${lines.join(" ")}`, code >= 550 && code <= 559);
    }
  }

  /** What the server has said before counts for nothing in the protected connection; if it has said more than it was asked, somebody is in between. */
  startTls(): void {
    if (this.#unread !== "") throw new NotSent("The mail server spoke out of turn before TLS.");
    this.#reader.releaseLock();
    this.#writer.releaseLock();
    this.#connection = this.#connection.startTls();
    this.#reader = this.#connection.readable.getReader();
    this.#writer = this.#connection.writable.getWriter();
  }

  async close(): Promise<void> {
    await this.#connection.close().catch(() => undefined);
  }

  async #readLine(): Promise<string> {
    for (;;) {
      const end = this.#unread.indexOf("\n");
      if (end >= 0) {
        const line = this.#unread.slice(0, end).replace(/\r$/, "");
        this.#unread = this.#unread.slice(end + 1);
        return line;
      }
      if (this.#unread.length > LONGEST_REPLY) throw new NotSent("The mail server's reply is too long.");
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("The mail server closed the connection.");
      this.#unread += new TextDecoder().decode(value);
    }
  }
}
