import { readFileSync } from "node:fs";
import { barriers } from "./barriers.ts";
import { expect, sign, test } from "./people.ts";

test("Sybil gives Rita a profile for a week, sees who gains what, and signs; Rita sees it", async ({ page, signInAs, signInWithKey }) => {
  await signInWithKey("sybil");
  await page.getByRole("link", { name: "People" }).click();
  const row = page.getByRole("row", { name: /Rita Blanc/ });
  await expect(row).toContainText("No key yet");
  expect(await barriers(page, "light")).toEqual([]);

  await row.getByRole("button", { name: "Give Rita Blanc a profile on Asclepia Care" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Profile", { exact: true }).selectOption("DTM");
  const week = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 16);
  await dialog.getByLabel(/Ends by itself on/).fill(week);
  await dialog.getByLabel("Reason").fill("Mona is on leave");
  await dialog.getByText(/Rita Blanc gains \d+ labels/).click();
  await expect(dialog.getByText("create-snapshot", { exact: true })).toBeVisible();
  await expect(dialog.getByText("stop-instance", { exact: true })).toHaveCount(0);
  expect(await barriers(page, "dark")).toEqual([]);
  await dialog.getByRole("button", { name: "Give a profile" }).click();
  await expect(
    page
      .getByRole("dialog")
      .getByText(/create-snapshot/)
      .first(),
  ).toBeVisible();
  await sign(page);
  await expect(row.getByRole("button", { name: /Change the profile DTM of Rita Blanc/ })).toContainText("no effect without a key");

  await row.getByRole("link", { name: "Rita Blanc" }).click();
  await expect(page.getByText("Mona is on leave")).toBeVisible();
  await expect(page.getByText(/Sybil Martin asked for a profile for Rita Blanc/)).toBeVisible();

  await page.context().clearCookies();
  await signInAs("rita");
  await page.goto("/account");
  await expect(page.getByRole("row", { name: /Asclepia Care.*DTM/ })).toBeVisible();
  await expect(page.getByRole("alert")).toContainText(/Votre profil privilégié est encore sans effet|Your privileged profile has no effect yet/);
});

test("Sybil takes away everything that the organization has: signed, in one file that says that it is whole", async ({ page, signInWithKey }) => {
  await signInWithKey("sybil");
  await page.goto("/log");
  await page.getByText("Export", { exact: true }).last().click();
  await page.getByRole("button", { name: /Everything, not the log alone/ }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/API accounts without their secrets/)).toBeVisible();
  const downloading = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Export everything" }).click();
  await sign(page);
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^itcare-organization-1-.*\.ndjson$/);
  const lines = readFileSync(await download.path(), "utf8")
    .trim()
    .split("\n");
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ kind: "end", whole: true, lines: lines.length });
});
