import type { Page } from "@playwright/test";
import { barriers, settled } from "./barriers.ts";
import { expect, sign, test } from "./people.ts";
import { withResolver } from "./resolver.ts";

const row = (page: Page, name: string) => page.getByRole("region", { name: "DNS aliases" }).getByRole("row", { name: new RegExp(name) });

test("Odile names a load balancer from the palette, an ordinary resolver finds it, and she takes the name away", async ({ page, signInWithKey }) => {
  test.setTimeout(180_000);
  await signInWithKey("odile");
  const { id, ipAddress } = await page.evaluate(async () => {
    const response = await fetch("/itcare/networking/loadbalancers?size=50&statuses=ACTIVE&regions=EB");
    const { content } = (await response.json()) as { content: { id: number; ipAddress: string; cloudName: string; actionsInProgress: unknown[] }[] };
    return content.find(({ cloudName, actionsInProgress }) => cloudName === "Asclepia Care" && actionsInProgress.length === 0)!;
  });
  await page.goto(`/load-balancers/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("create-dns-lb");
  await page.keyboard.press("Enter");
  const form = page.getByRole("dialog");
  await form.getByLabel(/^Name/).fill("edge-story");
  await form.getByRole("button", { name: "Add an alias" }).click();
  await sign(page);
  await expect(form).toHaveCount(0);
  await expect(row(page, "edge-story")).toContainText("resolves", { timeout: 30_000 });
  await expect(row(page, "edge-story")).toContainText(ipAddress);
  await withResolver(async (resolver) => expect(await resolver.resolve4("edge-story.cloud.itcare.example")).toEqual([ipAddress]));
  await page.setViewportSize({ width: 390, height: 844 });
  await settled(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.setViewportSize({ width: 1280, height: 800 });

  await row(page, "edge-story").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await sign(page);
  await expect(row(page, "edge-story")).toHaveCount(0, { timeout: 30_000 });
  await withResolver(async (resolver) => expect(resolver.resolve4("edge-story.cloud.itcare.example")).rejects.toMatchObject({ code: "ENOTFOUND" }));
});

test("Paul gives an instance a name, an ordinary resolver finds it, and when he deletes it nobody does", async ({ page, signInWithKey }) => {
  test.setTimeout(180_000);
  await signInWithKey("paul");
  const { id, ipAddress } = await page.evaluate(async () => {
    const response = await fetch("/itcare/compute/instances?size=1&statuses=INACTIVE&environments=TEST,QA,DEVELOPMENT");
    return ((await response.json()) as { content: { id: number; ipAddress: string }[] }).content[0]!;
  });
  await page.goto(`/instances/${id}?tab=network`);
  await page.getByRole("button", { name: "Add an alias" }).click();
  const form = page.getByRole("dialog");
  await expect(form.getByLabel(/^Name/)).toBeFocused();
  await page.keyboard.type("under_score");
  await page.keyboard.press("Tab");
  await expect(form.getByText(/Letters, digits and hyphens only, with dots/).first()).toBeVisible();
  await form.getByLabel(/^Name/).fill("story");
  await expect(form.getByText(/story\.cloud\.itcare\.example/).first()).toBeVisible();
  await form.getByRole("button", { name: "Add an alias" }).click();
  await sign(page);
  await expect(form).toHaveCount(0);
  await expect(row(page, "story")).toContainText("resolves", { timeout: 30_000 });
  expect(await barriers(page)).toEqual([]);
  await withResolver(async (resolver) => {
    expect(await resolver.resolve4("story.cloud.itcare.example")).toEqual([ipAddress]);
    await expect(resolver.resolve4("nobody.cloud.itcare.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
    await expect(resolver.resolve6("story.cloud.itcare.example")).rejects.toMatchObject({ code: "ENODATA" });
  });

  await row(page, "story").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("dialog").getByText(/leads nowhere any more: whoever uses it/)).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await sign(page);
  await expect(page.getByText("No DNS alias")).toBeVisible({ timeout: 30_000 });
  await withResolver(async (resolver) => expect(resolver.resolve4("story.cloud.itcare.example")).rejects.toMatchObject({ code: "ENOTFOUND" }));
});
