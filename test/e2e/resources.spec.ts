import type { Page } from "@playwright/test";
import { expect, test } from "./people.ts";

const rows = (page: Page) => page.getByRole("table").locator("tbody tr");
const search = (page: Page) => page.getByRole("searchbox", { name: "Search by name" });
const menu = (page: Page, name: string) => page.getByRole("group", { name: "Filters" }).locator("summary", { hasText: name });

test("the address holds what Stan looks at: it survives a reload, and the back button walks through it", async ({ page, signInAs }) => {
  await signInAs("stan");
  await expect(rows(page).first()).toBeVisible();

  await menu(page, "Availability zone").click();
  await page.getByRole("checkbox", { name: "EB-HDS-A" }).check();
  await expect(page).toHaveURL(/az=EB-HDS-A/);
  await expect(rows(page).filter({ hasNotText: "EB-HDS-A" })).toHaveCount(0);
  await page.keyboard.press("Escape");

  await menu(page, "Tag").click();
  await page.getByLabel("Tag, as key:value").fill("application:imaging");
  await page.getByRole("button", { name: "Add" }).click();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/tags=application%3Aimaging/);
  await expect(rows(page).filter({ hasNotText: "imaging" })).toHaveCount(0);

  await page.getByRole("link", { name: "Name", exact: true }).click();
  await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "descending");
  await expect(page.getByRole("table")).not.toHaveAttribute("aria-busy", "true");
  const seen = await page.locator("[data-row]").allTextContents();
  expect(seen).toEqual([...seen].sort().reverse());
  await page.reload();
  await expect(page.locator("[data-row]").first()).toHaveText(seen[0]!);
  expect(await page.locator("[data-row]").allTextContents()).toEqual(seen);

  await page.goBack();
  await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
  await page.goBack();
  await expect(page).not.toHaveURL(/tags=/);
  await page.getByRole("button", { name: "Clear all" }).click();
  await expect(page).toHaveURL(/\/resources$/);
});

test("a key of tags suggests its values", async ({ page, signInAs }) => {
  await signInAs("stan");
  await menu(page, "Tag").click();
  await page.getByRole("button", { name: "application", exact: true }).click();
  await page
    .getByRole("checkbox", { name: /^application:/ })
    .first()
    .check();
  await expect(page).toHaveURL(/tags=application%3A/);
  await expect(page.getByRole("button", { name: /^Remove application:/ })).toBeVisible();
});

test("the list pages and keeps its order, and a name is found by a part of it", async ({ page, signInAs }) => {
  await signInAs("stan");
  await page.goto("/resources?size=20");
  await expect(rows(page)).toHaveCount(20);
  const first = await page.locator("[data-row]").allTextContents();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/page=1/);
  await expect(page.locator("[data-row]").first()).not.toHaveText(first[0]!);
  const second = await page.locator("[data-row]").allTextContents();
  expect(new Set([...first, ...second]).size).toBe(40);
  await search(page).fill("k8s");
  await expect(page).toHaveURL(/search=k8s/);
  await expect(page).not.toHaveURL(/page=/);
  await expect(page.locator("[data-row]").filter({ hasNotText: "k8s" })).toHaveCount(0);
});

test("everything goes by keyboard: search, rows, opening", async ({ page, signInAs }) => {
  await signInAs("stan");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("/");
  await expect(search(page)).toBeFocused();
  const links = page.locator("[data-row]");
  await links.first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(links.nth(1)).toBeFocused();
  const name = (await links.nth(1).textContent())!;
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
});

test("a floor of the topology leads to what stands on it; a closed one says why", async ({ page, signInAs }) => {
  await signInAs("stan");
  await page.goto("/topology");
  const floor = page.getByRole("link", { name: /^EB-HDS-A: answering; \d+ resources of yours/ }).first();
  const count = /(\d+) resources/.exec((await floor.getAttribute("aria-label"))!)![1]!;
  await expect(page.getByRole("img", { name: "EB-A: closed, reserved for the provider's own group" })).toBeVisible();
  await floor.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/resources\?az=EB-HDS-A/);
  await expect(page.getByText(`${count} found`)).toBeVisible();
});

test("a Service's page lists what belongs to it", async ({ page, signInAs }) => {
  await signInAs("stan");
  await page.goto("/services");
  const row = rows(page).first();
  // The last cell holds the acts.
  const count = (await row.getByRole("cell").nth(-2).textContent())!.trim();
  await row.getByRole("link").click();
  await expect(page.getByText(`${count} found`)).toBeVisible();
});

test("nothing is wider than a phone", async ({ page, signInAs }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signInAs("stan");
  const id = await page.evaluate(
    async () => ((await (await fetch("/itcare/compute/instances?size=1")).json()) as { content: { id: number }[] }).content[0]!.id,
  );
  for (const path of [
    "/resources",
    `/instances/${id}`,
    `/instances/${id}?tab=actions`,
    "/services",
    "/topology",
    "/log",
    "/resources?drawer=actions",
  ]) {
    await page.goto(path);
    await expect(page.locator(".skeleton")).toHaveCount(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
  }
});
