/** What mails say and how they are written down: both languages, both forms, and nothing that anybody's name can break. */
import { describe, expect, test } from "vitest";
import type { Locale, MailFacts, Template } from "../../worker/contract/mail.ts";
import { Unwritable, writeAddress, writeMessage, writeWords } from "../../worker/mail/mime.ts";
import { render } from "../../worker/mail/render.ts";

const at = Date.UTC(2026, 10, 22, 14, 5);
const origin = "https://itcare.example";
const base = { organization: "Asclepia & Sons", by: "Sybil <b>Martin</b>", reason: "Un remplacement d’été" };

/** One of each; what else there is would not compile. */
const facts: { [T in Template]: MailFacts[T] } = {
  activation: { link: "/activate#abc", organization: base.organization, until: at },
  "new-enrolment": { link: "/activate#abc", organization: base.organization, until: at },
  "credential-changed": { which: "key-locked", key: "Blue key", at, network: "198.51.100.0/24", agent: "Firefox" },
  "password-reset": { link: "/reset#abc", until: at, hasKey: true },
  "profile-changed": { cloud: "Asclepia Care", profile: "POW", until: at, by: base.by, reason: base.reason },
  "request-decided": { what: "an account for Odile Renaud", accepted: false, ...base },
  "request-asked": { what: "an account for Odile Renaud", link: "/requests/1", ...base },
  "account-suspended": { until: null, ...base },
  "account-ended": base,
  "recovery-announced": { person: "Sybil Martin", organization: base.organization, by: "David Roy", effective: at, link: "/account" },
  "api-credential-changed": { account: "Reader", clientId: "cgdm-sa-asclepia-reader", which: "rotated", by: base.by, at },
  "profile-ends-soon": { person: "Odile Renaud", cloud: "Asclepia Care", profile: "POW", ends: at, reason: base.reason },
};
const templates = Object.keys(facts) as Template[];
const write = (template: Template, locale: Locale, given: unknown = facts[template], name = "Odile Renaud") =>
  render({ template, facts: given as MailFacts[Template], locale, name, origin });

describe("what a mail says", () => {
  test.each(templates)("%s: the same in text and HTML, in English and in French", (template) => {
    const [english, french] = [write(template, "en"), write(template, "fr")];
    expect(english.subject).not.toBe(french.subject);
    for (const { subject, plain, html } of [english, french]) {
      expect(subject.length).toBeGreaterThan(5);
      expect(plain + html + subject).not.toMatch(/undefined|\[object|NaN|null/);
      const words = html
        .replace(/<title>.*<\/title>/, "")
        .replace(/<[^>]+>/g, " ")
        .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
      const bare = (text: string) => text.replace(/[\s:]+/g, "");
      const link = (facts[template] as { link?: string }).link;
      if (link) expect(plain).toContain(`\n${origin}${link}\n`);
      for (const line of plain.split("\n").filter((one) => one && !one.startsWith("-- "))) expect(bare(words), line).toContain(bare(line));
    }
    expect(english.plain).toContain("Hello Odile Renaud,");
    expect(french.plain).toContain("Bonjour Odile Renaud,");
  });

  test("moments are written out, in UTC", () => {
    expect(write("activation", "en").plain).toContain("22 November 2026 at 14:05 UTC");
    expect(write("activation", "fr").plain).toMatch(/22 novembre 2026 à 14:05 UTC/);
  });

  test("other people's words stay words", () => {
    const { html, plain } = write("account-ended", "en", {
      ...base,
      organization: "<img src=x onerror=alert(1)>",
      by: "Eve\r\n\r\nhttps://evil.example\u202e",
    });
    expect(html).not.toContain("<img");
    expect(html).toContain("&#60;img");
    expect(plain).toContain("By: Eve https://evil.example\n");
  });

  test("a link leads to the product and nowhere else", () => {
    for (const link of ["https://evil.example/", "//evil.example/x", "/\\evil.example", "javascript:alert(1)", ""])
      expect(() => write("activation", "en", { ...facts.activation, link }), link).toThrow(RangeError);
  });
});

describe("how it is written down", () => {
  const envelope = {
    from: { name: "ITCare", address: "no-reply@itcare.example" },
    to: { name: "Odile", address: "odile@asclepia.example" },
    messageId: "0a1b",
    at,
  };
  const headersOf = (message: string) => message.slice(0, message.indexOf("\r\n\r\n")).replace(/\r\n /g, " ").split("\r\n");
  const names = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"];
  const decode = (line: string) =>
    line.replace(/=\?utf-8\?B\?([^?]*)\?=\s*/g, (_, encoded: string) =>
      new TextDecoder().decode(Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0))),
    );

  test.each([
    ["Odile\r\nBcc: everybody@asclepia.example", "Hello\r\n\r\n<script>"],
    ["Odile\nX-Evil: 1", "a\u2028b\u0085c\u0000d"],
    ['"Odile" <eve@evil.example>, Renaud', "=?utf-8?Q?Bcc:_x?="],
    ["Élodie Çağla 🦊 Ωμέγα", "Réinitialisé : « 密码 » ".repeat(12)],
    ["", ""],
  ])("the name %j and its subject begin no header of their own", (name, subject) => {
    const message = writeMessage({ ...envelope, to: { ...envelope.to, name } }, { subject, plain: "One\nTwo", html: "<p>Ü</p>" });
    expect(message).toMatch(/^[\r\n\x20-\x7e]*$/);
    expect(message.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    const headers = headersOf(message);
    expect(headers.map((line) => line.split(":")[0])).toEqual(names);
    expect(headers[1]).toMatch(/<odile@asclepia\.example>$/);
    expect(headers[1]!.match(/@/g)!.length).toBe(1);
    const flat = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
    expect(decode(headers[2]!).replace(/^Subject: /, "")).toBe(flat(subject));
    expect(decode(headers[1]!).slice("To: ".length, -"<odile@asclepia.example>".length)).toBe(name ? flat(name) : "");
    for (const line of message.split("\r\n")) expect(line.length).toBeLessThan(100);
  });

  test("no character is cut in two", () => {
    for (const word of writeWords("🦊".repeat(60)).matchAll(/\?B\?([^?]+)\?=/g))
      expect(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(Uint8Array.from(atob(word[1]!), (one) => one.charCodeAt(0)))).toMatch(
        /^(🦊)+$/u,
      );
  });

  test.each([
    ["odile.renaud+it@asclepia.example", "odile.renaud+it@asclepia.example"],
    ["o@Ünïcode.example", "o@xn--ncode-2sa5k.example"],
  ])("%s is written to", (address, written) =>
    expect(writeAddress(address)).toMatch(written.includes("xn--") ? /^o@xn--[a-z0-9-]+\.example$/ : written),
  );

  test.each([
    "odile",
    "@asclepia.example",
    "odile@",
    "o@a@",
    "odile@asclepia.example\r\nRCPT TO:<eve@evil.example>",
    "odile> SIZE=1@asclepia.example",
    '"odile renaud"@asclepia.example',
    "élodie@asclepia.example",
    "odile@[127.0.0.1]",
    "odile@127.0.0.1",
    "odile@asclepia.example/path",
    "odile@asclepia.example, eve@evil.example",
    "odile@-asclepia.example",
  ])("%j is not", (address) => expect(() => writeAddress(address)).toThrow(Unwritable));
});
