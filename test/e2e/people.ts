/**
 * People who sign with a key: Odile and Paul activate their accounts once for all tests of a run, and take their keys along from page to page. A key's
 * counter moves on with every signature, so what it holds is kept again when a test has ended.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CDPSession, Page } from "@playwright/test";
import { expect, linkOf, test as base } from "./fixtures.ts";
import { demoHome } from "./server.ts";

export { expect };

type Credential = { credentialId: string; isResidentCredential: boolean; privateKey: string; signCount: number; rpId?: string; userHandle?: string };

/** What somebody has after the activation: the password of their own and the key. */
interface Kept {
  password: string;
  transport: "internal" | "usb";
  credentials: Credential[];
}

const fileOf = (key: string) => join(demoHome, "demo", `${key}.key.json`);

export function keep(key: string, kept: Kept): void {
  writeFileSync(fileOf(key), JSON.stringify(kept));
}

interface VirtualKey {
  credentials(): Promise<Credential[]>;
  unplug(): Promise<void>;
}

async function plugIn(page: Page, transport: Kept["transport"], holding: readonly Credential[] = []): Promise<VirtualKey> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  for (const credential of holding) await session.send("WebAuthn.addCredential", { authenticatorId, credential });
  return {
    credentials: async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    unplug: async () => void (await session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId })),
  };
}

async function activate(page: Page, key: string): Promise<void> {
  const password = `brume tiède sous sept ponts, ${key}`;
  const own = await plugIn(page, "internal");
  await page.goto(linkOf(key));
  await page.getByLabel("Choose a password").fill(password);
  await page.getByRole("button", { name: "Continue to your security key" }).click();
  await page.getByRole("button", { name: "Enrol the key and activate" }).click();
  await expect(page.getByRole("heading", { name: "Your account is ready" })).toBeVisible();
  keep(key, { password, transport: "internal", credentials: await own.credentials() });
}

interface Fixtures {
  /** Signs in somebody who signs with a key, and plugs it in, in place of whoever was there before. @param key for example "odile" */
  signInWithKey(key: string): Promise<void>;
}

export const test = base.extend<Fixtures>({
  signInWithKey: async ({ page, signInAs, browser }, use) => {
    let inUse: { key: string; kept: Kept; plugged: VirtualKey } | null = null;
    const putAway = async (): Promise<void> => {
      if (!inUse) return;
      const { key, kept, plugged } = inUse;
      keep(key, { ...kept, credentials: await plugged.credentials() });
      await plugged.unplug();
      inUse = null;
    };
    await use(async (key) => {
      await putAway();
      if (!existsSync(fileOf(key))) {
        const elsewhere = await browser.newPage();
        await activate(elsewhere, key);
        await elsewhere.close();
      }
      const kept = JSON.parse(readFileSync(fileOf(key), "utf8")) as Kept;
      inUse = { key, kept, plugged: await plugIn(page, kept.transport, kept.credentials) };
      await signInAs(key, kept.password);
    });
    await putAway();
  },
});

/** Presses "Sign with your key" on the card, and puts the receipt away. */
export async function sign(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign with your key" }).click();
  await expect(page.getByText("Signed and accepted")).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Done", exact: true }).click();
}
