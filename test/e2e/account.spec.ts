import { demo, expect, person, test } from "./fixtures.ts";

test("Stan mistypes his password, is told so, and signs in", async ({ page }) => {
  await page.goto("/topology");
  await expect(page).toHaveURL(/\/sign-in\?from=%2Ftopology$/);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText(/Enter your e-mail and your password/);

  await page.getByLabel("E-mail").fill(person("stan").email);
  await page.getByLabel("Password", { exact: true }).fill("not what it is, by far");
  await page.getByRole("button", { name: "Show password" }).click();
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("type", "text");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText(/E-mail or password is wrong/);
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();

  await page.keyboard.type(demo().password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/topology");
});

test("Mona sees what she may do, and ends the session that she left open elsewhere", async ({ page, signInAs, browser }) => {
  const elsewhere = await browser.newPage({
    userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36 Edg/156.0",
  });
  await elsewhere.goto("/sign-in?from=%2Flog");
  await elsewhere.getByLabel("E-mail").fill(person("mona").email);
  await elsewhere.getByLabel("Password", { exact: true }).fill(demo().password);
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await expect(elsewhere).toHaveURL("/log");

  await signInAs("mona");
  await page.goto("/account");
  await expect(
    page.getByRole("row", { name: /DTM Maintenance .*no effect without a key see resources and manage maintenances/ }).first(),
  ).toBeVisible();
  const here = page.getByRole("row", { name: /Chrome on Linux.*This one/ });
  await expect(here.getByRole("button")).toHaveAccessibleDescription(/this is the session you are using/);
  await page.getByRole("button", { name: "End the session on Edge on Windows" }).click();
  await expect(page.getByRole("row", { name: /Edge on Windows/ })).toHaveCount(0);

  // The other window notices by itself, keeps the page in mind and comes back to it.
  await expect(elsewhere).toHaveURL(/\/sign-in\?from=%2Flog&ended=1/, { timeout: 20_000 });
  await expect(elsewhere.getByText(/Your session has ended/)).toBeVisible();
  await elsewhere.close();
});

test("theme and language are remembered, and nothing else is", async ({ page, signInAs }) => {
  await signInAs("stan");
  await page.locator("summary", { hasText: "You: Stan Lindqvist" }).click();
  await page.getByRole("radio", { name: "Dark" }).check();
  await page.getByRole("radio", { name: "Français" }).check();
  await expect(page.getByRole("heading", { level: 1, name: "Ressources" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Ressources" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("dark");
  expect(await page.evaluate(() => Object.keys(localStorage).sort())).toEqual(["itcare.language", "itcare.theme"]);
});
