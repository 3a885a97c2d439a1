/** Theme and language: the only things that the console keeps in the browser. */
import type { Language } from "../messages/index.svelte.ts";
import { i18n, isLanguage } from "../messages/index.svelte.ts";

export type Theme = "system" | "light" | "dark";
const themes: readonly Theme[] = ["system", "light", "dark"];

class Preferences {
  theme = $state<Theme>("system");

  /** Reads what was chosen before; without a choice the browser's language and the system's theme hold. */
  apply(): void {
    const language = read("language");
    const spoken = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage);
    this.#show(isLanguage(language) ? language : (spoken ?? "en"));
    this.#paint(themes.find((theme) => theme === read("theme")) ?? "system");
  }

  get language(): Language {
    return i18n.language;
  }

  setLanguage(language: Language): void {
    write("language", language);
    this.#show(language);
  }

  setTheme(theme: Theme): void {
    write("theme", theme);
    this.#paint(theme);
  }

  #show(language: Language): void {
    i18n.language = language;
    document.documentElement.lang = language;
  }

  #paint(theme: Theme): void {
    this.theme = theme;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }
}

/** A browser may forbid storage altogether; then nothing is remembered, and nothing breaks. */
function read(key: string): string {
  try {
    return localStorage.getItem(`itcare.${key}`) ?? "";
  } catch {
    return "";
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(`itcare.${key}`, value);
  } catch {
    return;
  }
}

export const preferences = new Preferences();
