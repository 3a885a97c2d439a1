import type { Page } from "@playwright/test";
import { barriers, settled } from "./barriers.ts";
import { expect, sign, test } from "./people.ts";

const status = (page: Page, word: string) => page.getByRole("main").locator("header").getByText(word, { exact: true });

/** An instance of Asclepia Care that is off and not in production, with none of its snapshots left. @returns its id and its name */
async function quietInstance(page: Page): Promise<{ id: number; name: string }> {
  return page.evaluate(async () => {
    const read = async (path: string) =>
      (await fetch(`/itcare/compute/instances${path}`)).json() as Promise<{ content: { id: number; name: string }[] }>;
    return (await read("?size=1&statuses=INACTIVE&environments=TEST,QA,DEVELOPMENT")).content[0]!;
  });
}

const row = (page: Page, label: string) => page.getByRole("region", { name: "Snapshots" }).getByRole("row", { name: new RegExp(label) });

test("Paul takes a snapshot, brings the disks back to it and deletes it, and sees each done without a reload", async ({ page, signInWithKey }) => {
  test.setTimeout(180_000);
  await signInWithKey("paul");
  const { id, name } = await quietInstance(page);
  await page.goto(`/instances/${id}`);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.evaluate(() => Object.assign(window, { stillHere: true }));

  await page.keyboard.press("Control+k");
  await page.keyboard.type("take a snapshot");
  await page.keyboard.press("Enter");
  const form = page.getByRole("dialog", { name: `Take a snapshot of ${name}` });
  await expect(form.getByLabel(/^Label/), "the tab opens with its form").toBeFocused();
  await expect(page).toHaveURL(/tab=snapshots$/);
  await expect(form.getByText("create-snapshot", { exact: true })).toBeVisible();
  await page.keyboard.type("before the upgrade");
  await form.getByLabel(/Days until/).fill("31");
  await form.getByRole("button", { name: "Take a snapshot" }).click();
  await expect(form.getByText("A whole number from 1 to 30.")).toBeVisible();
  await expect(form.getByLabel(/Days until/)).toBeFocused();
  await form.getByLabel(/Days until/).fill("3");
  await form.getByText("Show as curl").click();
  await expect(form.getByText(/curl -X POST '.*\/snapshots'/)).toContainText('{"label":"before the upgrade","lifetime":3}');
  await form.getByRole("button", { name: "Take a snapshot" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(form.getByLabel(/^Label/), "who puts the card away finds the form as it was").toHaveValue("before the upgrade");
  await form.getByRole("button", { name: "Take a snapshot" }).click();
  await sign(page);
  await expect(form).toHaveCount(0);
  await expect(row(page, "before the upgrade")).toContainText("kept", { timeout: 30_000 });

  await row(page, "before the upgrade").getByRole("button", { name: "Recover" }).click();
  const recovery = page.getByRole("dialog", { name: "Bring the disks back to “before the upgrade”" });
  await expect(recovery.getByText(/everything written to the disks since/)).toBeVisible();
  await recovery.getByRole("button", { name: "Recover" }).click();
  await sign(page);
  await expect(
    row(page, "before the upgrade")
      .getByText(/now|second|minute/)
      .nth(1),
  ).toBeVisible({ timeout: 30_000 });
  await expect(status(page, "INACTIVE"), "it keeps the power it had").toBeVisible();

  await row(page, "before the upgrade").getByRole("button", { name: "Delete" }).click();
  const deletion = page.getByRole("dialog", { name: "Delete the snapshot “before the upgrade”" });
  await deletion.getByLabel(/Change reference/).fill("RFC_7");
  await deletion.getByRole("button", { name: "Delete" }).click();
  await sign(page);
  await expect(row(page, "before the upgrade")).toHaveCount(0, { timeout: 30_000 });
  expect(await page.evaluate(() => "stillHere" in window), "the page was never loaded again").toBe(true);
});

test("nothing bars the way among snapshots", async ({ page, signInWithKey }) => {
  await signInWithKey("paul");
  const id = await withSnapshots(page);
  await page.goto(`/instances/${id}?tab=snapshots`);
  await expect(page.getByRole("button", { name: "Recover" }).first()).toBeVisible();
  expect(await barriers(page), "the tab").toEqual([]);
  await page.getByRole("button", { name: "Take a snapshot" }).click();
  await page.getByRole("dialog").getByText("Show as curl").click();
  expect(await barriers(page), "the form").toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Delete", exact: true }).last().click();
  expect(await barriers(page), "the deletion").toEqual([]);
});

test("Mona reads the snapshots in French, in a narrow window, and why she may take none", async ({ page, signInAs }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.addInitScript(() => location.protocol === "http:" && localStorage.setItem("itcare.language", "fr"));
  await signInAs("mona");
  await page.goto(`/instances/${await withSnapshots(page)}?tab=snapshots`);
  const take = page.getByRole("button", { name: "Prendre un instantané" });
  await expect(take).toHaveAccessibleDescription(/create-snapshot est un acte privilégié .*vous n’avez aucune clé de sécurité/);
  await settled(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

/** One of the production servers that the demo gives snapshots. */
async function withSnapshots(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { content } = (await (await fetch("/itcare/compute/instances?size=200&statuses=ACTIVE&environments=PRODUCTION")).json()) as {
      content: { id: number }[];
    };
    for (const { id } of content) if ((await fetch(`/itcare/compute/instances/${id}/snapshots`)).status === 200) return id;
    throw new Error("No instance has a snapshot.");
  });
}
