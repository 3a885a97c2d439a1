/** Why something cannot be done, and what would change it: beside a button that cannot be pressed, and in full when it is pressed all the same. */
export interface WhyLine {
  text: string;
  /** Where it can be changed, and what the link is called. */
  href?: string;
  link?: string;
}

export interface Why {
  /** Null: it can be done. */
  reason: string | null;
  /** What would change it, in one text; and, where it is known so well, part for part with who can. */
  change?: string | null;
  lines?: readonly WhyLine[];
}

class Shown {
  why = $state.raw<(Why & { title: string }) | null>(null);
}

/** What is being explained. */
export const shown = new Shown();

/** In one text, for a tooltip; null: there is nothing to say. */
export function whyText(why: Why | string | null | undefined): string | null {
  if (!why || typeof why === "string") return why || null;
  const changes = why.lines?.length ? why.lines.map(({ text }) => text) : [why.change];
  return why.reason && [why.reason, ...changes].filter(Boolean).join(" ");
}
