/** The SMTP client, against a real little server. */
import { afterEach, expect, test } from "vitest";
import { NotSent, readSmtpUrl, sendBySmtp, type SmtpServer as Settings } from "../../worker/mail/smtp.ts";
import { connecting, smtpServer, type SmtpFaults, type SmtpServer } from "../smtp-server.ts";

const running: SmtpServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function serve(kind: "tls" | "plain", faults?: SmtpFaults): Promise<SmtpServer> {
  const server = await smtpServer(kind, faults);
  running.push(server);
  return server;
}

const mail = { from: "no-reply@itcare.example", to: "odile.renaud@asclepia.example", raw: "Subject: Hello\r\n\r\n.first\r\n..second\r\nlast\r\n" };
const settings = (port: number, security: Settings["security"], login = {}): Settings => ({
  host: "localhost",
  port,
  security,
  user: "",
  password: "",
  ...login,
});

async function send(
  server: SmtpServer,
  security: Settings["security"],
  { trusted = true, login = {} } = {},
): Promise<{ handed: boolean; error: unknown }> {
  let handed = false;
  const handing = async () => {
    handed = true;
    expect(server.received).toEqual([]);
  };
  const error = await sendBySmtp(settings(server.port, security, login), mail, handing, connecting(trusted)).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { handed, error };
}

test.each([
  ["tls", "tls"],
  ["plain", "starttls"],
] as const)("a server with %s takes the mail by %s, and the login in TLS only", async (kind, security) => {
  const server = await serve(kind);
  expect(await send(server, security, { login: { user: "itcare", password: "s3cret è" } })).toEqual({ handed: true, error: null });
  const [received] = server.received;
  expect(received).toMatchObject({
    from: "<no-reply@itcare.example>",
    to: "<odile.renaud@asclepia.example>",
    tls: true,
    login: "\0itcare\0s3cret è",
  });
  // Lines that begin with a dot come out as they went in, and none of them ends the mail.
  expect(`${received!.data}\r\n`).toBe(mail.raw);
  expect(server.received.length).toBe(1);
});

test("without TLS nothing is sent, whoever takes STARTTLS away or speaks in between", async () => {
  const bare = await serve("plain", { withoutStartTls: true });
  expect((await send(bare, "starttls", { login: { user: "itcare", password: "secret" } })).error).toEqual(
    new NotSent("The mail server offers no STARTTLS."),
  );
  expect(bare.commands).toEqual(["EHLO itcare.example"]);
  const injecting = await serve("plain", { injects: true });
  expect((await send(injecting, "starttls")).error).toEqual(new NotSent("The mail server spoke out of turn before TLS."));
  for (const [kind, security] of [
    ["plain", "starttls"],
    ["tls", "tls"],
  ] as const) {
    const foreign = await serve(kind);
    const { handed, error } = await send(foreign, security, { trusted: false });
    expect([handed, error instanceof Error, foreign.received]).toEqual([false, true, []]);
  }
});

test("a refusal is told apart: for now, for good, and what may have gone out", async () => {
  const busy = await send(await serve("tls", { answers: { RCPT: "451 later" } }), "tls");
  expect(busy).toMatchObject({ handed: false, error: { message: "The mail server says: 451 later", forever: false } });
  const unknown = await send(await serve("tls", { answers: { RCPT: "550-nobody\r\n550 of that name" } }), "tls");
  expect(unknown).toMatchObject({ handed: false, error: { message: "The mail server says: 550 nobody of that name", forever: true } });
  // Ours to mend, so it is tried again.
  expect((await send(await serve("tls", { answers: { AUTH: "535 no" } }), "tls", { login: { user: "a", password: "b" } })).error).toMatchObject({
    forever: false,
  });
  const spam = await send(await serve("tls", { answers: { ".": "554 no thanks" } }), "tls");
  expect(spam).toMatchObject({ handed: true, error: { forever: true } });
  const gone = await send(await serve("tls", { hangsUpAfterData: true }), "tls");
  expect(gone.handed).toBe(true);
  expect(gone.error).toBeInstanceOf(Error);
  expect(gone.error).not.toBeInstanceOf(NotSent);
});

test("an address says how the server is reached", () => {
  expect(readSmtpUrl("smtps://me%40a:p%2Fw@mail.example")).toEqual({
    host: "mail.example",
    port: 465,
    security: "tls",
    user: "me@a",
    password: "p/w",
  });
  expect(readSmtpUrl("smtp://mail.example")).toMatchObject({ port: 587, security: "starttls" });
  expect(readSmtpUrl("smtp://localhost:2525")).toMatchObject({ port: 2525, security: "none" });
  expect(() => readSmtpUrl("https://mail.example")).toThrow("SMTP_URL");
});
