import { barriers } from "./barriers.ts";
import { expect, person, test } from "./fixtures.ts";

test("Bea has forgotten her password: from the sign-in through the mailbox to a new one, which she changes again", async ({ page }) => {
  const { email } = person("bea");
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await expect(page.getByRole("heading", { name: "Forgot your password" })).toBeVisible();
  expect(await barriers(page, "light")).toEqual([]);
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByRole("heading", { name: "Look into your mail" })).toBeFocused();

  await page.goto("/mailbox");
  const mail = page.getByRole("article", { name: "Choose a new password" }).first();
  await expect(mail).toContainText(email);
  expect(await barriers(page, "light")).toEqual([]);
  await mail.getByRole("button", { name: "HTML" }).click();
  await expect(mail.frameLocator("iframe").getByRole("link", { name: "Choose a new password" })).toBeVisible();
  await mail.getByRole("button", { name: "Text" }).click();
  await mail.getByRole("link").first().click();

  await expect(page.getByRole("heading", { name: "Choose a new password" })).toBeVisible();
  await expect(page).toHaveURL(/\/reset-password$/);
  await page.getByLabel("New password").fill("brume tiède sous sept ponts, bea");
  expect(await barriers(page, "light")).toEqual([]);
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect(page.getByRole("heading", { name: "Your password is set" })).toBeVisible();

  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("brume tiède sous sept ponts, bea");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  await page.goto("/account");
  await page.getByRole("button", { name: "Change the password" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your password now").fill("not at all my password");
  await dialog.getByLabel("New password").fill("dix hérons au-dessus du moulin");
  await dialog.getByRole("button", { name: "Change the password" }).click();
  await expect(dialog.getByText("That is not your password")).toBeVisible();
  await dialog.getByLabel("Your password now").fill("brume tiède sous sept ponts, bea");
  expect(await barriers(page, "light")).toEqual([]);
  await dialog.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("Your password was changed; all other sessions have ended")).toBeVisible();
});
