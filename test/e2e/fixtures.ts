/** What the stories begin with: somebody who is signed in, a security key, and a page on which nothing may go wrong unnoticed. */
import { test as base, expect, type CDPSession, type Page } from "@playwright/test";
import { demo, origin, person } from "./server.ts";

export { expect };
export { demo, linkOf, origin, person } from "./server.ts";

/** A credential as Chromium's virtual authenticator keeps it: to take a key along into another page. */
type Credential = Awaited<ReturnType<typeof credentialsOf>>[number];

export interface SecurityKey {
  /** What it holds. */
  credentials(): Promise<Credential[]>;
  /** Takes the key out: from now on nobody can sign on this page. */
  remove(): Promise<void>;
}

/** A virtual security key in the page: present, touched and unlocked whenever it is asked. @param holding credentials of a key enrolled before */
export async function withSecurityKey(page: Page, holding: readonly Credential[] = []): Promise<SecurityKey> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: true,
      defaultBackupState: true,
    },
  });
  for (const credential of holding) await session.send("WebAuthn.addCredential", { authenticatorId, credential });
  return {
    credentials: () => credentialsOf(session, authenticatorId),
    remove: () => session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }).then(() => undefined),
  };
}

async function credentialsOf(session: CDPSession, authenticatorId: string) {
  return (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
}

interface Fixtures {
  /** Signs the page's browser in, without the form, and opens the start page. @param key for example "stan"; `password`: of somebody who chose their own */
  signInAs(key: string, password?: string): Promise<void>;
}

/** What the browser itself complains of: a script error, or something that the page's policy has stopped. */
const isTrouble = (text: string): boolean => /Content Security Policy|Content-Security-Policy|TrustedHTML|TrustedScript|Trusted Types/i.test(text);

export const test = base.extend<Fixtures>({
  page: async ({ page }, use) => {
    const trouble: string[] = [];
    page.on("pageerror", (error) => trouble.push(String(error)));
    page.on("console", (message) => void (isTrouble(message.text()) && trouble.push(message.text())));
    await use(page);
    expect(trouble, "the browser's console has no errors and no violations of the page's policy").toEqual([]);
  },
  signInAs: async ({ page }, use) => {
    await use(async (key, password = demo().password) => {
      const credentials = { email: person(key).email, password };
      const signedIn = await page.request.post("/auth/session", { data: credentials, headers: { origin, "sec-fetch-site": "same-origin" } });
      expect(signedIn.status(), `${key} signs in`).toBe(200);
      await page.goto("/");
    });
  },
});
