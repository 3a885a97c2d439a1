/**
 * What is kept how long, and what becomes of it after: the one table that the sweepers go by and that the README shows.
 * What is not listed is kept as long as the organization is a customer.
 */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

interface Kept {
  what: string;
  /** In ms. */
  for: number;
  /** From when. */
  from: string;
  after: string;
}

export const retention = {
  challenge: { what: "Challenges of security keys, signed requests' nonces", for: 2 * MINUTE, from: "being made", after: "deleted" },
  resetLink: { what: "Links for a forgotten password", for: 30 * MINUTE, from: "being sent", after: "deleted" },
  session: { what: "Sessions: browser and network", for: 12 * HOUR, from: "the sign-in, or half an hour without use", after: "deleted" },
  export: { what: "Exports of an organization: the right to download one", for: 15 * MINUTE, from: "the signature", after: "deleted" },
  link: { what: "Links to come in or to enrol a new key", for: DAY, from: "being sent", after: "deleted" },
  answer: { what: "Answers kept for an Idempotency-Key", for: DAY, from: "the request", after: "deleted" },
  attempt: {
    what: "Failed sign-ins, by account and network",
    for: 30 * DAY,
    from: "the last one",
    after: "deleted, unless it is blocked for longer",
  },
  mail: { what: "To whom which mail went; what it says only until it is sent", for: 90 * DAY, from: "being queued", after: "deleted" },
  request: {
    what: "Who was asked for, and why, in requests",
    for: 90 * DAY,
    from: "the decision or the withdrawal",
    after: "name, address and reasons erased; that it was asked and decided stays",
  },
  person: {
    what: "The name of a person who has ended",
    for: YEAR,
    from: "the end; the address and the password go at once",
    after: "erased everywhere: directory, regions, and beside every log that has it",
  },
  log: {
    what: "The log of an organization, with the keys that its signatures are checked by",
    for: 5 * YEAR,
    from: "the end of the organization",
    after: "deleted whole; nothing of a chain is ever deleted before",
  },
  backup: {
    what: "Earlier states of the databases (D1 Time Travel)",
    for: 30 * DAY,
    from: "the change",
    after: "gone; what was erased can come back until then",
  },
} as const satisfies Record<string, Kept>;

/** What stands where a name was. */
export const ERASED = "—";

/** The rows of the table as people read it. */
export function retentionLines(): string[] {
  return Object.values(retention).map(({ what, for: time, from, after }) => `| ${what} | ${spoken(time)} from ${from} | ${after} |`);
}

function spoken(time: number): string {
  for (const [unit, name] of [
    [YEAR, "year"],
    [DAY, "day"],
    [HOUR, "hour"],
  ] as const)
    if (time >= unit && time % unit === 0) return `${time / unit} ${name}${time === unit ? "" : "s"}`;
  return `${time / MINUTE} minutes`;
}
