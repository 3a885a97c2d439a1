import type { Page } from "@playwright/test";
import { barriers, settled, themes } from "./barriers.ts";
import { expect, sign, test } from "./people.ts";
import { withResolver } from "./resolver.ts";

const row = (page: Page, name: string) => page.getByRole("region", { name: "DNS aliases" }).getByRole("row", { name: new RegExp(name) });

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
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await settled(page);
    expect(await barriers(page, theme), theme).toEqual([]);
  }
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
