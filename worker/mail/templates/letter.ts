/** A mail before it has a form: one source of words for plain text and HTML. */
import type { MailFacts, Template } from "../../contract/mail.ts";

/** A paragraph, a link on a line of its own, or a short table of facts. */
export type Block = string | { link: string; label: string } | { rows: readonly (readonly [string, string])[] };

export interface Letter {
  subject: string;
  blocks: readonly Block[];
}

/** All templates in one language, with the words around them. */
export interface Language {
  greeting(name: string): string;
  /** Why this was sent, and that nobody reads answers. */
  footer(origin: string): string;
  letters: { [T in Template]: (facts: MailFacts[T], words: Words) => Letter };
}

export interface Words {
  /** A moment, written out, in UTC. */
  when(ms: number): string;
}

/** Facts that are there, as rows. */
export function rowsOf(...rows: readonly (readonly [string, string | null | undefined])[]): { rows: (readonly [string, string])[] } {
  return { rows: rows.flatMap(([label, value]) => (value ? [[label, value] as const] : [])) };
}
