import { expect, linkOf, person, test } from "./fixtures.ts";
import { keep } from "./people.ts";

const password = "brume tiède sous sept ponts";

test("Odile opens her link, sets her password, enrols her key, signs out and signs in", async ({ page }) => {
  // A key that asks for its PIN in vain, until it is entered.
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "usb", hasUserVerification: true, isUserVerified: false, automaticPresenceSimulation: true },
  });

  await page.goto(linkOf("odile"));
  await expect(page.getByRole("heading", { name: "Welcome, Odile Renaud" })).toBeVisible();
  expect(new URL(page.url()).hash, "the secret has left the address bar").toBe("");

  const next = page.getByRole("button", { name: "Continue to your security key" });
  await page.getByLabel("Choose a password").fill("Odile Renaud");
  await expect(page.getByText("12 of 15")).toBeVisible();
  await expect(next).toBeDisabled();
  await expect(next).toHaveAccessibleDescription("Choose a password that meets the list first");
  await page.getByLabel("Choose a password").fill(password);
  await next.click();

  await expect(page.getByRole("heading", { name: "Enrol your security key" })).toBeFocused();
  await page.getByLabel("A name for the key").fill("Blue key");
  const enrol = page.getByRole("button", { name: "Enrol the key and activate" });
  await enrol.click();
  await expect(page.getByRole("alert")).toContainText(/No key was enrolled|must ask for its PIN/);
  await expect(enrol).toBeEnabled();
  await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await enrol.click();
  await expect(page.getByRole("heading", { name: "Your account is ready" })).toBeVisible();

  await page.getByRole("link", { name: "Open the console" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Resources" })).toBeVisible();
  expect(await page.evaluate(() => ({ ...localStorage, ...sessionStorage })), "nothing is kept in the browser").toEqual({});

  await page.locator("summary", { hasText: "You: Odile Renaud" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  await page.getByLabel("E-mail").fill(person("odile").email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/resources/);

  await page.goto("/account");
  await expect(page.getByRole("row", { name: /Blue key Device-bound/ })).toBeVisible();
  keep("odile", { password, transport: "usb", credentials: (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials });
});

test("a link that was used says so, and so does half a link", async ({ page }) => {
  await page.goto(linkOf("odile"));
  await expect(page.getByRole("heading", { name: "This activation link is no longer valid" })).toBeVisible();
  await page.goto("/activate");
  await expect(page.getByRole("heading", { name: "This link is not complete" })).toBeVisible();
});
