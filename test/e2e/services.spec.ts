import { barriers, settled } from "./barriers.ts";
import { expect, sign, test } from "./people.ts";

test("Paul makes a Service, moves a server into it, tags it, gives it another environment, moves it back and deletes the Service", async ({
  page,
  signInWithKey,
}) => {
  test.setTimeout(120_000);
  await signInWithKey("paul");
  const name = `CARE - PHARMACY ${Date.now().toString(36).toUpperCase()}`;
  const dialog = page.getByRole("dialog");
  const main = page.getByRole("main");

  await page.getByRole("link", { name: "Services", exact: true }).click();
  await expect(page.getByRole("table")).toBeVisible();
  await main.locator("header").getByRole("button", { name: "Create a Service" }).click();
  await dialog.getByLabel("Cloud").selectOption({ label: "Asclepia Care" });
  await dialog.getByLabel("Environment of new resources").selectOption({ label: "test" });
  await dialog.getByLabel("Name", { exact: true }).fill("asclepia care - imaging - test");
  await expect(dialog.getByText(/already/), "a name that is taken is told before anything is signed").toBeVisible();
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel(/Description/).fill("Orders of drugs");
  expect(await barriers(page), "the form").toEqual([]);
  await dialog.getByRole("button", { name: "Create a Service" }).click();
  await expect(dialog.getByRole("heading", { name: `Create the Service ${name}` })).toBeVisible();
  await sign(page);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(main.getByText("Orders of drugs")).toBeVisible();
  const serviceUrl = page.url();

  await page.goto("/resources?environments=TEST&statuses=ACTIVE&types=LINUX&tags=application:");
  const chip = main.getByText("any value", { exact: true });
  await expect(chip).toBeVisible();
  const row = page.getByRole("table").locator("tbody tr").first();
  await row.locator("[data-row]").click();
  const service = (await page.getByRole("heading", { level: 1 }).locator("xpath=ancestor::header").getByRole("link").last().textContent())!.trim();
  const server = (await page.getByRole("heading", { level: 1 }).textContent())!.trim();

  await main.getByRole("button", { name: "Move", exact: true }).click();
  await dialog.getByLabel("To the Service").selectOption({ label: name });
  await dialog.getByRole("button", { name: "Move", exact: true }).click();
  await sign(page);
  await expect(main.getByRole("link", { name }).first()).toBeVisible();

  await main.getByRole("button", { name: "Edit tags" }).click();
  await dialog.getByLabel("Key", { exact: true }).fill("ward");
  await page.keyboard.press("Enter");
  await expect(dialog.getByLabel("Value", { exact: true })).toBeFocused();
  await page.keyboard.type("pharmacy");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("button", { name: "Remove ward:pharmacy" })).toBeVisible();
  await dialog.getByLabel("Key", { exact: true }).fill("!wrong");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByText("A key has no colon")).toBeVisible();
  await dialog.getByLabel("Key", { exact: true }).fill("");
  expect(await barriers(page), "the tags").toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), "nothing is wider than a phone").toBeLessThanOrEqual(390);
  await page.setViewportSize({ width: 1440, height: 900 });
  await dialog.getByRole("button", { name: "Edit tags" }).click();
  await sign(page);
  await expect(main.getByRole("link", { name: /ward\s*:\s*pharmacy/ })).toBeVisible();

  await main.locator("section").getByRole("button", { name: "Change", exact: true }).click();
  await dialog.getByLabel("Environment").selectOption({ label: "production" });
  await expect(dialog.getByText("From then on every act on it is signed.")).toBeVisible();
  for (const what of ["backup", "monitoring", "a replica"]) await dialog.getByLabel(`Why it goes without ${what}`).fill("a story, not a service");
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  await sign(page);
  await expect(main.locator("header").getByText("production", { exact: true })).toBeVisible();
  await expect(main.getByText("a story, not a service"), "each reason stands where it says what is lacking").toHaveCount(3);

  await page.goto("/resources?tags=ward:pharmacy");
  await expect(page.getByRole("table").locator("tbody tr")).toHaveCount(1);
  await page.goto("/resources?tags=!ward:");
  await expect(main.getByText("not there", { exact: true })).toBeVisible();
  await expect(page.getByRole("table").locator("tbody tr").first()).toBeVisible();
  await expect(page.getByRole("table").getByText(server, { exact: true })).toHaveCount(0);

  await page.goto(serviceUrl);
  await expect(main.locator("header").getByRole("button", { name: "Delete" })).toHaveAccessibleDescription(/a resource is in it/);
  await main.getByRole("table").locator("[data-row]").first().click();
  await main.getByRole("button", { name: "Move", exact: true }).click();
  await dialog.getByLabel("To the Service").selectOption({ label: service });
  await dialog.getByRole("button", { name: "Move", exact: true }).click();
  await sign(page);
  await expect(main.getByRole("link", { name: service }).first()).toBeVisible();

  await page.goto(serviceUrl);
  await main.locator("header").getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await sign(page);
  await expect(page.getByRole("heading", { name: "This Service does not exist" })).toBeVisible({ timeout: 30_000 });
  await page.getByRole("link", { name: "To the Services" }).click();
  await expect(page.getByRole("table")).toBeVisible();
  await expect(page.getByText(name)).toHaveCount(0);
  await settled(page);
  expect(await barriers(page, "light"), "the list").toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("Stan reads the same pages, and why he may not", async ({ page, signInAs }) => {
  await signInAs("stan");
  await page.goto("/services");
  await expect(page.getByRole("main").locator("header").getByRole("button", { name: "Create a Service" })).toHaveAccessibleDescription(
    /create-service needs the profile POW/,
  );
  await expect(
    page
      .getByRole("table")
      .getByRole("button", { name: /^Delete/ })
      .first(),
  ).toBeDisabled();
});
