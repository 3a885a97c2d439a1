import type { CDPSession } from "@playwright/test";
import { barriers } from "./barriers.ts";
import { expect, linkOf, test } from "./fixtures.ts";
import { sign } from "./people.ts";

type Held = Awaited<ReturnType<typeof credentialsOf>>;
const credentialsOf = async (session: CDPSession, authenticatorId: string) =>
  (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials;

/** One key in the slot at a time, as on a laptop with one port. */
async function slot(session: CDPSession) {
  await session.send("WebAuthn.enable");
  let current: string | null = null;
  return {
    async plug(holding: Held = []): Promise<void> {
      const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
        options: { protocol: "ctap2", transport: "usb", hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
      });
      for (const credential of holding) await session.send("WebAuthn.addCredential", { authenticatorId, credential });
      current = authenticatorId;
    },
    async unplug(): Promise<Held> {
      const held = await credentialsOf(session, current!);
      await session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: current! });
      return held;
    },
  };
}

test("Greta adds a second key with the first in her hand, renames it and removes it; her last one cannot go", async ({ page }) => {
  const port = await slot(await page.context().newCDPSession(page));
  await port.plug();
  await page.goto(linkOf("greta"));
  await page.getByLabel("Choose a password").fill("brume tiède sous sept ponts");
  await page.getByRole("button", { name: "Continue to your security key" }).click();
  await page.getByLabel("A name for the key").fill("Blue key");
  await page.getByRole("button", { name: "Enrol the key and activate" }).click();
  await expect(page.getByRole("heading", { name: "Your account is ready" })).toBeVisible();

  await page.goto("/account");
  const remove = (name: string) => page.getByRole("button", { name: `Remove ${name}` });
  await expect(remove("Blue key")).toHaveAccessibleDescription(/your last key/);

  await page.getByRole("button", { name: "Add a security key" }).click();
  await page.getByLabel("A name for the new key").fill("Red key");
  expect(await barriers(page, "light")).toEqual([]);
  const blue = await port.unplug();
  await port.plug();
  await page.getByRole("button", { name: "Continue with the new key" }).click();
  await expect(page.getByRole("heading", { name: "Add the security key Red key" })).toBeVisible();
  await port.unplug();
  await port.plug(blue);
  await sign(page);
  await expect(page.getByRole("row", { name: /Red key/ })).toBeVisible();

  await page.getByRole("button", { name: "Rename Red key" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Key in the safe");
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await sign(page);
  await expect(page.getByRole("row", { name: /Key in the safe/ })).toBeVisible();

  await remove("Key in the safe").click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await sign(page);
  await expect(page.getByRole("row", { name: /Key in the safe/ })).toHaveCount(0);
  await expect(remove("Blue key")).toHaveAccessibleDescription(/your last key/);
});
