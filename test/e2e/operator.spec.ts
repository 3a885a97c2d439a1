import type { Page } from "@playwright/test";
import { expect, sign, test } from "./people.ts";

const status = (page: Page, word: string) => page.getByRole("main").locator("header").getByText(word, { exact: true });
const act = (page: Page, name: string) => page.getByRole("main").locator("header").getByRole("button", { name, exact: true });
const stage = (page: Page, word: string) => page.getByRole("status").locator("[aria-current=step]").getByText(word);

/** Odile looks for a server that works in production, by filters alone, and opens it. @returns its name */
async function openActiveProduction(page: Page): Promise<string> {
  await page.getByLabel("Cloud", { exact: true }).selectOption({ label: "Asclepia Care · OPE" });
  for (const [menu, choice] of [
    ["Status", "ACTIVE"],
    ["Environment", "production"],
    ["Type", "Linux"],
  ] as const) {
    const filters = page.getByRole("group", { name: "Filters" });
    await filters.locator("summary", { hasText: menu }).click();
    await filters.getByRole("checkbox", { name: choice, exact: true }).check();
    await filters.getByRole("button", { name: "Done" }).click();
  }
  await expect(page).toHaveURL(/types=LINUX&statuses=ACTIVE&environments=PRODUCTION/);
  await expect(page.getByRole("table")).not.toHaveAttribute("aria-busy", "true");
  const rows = page.getByRole("table").locator("tbody tr");
  await expect(rows.filter({ hasNotText: "production" }).or(rows.filter({ hasText: /INACTIVE|PREPARATION/ }))).toHaveCount(0);
  const first = rows.first().locator("[data-row]");
  const name = (await first.textContent())!;
  await first.click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  return name;
}

test("Odile finds an instance, stops it with her key, and sees it done without a reload; then starts, resets and resizes it", async ({
  page,
  signInWithKey,
}) => {
  test.setTimeout(180_000);
  await signInWithKey("odile");
  const name = await openActiveProduction(page);
  await page.evaluate(() => Object.assign(window, { stillHere: true }));

  await act(page, "Stop").click();
  const card = page.getByRole("dialog");
  await expect(card.getByRole("heading", { name: `Stop ${name}` })).toBeVisible();
  await expect(card.getByText("stop-instance", { exact: true })).toBeVisible();
  await expect(card.getByText("its service is unavailable until it is started again")).toBeVisible();
  await expect(stage(page, "Waiting for your key")).toBeVisible();
  await expect(status(page, "ACTIVE"), "nothing is shown as done before it is").toBeVisible();
  await card.getByRole("button", { name: "Sign with your key" }).click();
  await expect(card.getByText(/Entry \d+ of your organization's log keeps the signature/)).toBeVisible();
  await card.getByRole("button", { name: "Done", exact: true }).click();
  await expect(stage(page, "Running").or(stage(page, "Accepted")).or(stage(page, "Done"))).toBeVisible();
  await expect(stage(page, "Done")).toBeVisible({ timeout: 30_000 });
  await expect(status(page, "INACTIVE")).toBeVisible();
  await expect(act(page, "Stop")).toHaveAccessibleDescription("stop-instance is not available: the status is INACTIVE; stop-instance needs ACTIVE.");

  await act(page, "Start").click();
  await sign(page);
  await expect(status(page, "ACTIVE")).toBeVisible({ timeout: 30_000 });

  await act(page, "Reset").click();
  await sign(page);
  await expect(act(page, "Reset")).toBeDisabled();
  await expect(act(page, "Reset")).toBeEnabled({ timeout: 30_000 });
  await expect(status(page, "ACTIVE")).toBeVisible();

  await act(page, "Resize").click();
  const sizes = page.getByRole("dialog", { name: `Resize ${name}` });
  await expect(sizes.getByRole("radio", { disabled: true }), "the sizing that it has").toHaveCount(1);
  const wanted = (await sizes.getByRole("radio", { name: /8cpu32gb/ }).isEnabled())
    ? { code: "8cpu32gb", size: "8 vCPU · 32 GB" }
    : { code: "4cpu16gb", size: "4 vCPU · 16 GB" };
  await sizes.getByRole("radio", { name: new RegExp(wanted.code) }).check();
  await sizes.getByLabel(/Change reference/).fill("RFC_123");
  await sizes.getByRole("button", { name: "Resize", exact: true }).click();
  await expect(page.getByRole("dialog").getByText("RFC_123", { exact: true })).toBeVisible();
  await sign(page);
  await expect(page.getByRole("main").locator("header").getByText(wanted.size)).toBeVisible({ timeout: 30_000 });
  expect(await page.evaluate(() => "stillHere" in window), "the page was never loaded again").toBe(true);

  await page.getByRole("link", { name: "Actions", exact: true }).click();
  for (const done of ["Stop", "Start", "Reset", "Resize"])
    await expect(page.getByRole("article", { name: `${done} ${name}` }).first()).toContainText("Done");
  await expect(page.getByText("Change RFC_123")).toBeVisible();
  await page.getByText("Show as curl").first().click();
  await expect(page.getByText(/curl -X PATCH '.*\/itcare\/compute\/instances\/\d+'/).first()).toBeVisible();
});

test("Odile puts the card away, and nothing has happened", async ({ page, signInWithKey }) => {
  await signInWithKey("odile");
  await openActiveProduction(page);
  await act(page, "Stop").click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(act(page, "Stop")).toBeEnabled();
  await expect(status(page, "ACTIVE")).toBeVisible();
  await page.goto(`${page.url()}?drawer=actions`);
  await expect(page.getByRole("dialog", { name: "Actions" }).getByText("Nothing is running.")).toBeVisible();
});

test("Odile works by keyboard: the palette names the act, and the drawer keeps it over a reload", async ({ page, signInWithKey }) => {
  test.setTimeout(120_000);
  await signInWithKey("odile");
  const name = await openActiveProduction(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("reset");
  await expect(page.getByRole("option", { name: new RegExp(`Reset ${name}`) })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Sign with your key" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Signed and accepted")).toBeVisible();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /action.* running/ }).click();
  const drawer = page.getByRole("dialog", { name: "Actions" });
  await expect(drawer.getByRole("article", { name: `Reset ${name}` }).first()).toBeVisible();
  await page.reload();
  await expect(drawer.getByRole("article", { name: `Reset ${name}` }).first()).toContainText("Done", { timeout: 30_000 });
  await drawer
    .getByRole("article", { name: `Reset ${name}` })
    .first()
    .getByRole("link", { name: "In the log" })
    .click();
  await page
    .getByRole("button", { name: new RegExp(`Odile Renaud asked for the reset of ${name}\\. signed`) })
    .first()
    .click();
  await expect(page.getByText("Everything that is needed to check the signature without us.")).toBeVisible();
});
