/** What stands in the way of somebody who does not see well, or does not use a mouse. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const themes = ["light", "dark"] as const;
type Theme = (typeof themes)[number];

/**
 * What axe finds of weight, one line each: where and what. Both themes have the same structure: in the dark the contrasts alone are asked for.
 * The page is left in the light.
 */
export async function barriers(page: Page, ...asked: readonly Theme[]): Promise<string[]> {
  const found: string[] = [];
  for (const theme of asked.length > 0 ? asked : themes) {
    await page.emulateMedia({ colorScheme: theme });
    await settled(page);
    found.push(...(await barriersIn(page, theme)).map((line) => `${theme}: ${line}`));
  }
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}

async function barriersIn(page: Page, theme: Theme): Promise<string[]> {
  // The console has no frames: one pass in the page itself says all that many passes in two pages would.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (
    theme === "light" ? axe.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]) : axe.withRules(["color-contrast"])
  ).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`));
}

/** The page at its end: nothing is on its way any more, nothing moves. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator(".skeleton")).toHaveCount(0);
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every((animation) => animation.effect?.getComputedTiming().iterations === Infinity || animation.playState === "finished"),
  );
}
