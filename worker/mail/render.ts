/** A mail's two forms, plain text and HTML, from the words of its template in the language of whoever reads it. */
import type { Locale, MailFacts, Template } from "../contract/mail.ts";
import { en } from "./templates/en.ts";
import { fr } from "./templates/fr.ts";
import type { Block, Language } from "./templates/letter.ts";

const languages: Record<Locale, Language> = { en, fr };

export interface Rendered {
  subject: string;
  plain: string;
  html: string;
}

export interface Rendering {
  template: Template;
  facts: MailFacts[Template];
  locale: Locale;
  /** Who reads it; "" for nobody in particular. */
  name: string;
  /** The product's own: links are paths of it. */
  origin: string;
}

/** @throws RangeError for a link that is no path of the product */
export function render({ template, facts, locale, name, origin }: Rendering): Rendered {
  const language = languages[locale];
  const write = language.letters[template] as (
    facts: MailFacts[Template],
    words: { when(ms: number): string },
  ) => { subject: string; blocks: readonly Block[] };
  const { subject, blocks } = write(facts, { when: (ms) => when(ms, locale) });
  const all: Block[] = [language.greeting(name), ...blocks];
  const footer = language.footer(origin);
  return {
    subject: oneLine(subject).slice(0, 200),
    plain: [...all.map((block) => plainOf(block, origin)), `-- \n${footer}`].join("\n\n") + "\n",
    html: page(locale, oneLine(subject), all.map((block) => htmlOf(block, origin)).join("\n"), footer),
  };
}

function plainOf(block: Block, origin: string): string {
  if (typeof block === "string") return oneLine(block);
  if ("link" in block) return `${oneLine(block.label)}:\n${absolute(block.link, origin)}`;
  return block.rows.map(([label, value]) => `${oneLine(label)}: ${oneLine(value)}`).join("\n");
}

function htmlOf(block: Block, origin: string): string {
  if (typeof block === "string") return `<p style="margin:0 0 16px">${escapeHtml(oneLine(block))}</p>`;
  if ("link" in block) {
    const link = escapeHtml(absolute(block.link, origin));
    return `<p style="margin:0 0 16px"><a href="${link}" target="_blank" rel="noopener" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1d4ed8;color:#ffffff;text-decoration:none;font-weight:600">${escapeHtml(block.label)}</a></p>
<p style="margin:0 0 16px;font-size:13px;word-break:break-all"><a href="${link}" target="_blank" rel="noopener" style="color:#1d4ed8">${link}</a></p>`;
  }
  const rows = block.rows.map(
    ([label, value]) =>
      `<tr><th scope="row" style="text-align:left;vertical-align:top;padding:4px 16px 4px 0;font-weight:400;color:#4b5563">${escapeHtml(oneLine(label))}</th><td style="padding:4px 0">${escapeHtml(oneLine(value))}</td></tr>`,
  );
  return `<table style="margin:0 0 16px;border-collapse:collapse">${rows.join("")}</table>`;
}

function page(locale: Locale, title: string, body: string, footer: string): string {
  return `<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body style="margin:0;padding:24px;background:#ffffff;color:#111827;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:560px;margin:0 auto">
${body}
<p style="margin:32px 0 0;padding-top:16px;border-top:1px solid #d1d5db;font-size:13px;color:#4b5563">${escapeHtml(footer)}</p>
</div>
</body>
</html>
`;
}

/** A path of the product, made absolute. @throws RangeError for everything else */
function absolute(link: string, origin: string): string {
  const url = URL.canParse(link, origin) ? new URL(link, origin) : null;
  if (!link.startsWith("/") || url?.origin !== origin) throw new RangeError("A mail's link is a path of the product.");
  return url.href;
}

/** Names are other people's words: whatever would begin another line, or change the direction of writing, is a space. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function when(ms: number, locale: Locale): string {
  const format = new Intl.DateTimeFormat(locale === "fr" ? "fr-FR" : "en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
  return `${format.format(ms)} UTC`;
}
