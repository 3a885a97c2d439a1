/** The address bar is the state: pages read it here and change it here. */
import { tick } from "svelte";
import { matchPath, to } from "./paths.ts";

export interface Navigation {
  /** Replace the entry in the history: for filters and sorting, which nobody wants to walk back through. */
  replace?: boolean;
}

class Router {
  #url = $state.raw(new URL(location.href));
  /** Grows with every change of page, not of query: what announces the page and moves the focus. */
  visits = $state(0);

  readonly match = $derived(matchPath(this.#url.pathname));

  get url(): URL {
    return this.#url;
  }
  get query(): URLSearchParams {
    return this.#url.searchParams;
  }
  /** Path and query, to come back to later. Never the fragment: an activation link's secret stands there. */
  get here(): string {
    return this.#url.pathname + this.#url.search;
  }

  start(): void {
    if (location.pathname === "/") history.replaceState(null, "", to("resources"));
    // The first page is no visit: the browser announces it by itself.
    this.#url = new URL(location.href);
    addEventListener("popstate", () => this.#read());
    document.addEventListener("click", (event) => this.#follow(event));
  }

  navigate(target: string, { replace = false }: Navigation = {}): void {
    const url = new URL(target, location.origin);
    if (url.origin !== location.origin) throw new RangeError("The console only navigates within itself.");
    const address = url.pathname + url.search + url.hash;
    if (replace) history.replaceState(null, "", address);
    else if (address !== location.pathname + location.search + location.hash) history.pushState(null, "", address);
    const moved = url.pathname !== this.#url.pathname;
    this.#read();
    if (moved) void tick().then(() => scrollTo(0, 0));
  }

  /** Changes single parameters of the query and keeps the others; null removes. */
  setQuery(changes: Readonly<Record<string, string | number | null>>, navigation: Navigation = { replace: true }): void {
    const query = new URLSearchParams(this.query);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null || value === "") query.delete(key);
      else query.set(key, String(value));
    }
    this.navigate(this.withQuery(query), navigation);
  }

  /** This page with another query: for links and after `writeState`. */
  withQuery(query: URLSearchParams): string {
    return this.#url.pathname + (query.size > 0 ? `?${query}` : "");
  }

  #read(): void {
    const before = this.#url.pathname;
    this.#url = new URL(location.href);
    if (this.#url.pathname !== before) this.visits += 1;
  }

  /** Plain clicks on links within the console change the page without a request for it. */
  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    const url = new URL(link.href);
    if (url.hash && url.pathname === location.pathname && url.search === location.search) return;
    if (!matchPath(url.pathname) && url.pathname !== "/") return;
    event.preventDefault();
    this.navigate(url.pathname === "/" ? to("resources") : link.href);
  }
}

export const router = new Router();
