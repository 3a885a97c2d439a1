/** An entry of the log as a sentence, in the reader's language. The chain holds ids; names stand beside it and may have been erased. */
import type { LogEvent } from "../../../worker/contract/log-entry.ts";
import type { Tone } from "../../ui/tones.ts";
import { t } from "../../messages/index.svelte.ts";

export type Names = Readonly<Record<string, string>>;

export function sentenceOf(event: LogEvent, names: Names): string {
  const words = t().log;
  switch (event.kind) {
    case "act-accepted":
      return words.asked(nameOfActor(event.actor.id, names), actNoun({ label: event.label, target: event.created ?? event.target }, names));
    case "act-ended":
      return capital(
        event.status === "SUCCESS" ? words.succeeded(actNoun(event, names)) : words.failedAct(actNoun(event, names), event.message ?? ""),
      );
    case "member-observed":
      return words.membersObserved(
        nameOfTarget(event.target, names),
        event.members.map(({ id, status }) => words.memberStatus(nameOfTarget({ kind: "resource", id }, names), status)).join(", "),
      );
    case "act-refused":
      return words.refused(nameOfActor(event.actor.id, names), actNoun(event, names));
    case "identity": {
      const who = nameOfActor(event.actor.id, names);
      return words.identity[event.name]?.(who) ?? words.otherIdentity(who, event.name);
    }
    default:
      return words.unreadable;
  }
}

/** Shape, colour and what kind it is: never colour alone. */
export function markOf(event: LogEvent): { shape: string; tone: Tone } {
  switch (event.kind) {
    case "act-accepted":
      return { shape: event.proof === "signature" ? "◆" : "→", tone: "busy" };
    case "act-ended":
      return event.status === "SUCCESS" ? { shape: "✓", tone: "good" } : { shape: "▲", tone: "bad" };
    case "member-observed":
      return event.members.every(({ status }) => status === "up") ? { shape: "✓", tone: "good" } : { shape: "▲", tone: "bad" };
    case "act-refused":
      return { shape: "✕", tone: "bad" };
    default:
      return { shape: "◇", tone: "unknown" };
  }
}

export function nameOfActor(id: number, names: Names): string {
  return names[String(id)] ?? t().log.somebody(String(id));
}

export function nameOfTarget(target: { kind: string; id: number } | null, names: Names): string {
  const words = t().log;
  if (!target || target.kind === "organization") return words.organization;
  const name = names[String(target.id)];
  if (target.kind === "action") return name ?? words.action(String(target.id));
  return name ?? words.something(String(target.id));
}

function actNoun(event: { label: string; target: { kind: string; id: number } | null }, names: Names): string {
  const words = t().log;
  const what = nameOfTarget(event.target, names);
  return words.nouns[event.label]?.(what) ?? words.otherNoun(event.label, what);
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
