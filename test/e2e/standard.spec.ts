import type { Page } from "@playwright/test";
import { expect, test } from "./people.ts";

/** An ACTIVE production instance of Asclepia Care. */
async function openInstance(page: Page): Promise<{ id: number; name: string }> {
  const instance = await page.evaluate(async () => {
    const response = await fetch("/itcare/compute/instances?statuses=ACTIVE&environments=PRODUCTION&size=50");
    const { content } = (await response.json()) as { content: { id: number; name: string; cloudName: string }[] };
    return content.find(({ cloudName }) => cloudName === "Asclepia Care")!;
  });
  await page.goto(`/instances/${instance.id}`);
  await expect(page.getByRole("heading", { level: 1, name: instance.name })).toBeVisible();
  return instance;
}

const ask = (page: Page, id: number) =>
  page.evaluate(async (instance) => {
    const response = await fetch(`/itcare/compute/instances/${instance}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ operation: "stop" }),
    });
    return { status: response.status, problem: (await response.json()) as { errorCode: string; detail: string; change: string } };
  }, id);

for (const { key, profile } of [
  { key: "stan", profile: "STD" },
  { key: "mona", profile: "DTM" },
]) {
  test(`${key} (${profile}) sees the same buttons, disabled, with the reason that the API gives too`, async ({ page, signInAs }) => {
    await signInAs(key);
    const { id } = await openInstance(page);
    const header = page.getByRole("main").locator("header");
    const lowest: Record<string, [label: string, profile: string]> = {
      Start: ["start-instance", "OPE"],
      Stop: ["stop-instance", "OPE"],
      Reset: ["reset-instance", "OPE"],
      Resize: ["resize-compute-instance", "OPE"],
      Delete: ["delete-instance", "POW"],
    };
    for (const [name, [label, needed]] of Object.entries(lowest)) {
      const button = header.getByRole("button", { name, exact: true });
      await expect(button).toBeDisabled();
      await expect(button).toHaveAccessibleDescription(
        new RegExp(`^${label} needs the profile ${needed} \\(.*\\); you have ${profile} on Asclepia Care\\.`),
      );
    }
    await header.getByRole("button", { name: "Stop" }).click({ force: true });
    const why = page.getByRole("dialog", { name: "Why not: Stop?" });
    await expect(why).toContainText("The security representative of Asclepia can give you OPE (Operator) on Asclepia Care.");
    await why.getByRole("button", { name: "Close" }).last().click();
    await expect(page.getByRole("dialog")).toHaveCount(0);

    const { status, problem } = await ask(page, id);
    expect(status).toBe(403);
    expect(problem.errorCode).toBe("PROFILE_TOO_LOW");
    expect(problem.detail).toBe(`stop-instance needs the profile OPE (Modify resources); you have ${profile} on Asclepia Care.`);
    expect(problem.change).toContain("security representative");
    await expect(header.getByRole("button", { name: "Stop" })).toHaveAccessibleDescription(`${problem.detail} ${problem.change}`);

    await page.goto("/instances/new");
    await expect(page.getByRole("alert")).toContainText("create-instance needs the profile POW");
  });
}

test("Mona reads the reason in French when she reads French", async ({ page, signInAs }) => {
  await page.addInitScript(() => location.protocol === "http:" && localStorage.setItem("itcare.language", "fr"));
  await signInAs("mona");
  await openInstance(page);
  await expect(page.getByRole("main").locator("header").getByRole("button", { name: "Arrêter" })).toHaveAccessibleDescription(
    /stop-instance demande le profil OPE .*; vous avez DTM sur Asclepia Care\./,
  );
  await page.getByRole("main").locator("header").getByRole("button", { name: "Arrêter" }).click({ force: true });
  await expect(page.getByRole("dialog", { name: "Pourquoi pas : Arrêter ?" })).toContainText(
    "Le représentant sécurité d’Asclepia peut vous donner OPE (Opérateur) sur Asclepia Care.",
  );
});

test("Stan sees that exporting the log is for the security representative, and Sybil may", async ({ page, signInAs, signInWithKey, browser }) => {
  await signInAs("stan");
  await page.goto("/log");
  await expect(page.getByText(/^\d+:[\w-]{43}$/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Export" })).toHaveAccessibleDescription(/for the organization's Security representative/);
  await page.context().clearCookies();
  await signInWithKey("sybil");
  await page.goto("/log");
  const download = page.waitForEvent("download");
  await page.locator("summary", { hasText: "Export" }).click();
  await page.getByRole("link", { name: "JSON, the whole log" }).click();
  expect((await download).suggestedFilename()).toMatch(/^itcare-log-1-\d{4}-\d\d-\d\d\.json$/);
  expect(browser.isConnected()).toBe(true);
});
