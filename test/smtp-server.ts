/** A real little SMTP server on this machine: TLS, STARTTLS, AUTH, and the faults that a test asks for. Its certificate is worth nothing. */
import { createServer, connect as connectPlain, type AddressInfo, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls, createServer as createTlsServer, TLSSocket } from "node:tls";
import type { Connect, Connection } from "../worker/mail/smtp.ts";

const certificate = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUTlHPkbfoPQWuaX5RQ1bbGwnj2FQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjA3MDE1N1oYDzIxMjYxMDI5
MDcwMTU3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQKJHbxhczsm4dgM7zZL188xyDVRNl/pk66f61ouxcR6/GVHSHPPHwP
TfZbXafE4chKx1hbq1gU6KcPFlvq5OKIo2kwZzAdBgNVHQ4EFgQUnUfd05i6GMRk
Y5Bqb/kvd+v686EwHwYDVR0jBBgwFoAUnUfd05i6GMRkY5Bqb/kvd+v686EwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SAAwRQIhANLf5527fta9umeEYxSnC8hX08aa+UqRi1xISBY3s8nmAiBQu8SSQH5X
C+tx/VvuzXUYO5IigX0mnUoHjo6hVUJefw==
-----END CERTIFICATE-----`;
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0iRssxH1T+RM/p/Y
KhbxFEKgd2T2lcpBojq25TZ1twmhRANCAAQKJHbxhczsm4dgM7zZL188xyDVRNl/
pk66f61ouxcR6/GVHSHPPHwPTfZbXafE4chKx1hbq1gU6KcPFlvq5OKI
-----END PRIVATE KEY-----`;

export interface Received {
  from: string;
  to: string;
  data: string;
  tls: boolean;
  login: string | null;
}

export interface SmtpFaults {
  /** Offers no STARTTLS. */
  withoutStartTls?: boolean;
  /** Says more than it was asked right after STARTTLS, as somebody in between would. */
  injects?: boolean;
  /** Answers this to a command instead of doing it. */
  answers?: Record<string, string>;
  /** Takes the mail and hangs up before it says so. */
  hangsUpAfterData?: boolean;
}

export interface SmtpServer {
  port: number;
  received: Received[];
  /** Every command as it came, before anything is done with it. */
  commands: string[];
  close(): Promise<void>;
}

export async function smtpServer(kind: "tls" | "plain", faults: SmtpFaults = {}): Promise<SmtpServer> {
  const state = { received: [] as Received[], commands: [] as string[] };
  const sockets = new Set<Socket>();
  const serve = (socket: Socket) => {
    sockets.add(socket);
    talk(socket, kind === "tls", state, faults);
  };
  const server = kind === "tls" ? createTlsServer({ cert: certificate, key }, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port: (server.address() as AddressInfo).port, ...state, close };
}

function talk(socket: Socket, secure: boolean, state: Pick<SmtpServer, "received" | "commands">, faults: SmtpFaults, greets = true): void {
  let unread = "";
  let mail: Received = { from: "", to: "", data: "", tls: secure, login: null };
  let reading = false;
  const say = (text: string) => socket.write(`${text}\r\n`);
  if (greets) say("220 localhost ready");
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    unread += chunk.toString("latin1");
    for (;;) {
      const end = unread.indexOf(reading ? "\r\n.\r\n" : "\r\n");
      if (end < 0) return;
      const text = unread.slice(0, end);
      unread = unread.slice(end + (reading ? 5 : 2));
      if (reading) {
        reading = false;
        state.received.push({ ...mail, data: text.replaceAll("\r\n..", "\r\n.") });
        if (faults.hangsUpAfterData) return void socket.destroy();
        say(faults.answers?.["."] ?? "250 taken");
        continue;
      }
      state.commands.push(text);
      const [verb = ""] = text.toUpperCase().split(/[ :]/);
      const instead = faults.answers?.[verb];
      if (instead) say(instead);
      else if (verb === "EHLO")
        say(["250-localhost", ...(secure || faults.withoutStartTls ? [] : ["250-STARTTLS"]), "250 AUTH LOGIN PLAIN"].join("\r\n"));
      else if (verb === "STARTTLS") {
        say(faults.injects ? "220 go\r\n250 and be fooled" : "220 go");
        socket.removeAllListeners("data");
        talk(new TLSSocket(socket, { isServer: true, cert: certificate, key }), true, state, faults, false);
        return;
      } else if (verb === "AUTH") {
        mail = { ...mail, login: Buffer.from(text.split(" ")[2] ?? "", "base64").toString() };
        say("235 welcome");
      } else if (verb === "MAIL") {
        mail = { ...mail, from: text.slice("MAIL FROM:".length) };
        say("250 yes");
      } else if (verb === "RCPT") {
        mail = { ...mail, to: text.slice("RCPT TO:".length) };
        say("250 yes");
      } else if (verb === "DATA") {
        reading = true;
        say("354 go on");
      } else if (verb === "QUIT") {
        say("221 bye");
        socket.end();
      } else say("500 what?");
    }
  });
}

/** What `cloudflare:sockets` does, in Node. @param trusted whether the server's certificate is one that we know */
export function connecting(trusted = true): Connect {
  const ca = trusted ? [certificate] : [];
  return ({ host, port, security }) => {
    if (security === "tls") return connectionOf(connectTls({ host, port, ca, servername: host }), host, ca);
    return connectionOf(connectPlain({ host, port }), host, ca);
  };
}

function connectionOf(socket: Socket, host: string, ca: string[]): Connection {
  socket.on("error", () => {});
  const { readable, writable } = Duplex.toWeb(socket) as unknown as Pick<Connection, "readable" | "writable">;
  return {
    readable,
    writable,
    startTls: () => connectionOf(connectTls({ socket, ca, servername: host }), host, ca),
    close: async () => void socket.destroy(),
  };
}
