/** Mails on their way: queued with what they tell, sent once, tried again, given up aloud; and the mailbox, which is a local start's alone. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { commit, MustHitOne } from "../../db/commit.ts";
import { claimMails, markHanded, queueMail, queueMailIf } from "../../db/directory/write/mail.ts";
import { prepare, readAll } from "../../db/statement.ts";
import { app } from "../../worker/app.ts";
import type { Env } from "../../worker/env.ts";
import { sendMails, sweepMails } from "../../worker/mail/send.ts";
import { hasMailbox, senderOf } from "../../worker/mail/transport.ts";
import { world, type World } from "../world.ts";

let it: World;
const directory = env.DIRECTORY;
const MINUTE = 60_000;
const now = Date.now();
const until = now + 30 * MINUTE;

interface Row {
  number: number;
  address: string;
  locale: string;
  facts: string | null;
  due: number | null;
  tries: number;
  sent: number | null;
  given_up: number | null;
  problem: string | null;
}
const mails = () => readAll<Row>(directory, sql`SELECT * FROM mail ORDER BY number`);
const only = async () => (await mails())[0]!;
const mailbox = () =>
  readAll<{ address: string; subject: string; plain: string; html: string }>(directory, sql`SELECT * FROM mailbox ORDER BY number`);

beforeEach(async () => {
  it ??= await world(env);
  await commit(directory, [{ query: sql`DELETE FROM mail` }, { query: sql`DELETE FROM mailbox` }]);
  vi.restoreAllMocks();
});

const link = <To extends number | string>(to: To) =>
  ({ to, template: "password-reset", facts: { link: "/reset#secret", until, hasKey: true } }) as const;
const queue = (...writes: Parameters<typeof commit>[1]) => commit(directory, writes);

/** Cloudflare's service, which does with each mail what the test says. */
function cloudflare(send: (message: { from: string; to: string }) => Promise<void>): Env {
  return { ...(env as unknown as Env), MAIL: "cloudflare", EMAIL: { send } as unknown as SendEmail };
}

describe("a mail", () => {
  test("is queued in the commit of what it tells, or not at all", async () => {
    const broken = queue(queueMail(link(it.mona.id), now), { query: sql`UPDATE person SET locale = 'fr' WHERE id = -1`, must: "nobody" });
    await expect(broken).rejects.toThrow(MustHitOne);
    expect(await mails()).toEqual([]);
    await expect(queue(queueMail(link(-1), now))).rejects.toThrow(MustHitOne);
    await queue(queueMailIf(false, link(it.mona.id), now));
    expect(await mails()).toEqual([]);
    await queue(queueMailIf(true, link(it.mona.id), now));
    expect((await mails()).length).toBe(1);
  });

  test("is written in its reader's language; what it said is forgotten once it is sent", async () => {
    await queue(
      queueMail(link(it.mona.id), now),
      queueMail(
        {
          ...link("new@asclepia.example"),
          template: "activation",
          facts: { link: "/activate#secret", organization: "Asclepia", until },
          name: "Nina Neu",
        },
        now,
      ),
      queueMail(
        {
          to: { duty: "security-representative", organizationId: it.sybil.organizationId },
          template: "account-ended",
          facts: { organization: "x", by: "y" },
        },
        now,
      ),
    );
    expect((await mails()).map(({ facts }) => facts?.includes("secret") ?? null)).toEqual([true, true, false]);
    await sendMails(env as unknown as Env, now);
    const rows = await mails();
    expect(rows.map(({ address, locale, facts, sent, due, tries }) => [address, locale, facts, sent, due, tries])).toEqual([
      [it.mona.email, "fr", null, now, null, 1],
      ["new@asclepia.example", "en", null, now, null, 1],
      [it.sybil.email, "en", null, now, null, 1],
    ]);
    const box = (await mailbox()).sort((one, other) => one.subject.localeCompare(other.subject));
    expect(box.map(({ subject }) => subject)).toEqual([
      "Choisissez un nouveau mot de passe",
      "Your ITCare account at Asclepia",
      "Your ITCare account has ended",
    ]);
    expect(box[0]!.plain).toContain(`${env.ORIGIN}/reset#secret`);
    expect(box[1]!.plain).toContain("Hello Nina Neu,");
  });

  test("is sent once by ten senders at once", async () => {
    for (let one = 0; one < 8; one++) await queue(queueMail(link(it.mona.id), now));
    let sent = 0;
    const elsewhere = cloudflare(async () => void sent++);
    await Promise.all(Array.from({ length: 10 }, () => sendMails(elsewhere, now)));
    expect(sent).toBe(8);
    expect((await mails()).every((row) => row.sent === now && row.tries === 1)).toBe(true);
  });

  test("goes out as one message from the product to its reader", async () => {
    await queue(queueMail(link(it.mona.id), now));
    const messages: { from: string; to: string }[] = [];
    await sendMails({ ...cloudflare(async (message) => void messages.push(message)), MAIL_FROM: "ITCare <post@itcare.example>" }, now);
    expect(messages.map(({ from, to }) => [from, to])).toEqual([["post@itcare.example", it.mona.email]]);
  });

  test("that was refused is tried again, later and later, and what it says is kept until then", async () => {
    await queue(queueMail(link(it.mona.id), now));
    const busy = cloudflare(() => Promise.reject(Object.assign(new Error("slow down"), { code: "E_RATE_LIMIT_EXCEEDED" })));
    await sendMails(busy, now);
    expect(await only()).toMatchObject({
      tries: 1,
      sent: null,
      due: now + 30_000,
      problem: "Cloudflare says: E_RATE_LIMIT_EXCEEDED",
      facts: expect.stringContaining("secret"),
    });
    await sendMails(busy, now + 29_000);
    expect((await only()).tries).toBe(1);
    await sendMails(busy, now + 30_000);
    expect(await only()).toMatchObject({ tries: 2, due: now + 90_000 });
    await sendMails(env as unknown as Env, now + 90_000);
    expect(await only()).toMatchObject({ tries: 3, sent: now + 90_000, facts: null });
    expect((await mailbox()).length).toBe(1);
  });

  test("that nobody can have, or needs any more, is given up aloud", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    await queue(queueMail(link("nobody@[127.0.0.1]"), now), queueMail(link("x\r\nRCPT TO:<eve@evil.example>"), now));
    const sent = vi.fn<() => Promise<void>>(async () => {});
    await sendMails(cloudflare(sent), now);
    expect(sent).not.toHaveBeenCalled();
    expect((await mails()).map((row) => [row.given_up, row.facts, row.problem])).toEqual(
      [0, 1].map(() => [now, null, "The address cannot be written to."]),
    );
    await queue(queueMail(link(it.mona.id), now));
    await sendMails(cloudflare(sent), until);
    expect((await mails())[2]).toMatchObject({ given_up: until, facts: null });
    expect(said).toHaveBeenCalledTimes(3);
    const health = await (await it.nobody.fetch("/itcare/health")).json();
    expect(health).toMatchObject({ mail: { transport: true, late: 0, givenUp: 3 } });
  });

  test("whose fate nobody knows is not sent a second time", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    await queue(queueMail(link(it.mona.id), now));
    let sent = 0;
    const torn = cloudflare(() => (sent++, Promise.reject(new Error("connection lost"))));
    await sendMails(torn, now);
    await sweepMails(torn, now + 60 * MINUTE);
    expect([sent, await only()]).toMatchObject([1, { given_up: now, facts: null, problem: expect.stringContaining("nobody knows") }]);
  });

  test("whose sender died before handing it over is sent by the next; after, by nobody", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    await queue(queueMail(link(it.mona.id), now), queueMail(link(it.stan.id), now));
    const [first, second] = await claimMails(directory, 5, now, now + 5 * MINUTE);
    expect(await markHanded(directory, first!, now)).toBe(true);
    await sweepMails(env as unknown as Env, now + 4 * MINUTE);
    expect(await mailbox()).toEqual([]);
    await sweepMails(env as unknown as Env, now + 5 * MINUTE);
    expect((await mailbox()).map(({ address }) => address)).toEqual([second!.address]);
    expect((await mails()).map((row) => [row.sent, row.given_up])).toEqual([
      [null, now + 5 * MINUTE],
      [now + 5 * MINUTE, null],
    ]);
    // The one that was believed dead comes back: its claim is no longer the last one.
    expect(await markHanded(directory, second!, now)).toBe(false);
  });

  test("waits while nothing is set up to send it, and the health says so", async () => {
    await queue(queueMail(link(it.mona.id), now - 20 * MINUTE));
    const bare = { ...(env as unknown as Env), MAIL: undefined };
    await sweepMails(bare, now);
    expect(await only()).toMatchObject({ tries: 0, sent: null, due: now - 20 * MINUTE });
    expect(await (await it.nobody.fetch("/itcare/health", { env: bare })).json()).toMatchObject({ mail: { transport: false, late: 1, givenUp: 0 } });
  });

  test("is forgotten after 90 days", async () => {
    await queue(queueMail(link(it.mona.id), now));
    await sendMails(env as unknown as Env, now);
    await sweepMails(env as unknown as Env, now + 89 * 24 * 60 * MINUTE);
    expect((await mails()).length).toBe(1);
    await sweepMails(env as unknown as Env, now + 90 * 24 * 60 * MINUTE);
    expect(await mails()).toEqual([]);
  });
});

describe("the mailbox", () => {
  /** Past what a Worker that carries something wrong answers to everything: the page looks for itself. */
  const read = async (over: Partial<Env> = {}, path = "/mailbox/mails", host?: string) => {
    const target = { ...(env as unknown as Env), ...over };
    return app.fetch(new Request(new URL(host ? `http://${host}${path}` : path, target.ORIGIN)), target);
  };

  test("shows a local start's mails, newest first, and their HTML without any power", async () => {
    await queue(queueMail(link(it.stan.id), now));
    await sendMails(env as unknown as Env, now);
    await queue(queueMail(link(it.mona.id), now));
    await sendMails(env as unknown as Env, now);
    const listed = await (await read()).json<{ number: number; address: string; plain: string }[]>();
    expect(listed.map(({ address }) => address)).toEqual([it.mona.email, it.stan.email]);
    const html = await read({}, `/mailbox/mails/${listed[0]!.number}/html`);
    expect(html.headers.get("content-type")).toContain("text/html");
    const policy = html.headers.get("content-security-policy")!;
    expect(policy).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/);
    expect(policy).not.toContain("allow-scripts");
    expect(await html.text()).toContain("/reset#secret");
    expect((await read({}, "/mailbox/mails/999999/html")).status).toBe(404);
  });

  test("is nowhere but on a local start: any other configuration answers like a path that there is not", async () => {
    await queue(queueMail(link(it.stan.id), now));
    await sendMails(env as unknown as Env, now);
    const bare = async (response: Response) => [response.status, { ...(await response.json<object>()), requestId: "", type: "" }];
    const nothing = await bare(await it.nobody.fetch("/nothing-here"));
    expect(nothing[0]).toBe(404);
    const elsewhere: Partial<Env>[] = [
      { MAIL: undefined },
      { MAIL: "cloudflare" },
      { MAIL: "smtp" },
      { MAIL: "mailbox", ORIGIN: "https://itcare.example" },
      { MAIL: "mailbox", ORIGIN: "https://localhost.itcare.example" },
    ];
    for (const over of elsewhere) {
      expect(hasMailbox({ ...(env as unknown as Env), ...over })).toBe(false);
      for (const path of ["/mailbox/mails", "/mailbox/mails/1/html"])
        expect(await bare(await read(over, path)), JSON.stringify(over)).toEqual(nothing);
    }
    // A foreign name that leads to this machine, as in DNS rebinding.
    expect(await bare(await read({}, "/mailbox/mails", "evil.example:8787"))).toEqual(nothing);
    // Nor does such a configuration put a mail there.
    const [before] = [await mailbox()];
    await queue(queueMail(link(it.mona.id), now));
    await sendMails({ ...(env as unknown as Env), MAIL: "mailbox", ORIGIN: "https://itcare.example" }, now);
    expect(await mailbox()).toEqual(before);
  });
});

test("mails come from nobody at the product's host, unless it is said", () => {
  expect(senderOf({ ORIGIN: "https://itcare.example" })).toEqual({ name: "ITCare", address: "no-reply@itcare.example" });
  expect(senderOf({ ORIGIN: "https://x.example", MAIL_FROM: "Cegedim ITCare <a@b.example>" })).toEqual({
    name: "Cegedim ITCare",
    address: "a@b.example",
  });
  expect(senderOf({ ORIGIN: "https://x.example", MAIL_FROM: "a@b.example" })).toEqual({ name: "ITCare", address: "a@b.example" });
});

test("a link is queued for as long as it is good, a notice for a day", async () => {
  await queue(queueMail(link(it.stan.id), now), queueMail({ to: it.stan.id, template: "account-ended", facts: { organization: "x", by: "y" } }, now));
  const ends = await prepare(directory, sql`SELECT ends FROM mail ORDER BY number`).all<{ ends: number }>();
  expect(ends.results.map(({ ends: end }) => end)).toEqual([until, now + 24 * 60 * MINUTE]);
});
