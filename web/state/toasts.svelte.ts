/** Short notices at the corner. What went wrong stays until it is put away; what went well leaves by itself. */
import type { Tone } from "../ui/tones.ts";
import { whenAskedToWait } from "../api/http.ts";
import { asProblem, isCancelled } from "../api/problem.ts";
import { problemWords, t } from "../messages/index.svelte.ts";

export interface Toast {
  id: number;
  tone: Tone;
  title: string;
  detail?: string;
  /** The language of the detail where it is not the page's: the API speaks English. */
  lang?: "en" | undefined;
  link?: { href: string; text: string };
}

const LASTS = 6_000;

class Toasts {
  items = $state.raw<readonly Toast[]>([]);
  #next = 1;

  add(toast: Omit<Toast, "id">): void {
    const id = this.#next++;
    this.items = [...this.items.slice(-3), { ...toast, id }];
    if (toast.tone !== "bad") setTimeout(() => this.dismiss(id), LASTS);
  }

  /** Says why an act failed; nothing when the person put it away themselves. */
  fail(error: unknown): void {
    if (isCancelled(error)) return;
    const problem = asProblem(error);
    const { title, detail, change, lang, lines } = problemWords(problem);
    const changes = lines.length > 0 ? lines.map(({ text }) => text) : [change];
    this.add({ tone: "bad", title, detail: [detail, ...changes].filter(Boolean).join(" "), lang });
  }

  dismiss(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();

let waitsUntil = 0;

/** Said once for all that wait together. */
whenAskedToWait.call = (seconds) => {
  const now = Date.now();
  if (now < waitsUntil) return;
  waitsUntil = now + seconds * 1_000;
  toasts.add({ tone: "unknown", title: t().pause.title, detail: t().pause.detail(seconds) });
};
