/** Every page's address, once. Links are built by `to`, never written by hand; test/web/paths.test.ts lists them all. */

/** Fixed addresses stand before those with parameters: the first that fits wins. */
export const patterns = {
  signIn: "/sign-in",
  activation: "/activate",
  enrolment: "/enrol",
  forgotPassword: "/forgot-password",
  resetPassword: "/reset-password",
  mailbox: "/mailbox",
  resources: "/resources",
  createInstance: "/instances/new",
  instance: "/instances/:instance",
  balancers: "/load-balancers",
  createBalancer: "/load-balancers/new",
  balancer: "/load-balancers/:balancer",
  services: "/services",
  service: "/services/:service",
  topology: "/topology",
  log: "/log",
  people: "/people",
  person: "/people/:person",
  access: "/access-review",
  apiAccounts: "/api-accounts",
  apiAccount: "/api-accounts/:account",
  logEntry: "/log/:entry",
  requests: "/requests",
  clouds: "/clouds",
  organizations: "/organizations",
  quotas: "/quotas",
  account: "/account",
} as const;
export type PageName = keyof typeof patterns;

type ParamsIn<Pattern extends string> = Pattern extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamsIn<Rest>
  : Pattern extends `${string}:${infer Name}`
    ? Name
    : never;
export type PathParams<Pattern extends string> = Record<ParamsIn<Pattern>, string | number>;

/** What may stand behind the question mark; what is empty, null or undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>>;

/** `:name` in a pattern replaced by its value, percent-encoded. @throws RangeError when a value is missing. */
export function fillPattern(pattern: string, params: Readonly<Record<string, string | number>> = {}): string {
  return pattern.replace(/:([a-z]+)/gi, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === "") throw new RangeError(`The path ${pattern} needs ${name}.`);
    return encodeURIComponent(value);
  });
}

/** `?a=1&b=2`, or nothing. A list becomes repeated parameters. */
export function queryText(query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? (value as readonly (string | number)[]) : [value as string]) {
      if (item !== null && item !== undefined && item !== "") search.append(key, String(item));
    }
  }
  return search.size > 0 ? `?${search}` : "";
}

type ToArguments<Page extends PageName> =
  ParamsIn<(typeof patterns)[Page]> extends never ? [query?: Query] : [params: PathParams<(typeof patterns)[Page]>, query?: Query];

/** `to("resources", { status: "ACTIVE" })`, `to("instance", { instance: 42 }, { tab: "storage" })`. */
export function to<Page extends PageName>(page: Page, ...rest: ToArguments<Page>): string {
  const pattern: string = patterns[page];
  const [params, query] = pattern.includes(":") ? (rest as [Record<string, string | number>, Query?]) : [{}, rest[0] as Query | undefined];
  return fillPattern(pattern, params) + queryText(query);
}

export interface PageMatch {
  page: PageName;
  params: Record<string, string>;
}

/** Which page an address names, or null for none. */
export function matchPath(pathname: string): PageMatch | null {
  const parts = pathname.replace(/\/+$/, "").split("/");
  for (const page of Object.keys(patterns) as PageName[]) {
    const params = matchParts(patterns[page].split("/"), parts);
    if (params) return { page, params };
  }
  return null;
}

function matchParts(pattern: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const given = parts[index]!;
    if (expected.startsWith(":")) {
      if (given === "") return null;
      params[expected.slice(1)] = decode(given);
    } else if (expected !== given) return null;
  }
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Pages for whoever is not signed in. */
const beforeSession: readonly PageName[] = ["signIn", "activation", "enrolment", "forgotPassword", "resetPassword"];

/** A path of this site to return to after signing in; anything else (another site, `//host`, the sign-in itself) becomes the start. */
export function safeReturn(from: string | null): string {
  if (!from || !from.startsWith("/") || from.startsWith("//") || from.includes("\\")) return to("resources");
  const page = matchPath(new URL(from, "https://itcare.invalid").pathname)?.page;
  return !page || beforeSession.includes(page) ? to("resources") : from;
}
