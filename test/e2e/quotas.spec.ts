import { barriers } from "./barriers.ts";
import { expect, sign, test } from "./people.ts";

test("David bounds a Cloud of Asclepia, and Paul sees it before he signs; nobody is kept waiting without a word", async ({ page, signInWithKey }) => {
  test.setTimeout(120_000);
  await signInWithKey("david");
  await page.goto("/quotas");
  await page.getByLabel("Organization", { exact: true }).selectOption({ label: "Asclepia" });
  const there = page.getByRole("group", { name: "Quotas of Asclepia Care in ET" });
  await expect(there.getByText("Instances", { exact: true })).toBeVisible();
  const known = await page.evaluate(
    async () =>
      (await (await fetch("/itcare/organizations/1/quotas")).json()) as {
        content: { cloudName: string; regions: { region: string; quotas: { name: string; used: number }[] }[] }[];
      },
  );
  const { used } = known.content
    .find(({ cloudName }) => cloudName === "Asclepia Care")!
    .regions.find(({ region }) => region === "ET")!
    .quotas.find(({ name }) => name === "cpus")!;
  expect(await barriers(page)).toEqual([]);

  await there.getByRole("button", { name: "Change the quotas of Asclepia Care in ET" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("CPUs").fill("many");
  await expect(dialog.getByRole("button", { name: "Set the quotas" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("CPUs").fill(String(used + 5));
  await dialog.getByLabel("Reason").fill("agreed until January");
  await dialog.getByRole("button", { name: "Set the quotas" }).click();
  await expect(
    page
      .getByRole("dialog")
      .getByText(String(used + 5))
      .first(),
  ).toBeVisible();
  await sign(page);
  await expect(there.getByText(/nearly used up, 5 left · set for this Cloud/)).toBeVisible();

  await page.context().clearCookies();
  await signInWithKey("paul");
  let refused = 0;
  await page.route("**/itcare/compute/sizings", (route) =>
    refused++ > 0
      ? route.fallback()
      : route.fulfill({
          status: 429,
          headers: { "retry-after": "1", "content-type": "application/problem+json" },
          body: JSON.stringify({ errorCode: "RATE_LIMITED", status: 429, title: "Too many requests" }),
        }),
  );
  await page.goto("/instances/new");
  await expect(page.getByText(/goes on by itself in a second/)).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill(`asc-quota-${Date.now().toString(36)}`);
  await page.getByLabel("Service", { exact: true }).selectOption({ label: "ASCLEPIA CARE - IMAGING - TEST" });
  await page.getByRole("radio", { name: /ET-HDS-A/ }).check();
  await page.getByLabel("Product").selectOption({ label: "Debian 13" });
  await page.getByLabel("Sizing").selectOption({ label: "4 vCPU · 8 GB" });
  const hint = page.getByRole("group", { name: "What this would use" });
  await expect(hint).toContainText(`${used} + 4 of ${used + 5}`);
  await expect(hint).toContainText("nearly used up, 1 left");
  await page.getByLabel("Sizing").selectOption({ label: "8 vCPU · 16 GB" });
  await expect(hint).toContainText("3 too many");
  await page.getByRole("button", { name: "Sign and create" }).click();
  await expect(page.getByText("The Cloud’s quota is used up")).toBeVisible();
  await expect(page.getByText(`The Cloud may have ${used + 5} CPUs in ET and has ${used}; this takes 8 more.`)).toBeVisible();
});
