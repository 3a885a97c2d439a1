/** What a form knows of its act while it is filled in: what the API would not understand, and what it would refuse. Both are asked, never guessed. */
import { call, type CallOptions } from "../api/client.ts";
import type { Label } from "../../worker/contract/actions.ts";
import { asProblem, isCancelled, type ApiProblem } from "../api/problem.ts";
import { fieldOf, wrongIn, type Wrong } from "../api/validate.ts";
import { fieldWords, formatNumber, t } from "../messages/index.svelte.ts";
import type { Act } from "./ask.ts";
import type { Warnings } from "./warnings.ts";

/** What the API answers to a dry run. */
interface DryRun {
  warnings?: Warnings;
}

/** How long nothing is typed before the API is asked. */
const REST = 350;

export class ActForm {
  /** Why the API would refuse it, or has refused it; null while nothing is known against it. */
  refusal = $state.raw<ApiProblem | null>(null);
  /** What the API says should be known before. */
  warnings = $state.raw<Warnings>({});
  /** All was to be sent: from now on every mistake is told. */
  tried = $state(false);
  #wrong = $state.raw<readonly Wrong[]>([]);
  #left = $state.raw<Readonly<Record<string, true>>>({});
  #body = $state.raw<object>({});
  readonly #words: () => Readonly<Record<string, string>>;

  /** @param words the page's own sentence for a field that is wrong, by the API's name for it */
  constructor(words: () => Readonly<Record<string, string>> = () => ({})) {
    this.#words = words;
  }

  /** One sentence for each field that is wrong, by the API's name for it; those not yet left are not told. */
  readonly errors = $derived.by<Readonly<Record<string, string>>>(() => {
    const told: Record<string, string> = {};
    const words = this.#words();
    for (const wrong of this.#wrong) if (this.tried || this.#left[wrong.field]) told[wrong.field] ??= words[wrong.field] ?? wrongWords(wrong);
    const refused = this.#refusedField;
    if (this.refusal && refused) told[refused] ??= words[refused] ?? fieldWords(this.refusal);
    return told;
  });

  /** The refusal where no field of the form can show it. */
  readonly general = $derived.by(() => (this.#refusedField ? null : this.refusal));

  /** `onblur={form.leave("name")}` */
  leave = (field: string) => () => {
    this.#left = { ...this.#left, [field]: true };
  };

  reset(): void {
    this.refusal = null;
    this.warnings = {};
    this.tried = false;
    this.#wrong = [];
    this.#left = {};
  }

  /** Reads it as the API would. @returns true when it would be understood */
  async validate({ label, body }: Act): Promise<boolean> {
    this.#body = body ?? {};
    this.#wrong = await wrongIn(label, body);
    return this.#wrong.length === 0;
  }

  /** Once the typing rests: validates, and has the API try it without doing it. @returns how to stop */
  watch(act: Act): () => void {
    const asking = new AbortController();
    const soon = setTimeout(() => void this.check(act, asking.signal), REST);
    return () => {
      clearTimeout(soon);
      asking.abort();
    };
  }

  async check(act: Act, signal?: AbortSignal): Promise<void> {
    if (!(await this.validate(act)) || signal?.aborted) return;
    const { label, on: _on, environment: _environment, ...options } = act;
    try {
      const found = (await call<Label>(label, { ...(options as CallOptions<Label>), dryRun: true, signal })) as unknown as DryRun;
      if (signal?.aborted) return;
      this.refusal = null;
      this.warnings = found.warnings ?? {};
    } catch (error) {
      if (!isCancelled(error) && !signal?.aborted) this.refusal = asProblem(error);
    }
  }

  get #refusedField(): string | null {
    const field = this.refusal?.field ? fieldOf(this.refusal.field) : null;
    const { options } = this.#body as { options?: object };
    return field && (field in this.#body || (options && field in options)) ? field : null;
  }
}

function wrongWords({ kind, limit, letters }: Wrong): string {
  const words = t().forms;
  if (kind === "missing" || (kind === "least" && letters && limit === 1)) return words.missing;
  if (kind === "least") return (letters ? words.leastLetters : words.least)(formatNumber(limit ?? 0));
  if (kind === "most") return (letters ? words.mostLetters : words.most)(formatNumber(limit ?? 0));
  return words[kind];
}
