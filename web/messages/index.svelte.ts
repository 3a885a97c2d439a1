/** The console's words, in two languages, and numbers and times as each writes them. `t()` is the dictionary of the language in use. */
import { quotas, type QuotaName } from "../../worker/contract/quotas.ts";
import type { ApiProblem } from "../api/problem.ts";
import type { WhyLine } from "../ui/why.svelte.ts";
import { en, type Messages } from "./en.ts";
import { fr } from "./fr.ts";
import { missingLines, reasonInFrench } from "./missing.ts";

export const languages = { en: "English", fr: "Français" } as const;
export type Language = keyof typeof languages;

const dictionaries: Record<Language, Messages> = { en, fr };
/** How numbers and times are written: days before months and 24 hours, as operators in Europe read them. */
const locales: Record<Language, string> = { en: "en-GB", fr: "fr-FR" };
const locale = () => locales[i18n.language];

class I18n {
  language = $state<Language>("en");
  /** Of whoever reads: sentences that say who can change something name it. */
  organization = $state("");
}

export const i18n = new I18n();

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(languages, text);
}

/** `t().resources.title`; reactive where it is read in markup or a $derived. */
export function t(): Messages {
  return dictionaries[i18n.language];
}

/**
 * A problem in words: the title in the person's language, and what would change it, from the facts. The detail is the API's own sentence, which is
 * English, where the facts do not say as much in the person's language.
 */
export function problemWords(problem: ApiProblem): ProblemWords {
  const title: string = t().problems[problem.code];
  const lines = missingLines(problem.missing, { kind: "person", organizationName: i18n.organization });
  const own = problem.code === "quota_exceeded" && i18n.language !== "en" ? quotaWords(problem) : null;
  if (own) return { title, ...own, lines, lang: undefined };
  const said = problem.detail === title || problem.detail === problem.title ? "" : problem.detail;
  const [first] = problem.missing;
  const reason = i18n.language === "fr" && first ? reasonInFrench(first) : null;
  const isEnglish = (said && !reason) || (problem.change && lines.length === 0);
  return { title, detail: reason ?? said, change: problem.change, lines, lang: isEnglish ? "en" : undefined };
}

interface ProblemWords {
  title: string;
  detail: string;
  change: string | null;
  /** The change part for part, with the way there. */
  lines: WhyLine[];
  lang: "en" | undefined;
}

/** A quota that is used up, from the numbers beside the API's own sentence; null: there are none. */
function quotaWords({ members }: ApiProblem): { detail: string; change: string } | null {
  const { name, region, used, limit, wanted } = (members["quota"] ?? {}) as Partial<Record<string, string | number>>;
  if (typeof name !== "string" || typeof region !== "string") return null;
  const [has, may, more] = [used, limit, wanted].map((count) => quotaText(name, Number(count)));
  return { detail: t().quotas.exceeded(t().quotas.names[name] ?? name, region, has!, may!, more!), change: t().quotas.howToMend };
}

/** "40", "160 GB". */
export function quotaText(name: string, count: number): string {
  return Object.hasOwn(quotas, name) && quotas[name as QuotaName].unit ? formatGigabytes(count) : formatNumber(count);
}

/** A problem in one sentence beside the field it names: the API's own where that is the person's language, else the title. */
export function fieldWords(problem: ApiProblem): string {
  return (i18n.language === "en" && problem.detail) || t().problems[problem.code];
}

type Instant = number | string | Date;

export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(locale(), options).format(value);
}

/** How many a list has: "1,000+" where there are at least so many, and counting all would cost too much. */
export function formatTotal(total: number, isLowerBound = false): string {
  return formatNumber(total) + (isLowerBound ? "+" : "");
}

/** GB as the catalogue counts them: 2,048 GB stay GB below ten thousand, as operators read them. */
export function formatGigabytes(value: number): string {
  return `${formatNumber(value)} ${i18n.language === "fr" ? "Go" : "GB"}`;
}

/** Day and time to the second, in the browser's time zone, which it names. */
export function formatExact(instant: Instant): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "long" }).format(new Date(instant));
}

export function formatDay(instant: Instant): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(new Date(instant));
}

export function formatClock(instant: Instant): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "medium" }).format(new Date(instant));
}

/** On a chart's axis: the day where the chart shows several, else hour and minute. */
export function formatTick(instant: Instant, days: boolean): string {
  const style: Intl.DateTimeFormatOptions = days ? { day: "2-digit", month: "2-digit" } : { hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(locale(), style).format(new Date(instant));
}

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000_000],
  ["month", 2_592_000_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** "3 minutes ago"; within a minute "now". */
export function formatRelative(instant: Instant, now: number): string {
  const difference = new Date(instant).getTime() - now;
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  const [unit, size] = steps.find(([, length]) => Math.abs(difference) >= length) ?? ["second", Number.POSITIVE_INFINITY];
  return unit === "second" ? format.format(0, "second") : format.format(Math.round(difference / size), unit);
}

/** "a, b and c". */
export function formatList(items: readonly string[]): string {
  return new Intl.ListFormat(locale(), { type: "conjunction" }).format(items);
}
