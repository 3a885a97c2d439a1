import { barriers } from "./barriers.ts";
import { expect, sign, test } from "./people.ts";

test("Sybil creates an API account, sees its secret once, and the program lists until she ends it", async ({ page, signInWithKey, request }) => {
  await signInWithKey("sybil");
  await page.getByRole("link", { name: "API accounts" }).click();
  await expect(page.getByRole("row", { name: /cgdm-sa-asclepia-runner/ })).toBeVisible();
  await page.getByRole("button", { name: "Create an API account" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Inventory");
  await page.getByLabel("Profile on Asclepia Care").selectOption("STD");
  expect(await barriers(page, "light")).toEqual([]);
  await page.getByRole("dialog").getByRole("button", { name: "Create", exact: true }).click();
  await sign(page);
  await expect(page.getByRole("heading", { level: 1, name: "Inventory" })).toBeVisible();
  await expect(page.getByText("It has no credential, and so cannot do anything.")).toBeVisible();

  await page.getByRole("button", { name: "Add a secret" }).click();
  await page.getByLabel("What it is called").fill("Build server");
  await page.getByRole("dialog").getByRole("button", { name: "Add a secret" }).click();
  await sign(page);
  const dialog = page.getByRole("dialog", { name: "The new secret" });
  const secret = (await dialog.locator("[data-secret] .mono").innerText()).trim();
  expect(secret).toMatch(/^[\w-]{43}$/);
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByRole("row", { name: /Build server/ })).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  expect(await barriers(page, "dark")).toEqual([]);

  const clientId = (await page.getByText(/^cgdm-sa-inventory-/).innerText()).trim();
  const token = async () =>
    request.post("/auth/realms/cloud/protocol/openid-connect/token", {
      form: { grant_type: "client_credentials", client_id: clientId, client_secret: secret },
    });
  const { access_token: bearer } = (await (await token()).json()) as { access_token: string };
  const list = async () => (await request.get("/itcare/compute/instances", { headers: { authorization: `Bearer ${bearer}` } })).status();
  expect(await list()).toBe(200);
  await page.reload();
  await expect(page.getByRole("row", { name: /list-instances/ })).toBeVisible();

  // With STD there is nothing to except but a cancellation; it is given for a month, and seen in the list.
  await page.getByRole("button", { name: "Give an exception" }).click();
  await page.getByLabel("cancel-action").check();
  await page.getByLabel("Asclepia Care").check();
  await page.getByLabel("Reason").fill("No key in the build server yet");
  await page.getByRole("dialog").getByRole("button", { name: "Except", exact: true }).click();
  await sign(page);
  await expect(page.getByText("No key in the build server yet")).toBeVisible();
  expect(await barriers(page, "light")).toEqual([]);
  await page.getByRole("link", { name: "API accounts" }).first().click();
  await expect(page.getByRole("row", { name: /Inventory.*secret acts until/ })).toBeVisible();
  await page.getByRole("link", { name: "Inventory" }).click();

  const turn = async (name: string) => {
    await page.getByRole("button", { name, exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
    await sign(page);
  };
  await turn("Suspend");
  await expect(page.getByText("Suspended", { exact: true })).toBeVisible();
  expect([await list(), (await token()).status()]).toEqual([401, 401]);
  await turn("Take back");
  expect([await list(), (await token()).status()]).toEqual([401, 200]);

  await page.getByRole("link", { name: "Access review" }).click();
  await expect(page.getByRole("row", { name: /Inventory program .* Asclepia Care STD/ })).toContainText("by Sybil Martin");
  await page.getByLabel("Show").selectOption("no-key");
  await expect(page.getByRole("row", { name: /Nora Weiss/ })).toContainText("Without a key");
  await expect(page.getByRole("row", { name: /Inventory/ })).toHaveCount(0);
  expect(await barriers(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.locator("summary", { hasText: "Download" }).click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /CSV/ }).click()]);
  expect(file.suggestedFilename()).toMatch(/^itcare-access-1-.*\.csv$/);
  await page.getByLabel("Show").selectOption("");
  await page.getByRole("link", { name: "Inventory" }).click();

  await page.getByRole("button", { name: "End", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End", exact: true }).click();
  await sign(page);
  await expect(page.getByRole("heading", { level: 1, name: "API accounts" })).toBeVisible();
  expect([await list(), (await token()).status()]).toEqual([401, 401]);
});
