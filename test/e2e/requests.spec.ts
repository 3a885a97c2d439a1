import { readFile } from "node:fs/promises";
import { barriers } from "./barriers.ts";
import { withSecurityKey } from "./fixtures.ts";
import { expect, sign, test } from "./people.ts";

const password = "brume tiède sous sept ponts";

test("Sybil asks for an account, David accepts, Iris comes in by the link in her mail", async ({ page, signInWithKey, browser }) => {
  await signInWithKey("sybil");
  await page.getByRole("link", { name: "Requests" }).click();
  await expect(page.getByRole("row", { name: /Ines Faro/ })).toContainText("Ida Falk");
  expect(await barriers(page)).toEqual([]);
  await page.getByRole("button", { name: "Ask for an account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("First and last name").fill("Iris Vogel");
  await dialog.getByLabel("E-mail").fill("iris.vogel@asclepia.example");
  await dialog.getByLabel("Profile on Asclepia Care").selectOption("OPE");
  await dialog.getByLabel("Reason").fill("joins the portal's team");
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Ask", exact: true }).click();
  await sign(page);
  await expect(page.getByRole("row", { name: /Iris Vogel.*OPE · Asclepia Care/ })).toContainText("Open");

  await page.context().clearCookies();
  await signInWithKey("david");
  await page.getByRole("link", { name: "Requests" }).click();
  await page.getByRole("button", { name: "Accept Iris Vogel" }).click();
  await expect(page.getByRole("dialog")).toContainText("a link that is good once for 24 hours goes to the person");
  await page.getByRole("dialog").getByRole("button", { name: "Accept", exact: true }).click();
  await sign(page);
  await expect(page.getByRole("row", { name: /Iris Vogel/ })).toHaveCount(0);

  const hers = await browser.newPage();
  await withSecurityKey(hers);
  await hers.goto("/mailbox");
  const mail = hers.getByRole("article").filter({ hasText: "iris.vogel@asclepia.example" });
  await mail.getByRole("link").first().click();
  await hers.getByLabel("Choose a password").fill(password);
  await hers.getByRole("button", { name: "Continue to your security key" }).click();
  await hers.getByRole("button", { name: "Enrol the key and activate" }).click();
  await expect(hers.getByRole("heading", { name: "Your account is ready" })).toBeVisible();
  await hers.context().clearCookies();
  await hers.goto("/sign-in");
  await hers.getByLabel("E-mail").fill("iris.vogel@asclepia.example");
  await hers.getByLabel("Password", { exact: true }).fill(password);
  await hers.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(hers.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Requests" })).toHaveCount(0);
  await expect(hers.getByRole("combobox", { name: "Cloud" })).toContainText("Asclepia Care · OPE");
  await hers.close();
});

test("Sybil looks for what she signed, has it verified in her browser, and takes the log along as NDJSON and CSV", async ({
  page,
  signInWithKey,
}) => {
  await signInWithKey("sybil");
  await page.goto("/log");
  await page.getByRole("combobox", { name: "What", exact: true }).selectOption("request-account");
  await expect(page).toHaveURL(/label=request-account/);
  await page.getByRole("combobox", { name: "Proof", exact: true }).selectOption("signature");
  await expect(page).toHaveURL(/proof=signature/);
  const line = page.getByRole("button", { name: /Sybil Martin asked for.*Iris Vogel/ }).first();
  await line.click();
  await expect(line).toHaveAttribute("aria-expanded", "true");
  expect(await barriers(page)).toEqual([]);

  const taken = async (file: RegExp) => {
    await page.locator("summary", { hasText: "Export" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: file }).click()]);
    await page.keyboard.press("Escape");
    return readFile(await download.path(), "utf8");
  };
  const lines = (await taken(/^NDJSON with these filters/)).trim().split("\n");
  expect(lines.some((one) => one.includes('"request-account"') && one.includes('"webauthn"'))).toBe(true);
  expect(lines.some((one) => one.includes("accept-request"))).toBe(false);
  expect(await taken(/^CSV, for a spreadsheet/)).toMatch(/request-account.*signature/);

  await page.getByRole("link", { name: "Open the entry" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Entry \d+$/ })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "Everything fits" })).toContainText("the key had verified its user");
  expect(await barriers(page)).toEqual([]);
});
