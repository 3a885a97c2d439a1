import type { Page } from "@playwright/test";
import { barriers, settled } from "./barriers.ts";
import { expect, sign, test } from "./people.ts";

interface Seen {
  id: number;
  name: string;
  monitoringEnabled: boolean;
  type: string;
  cloudName: string;
}

async function instanceOf(page: Page, query: string, monitored: boolean): Promise<Seen> {
  const all = await page.evaluate(
    async (asked) => ((await (await fetch(`/itcare/compute/instances?size=200&${asked}`)).json()) as { content: Seen[] }).content,
    query,
  );
  return all.find(({ monitoringEnabled, type, cloudName }) => monitoringEnabled === monitored && type === "LINUX" && cloudName === "Asclepia Care")!;
}

test("Odile has an instance monitored with alerts, reads its charts, and ends the monitoring of production only for a reason", async ({
  page,
  signInWithKey,
}) => {
  test.setTimeout(180_000);
  await signInWithKey("odile");
  const { id, name } = await instanceOf(page, "statuses=ACTIVE&environments=TEST,QA,DEVELOPMENT", false);
  await page.goto(`/instances/${id}?tab=monitoring`);
  await expect(page.getByRole("heading", { name: "Not monitored" })).toBeVisible();
  await expect(page.getByText("Nothing was measured in this time").first()).toBeVisible();
  await page.getByRole("button", { name: "Monitor", exact: true }).click();
  const form = page.getByRole("dialog", { name: `Monitor ${name}` });
  await form.getByLabel("Raise alerts for anomalies").check();
  await form.getByText("Show as curl").click();
  await expect(form.getByText(/curl -X PATCH/)).toContainText('"alertingEnabled":true');
  await form.getByRole("button", { name: "Monitor", exact: true }).click();
  await sign(page);
  await expect(page.getByRole("button", { name: "Stop monitoring" })).toBeVisible({ timeout: 30_000 });
  await page.getByRole("button", { name: "Change alerts", exact: true }).click();
  const alerts = page.getByRole("dialog", { name: `Change the alerts of ${name}` });
  await expect(alerts.getByLabel("Raise alerts for anomalies")).toBeChecked();
  await alerts.getByLabel("Call somebody for them outside business hours too (24/7)").check();
  await alerts.getByRole("button", { name: "Change alerts", exact: true }).click();
  await sign(page);
  await expect(page.locator("dl > div").filter({ hasText: "On-call supervision" })).toContainText("on", { timeout: 30_000 });
  await expect(page.locator("dl > div").filter({ hasText: "On-call supervision" })).not.toContainText("off", { timeout: 30_000 });
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByRole("row", { name: new RegExp(`Monitor ${name}.*vm_enable_monitoring.*done`) })).toHaveCount(2);

  const production = await instanceOf(page, "statuses=ACTIVE&environments=PRODUCTION", true);
  await page.goto(`/instances/${production.id}?tab=monitoring`);
  const reader = page.getByRole("slider", { name: "Read Processors point by point" });
  await expect(reader).toHaveAttribute("aria-valuetext", /%/);
  const latest = await reader.getAttribute("aria-valuetext");
  await reader.press("ArrowLeft");
  await expect(reader).not.toHaveAttribute("aria-valuetext", latest!);
  await page.getByText("As a table").first().click();
  await expect(page.getByRole("region", { name: "Processors, every point" }).getByRole("row")).not.toHaveCount(0);
  await page.getByRole("link", { name: "7 d" }).click();
  await expect(page).toHaveURL(/window=7d/);

  await page.getByRole("button", { name: "Stop monitoring" }).click();
  const ending = page.getByRole("dialog", { name: `Stop monitoring ${production.name}` });
  await ending.getByRole("button", { name: "Stop monitoring" }).click();
  await expect(ending.getByText(/production goes without monitoring only for a stated reason/i).first()).toBeVisible();
  await ending.getByLabel("Why it goes without monitoring").fill("replaced next week");
  await ending.getByRole("button", { name: "Stop monitoring" }).click();
  await sign(page);
  await expect(page.getByText(/The stated reason: replaced next week/)).toBeVisible({ timeout: 30_000 });
});

test("nothing bars the way to what is measured", async ({ page, signInAs }) => {
  await signInAs("stan");
  const monitored = await instanceOf(page, "statuses=ACTIVE&environments=PRODUCTION", true);
  const not = await instanceOf(page, "statuses=ACTIVE&environments=TEST,QA,DEVELOPMENT", false);
  for (const address of [
    `/instances/${monitored.id}?tab=monitoring`,
    `/instances/${not.id}?tab=monitoring`,
    `/instances/${monitored.id}?tab=history`,
  ]) {
    await page.goto(address);
    await expect(page.locator("main h1").first()).toBeVisible();
    expect.soft(await barriers(page), address).toEqual([]);
  }
});

test("Stan reads the charts in French, in a narrow window, and why he may change nothing", async ({ page, signInAs }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.addInitScript(() => location.protocol === "http:" && localStorage.setItem("itcare.language", "fr"));
  await signInAs("stan");
  const { id } = await instanceOf(page, "statuses=ACTIVE&environments=PRODUCTION", true);
  await page.goto(`/instances/${id}?tab=monitoring`);
  await expect(page.getByRole("button", { name: "Ne plus superviser" })).toHaveAccessibleDescription(/demande le profil OPE/);
  await expect(page.getByRole("slider", { name: "Lire Processeurs point par point" })).toBeVisible();
  await settled(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});
