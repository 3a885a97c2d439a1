/** The exceptions that a chain tells of: an act that nobody proved must lie within one that a representative signed. */
import type { Label } from "../actions.ts";
import type { ActAccepted, LogEntry } from "../log-entry.ts";
import { isExcepted, type SecretException } from "../secret-exceptions.ts";

const DAY = 24 * 60 * 60_000;

/** How long an act may have been under way while its exception was ended: it was decided before, and says when it was asked for. In ms. */
const UNDER_WAY = 60_000;

interface Given {
  accountId: number;
  /** ms since 1970 */
  since: number;
  /** When another took its place, or it was ended. */
  until: number;
  exception: SecretException;
}

/** Found over the whole chain and judged by time, not by place: the order of the chain is arrival. */
export class Exceptions {
  readonly #given: Given[] = [];

  constructor(entries: readonly LogEntry[]) {
    const acts = entries.flatMap((entry) => (entry?.event?.kind === "act-accepted" && isAboutExceptions(entry.event.label) ? [entry.event] : []));
    for (const event of acts.sort((one, other) => Date.parse(one.at) - Date.parse(other.at))) this.#read(event);
  }

  /** What speaks against the act's being excepted, as a sentence; null: nothing. */
  flawOf({ label, actor, cloudId, at, exception }: ActAccepted): string | null {
    if (!exception || actor.kind !== "api-account") return `${label} needs a proof; it has none.`;
    const when = Date.parse(at);
    const covers = (given: Given) =>
      given.accountId === actor.id &&
      given.since <= when &&
      when < given.until + UNDER_WAY &&
      given.exception.givenBy === exception.givenBy &&
      given.exception.ends === Date.parse(exception.ends) &&
      isExcepted(given.exception, label, cloudId ?? 0, when);
    return this.#given.some(covers) ? null : `${label} says that it was excepted, and no signed exception of the account covers it.`;
  }

  #read({ label, target, at, actor, parameters }: ActAccepted): void {
    const since = Date.parse(at);
    for (const earlier of this.#given) if (earlier.accountId === target.id) earlier.until = Math.min(earlier.until, since);
    if (label !== "give-secret-exception") return;
    const { labels = [], cloudIds = [], days = 0 } = (parameters ?? {}) as unknown as { labels?: Label[]; cloudIds?: number[]; days?: number };
    const exception = { labels, cloudIds, ends: since + days * DAY, givenBy: actor.id };
    this.#given.push({ accountId: target.id, since, until: Infinity, exception });
  }
}

function isAboutExceptions(label: Label): boolean {
  return label === "give-secret-exception" || label === "end-secret-exception";
}
