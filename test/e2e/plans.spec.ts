import type { Page } from "@playwright/test";
import { barriers, settled, themes } from "./barriers.ts";
import { expect, sign, test } from "./people.ts";

/** An instance of Asclepia Care in production that runs and that the stories of others leave alone. */
async function runningInstance(page: Page): Promise<{ id: number; name: string; resourceId: string }> {
  return page.evaluate(async () => {
    const { content } = (await (await fetch("/itcare/compute/instances?size=200&statuses=ACTIVE&environments=PRODUCTION&sort=name,desc")).json()) as {
      content: { id: number; name: string; resourceId: string; cloudName: string; actionsInProgress: [] }[];
    };
    return content.find(({ cloudName, actionsInProgress }) => cloudName === "Asclepia Care" && actionsInProgress.length === 0)!;
  });
}

const dialog = (page: Page, name: string) => page.getByRole("dialog", { name: `Plan several acts on ${name}` });

test("Odile resizes a server safely: four acts, one signature, and each of them as it goes", async ({ page, signInWithKey }) => {
  test.setTimeout(180_000);
  await signInWithKey("odile");
  const { id, name, resourceId } = await runningInstance(page);
  await page.goto(`/instances/${id}`);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.evaluate(() => Object.assign(window, { stillHere: true }));

  await page.keyboard.press("Control+k");
  await page.keyboard.type("plan several");
  await page.keyboard.press("Enter");
  const form = dialog(page, name);
  await expect(form.getByRole("button", { name: "Resize safely" })).toBeFocused();
  const submit = form.getByRole("button", { name: "Sign and run" });
  await expect(submit).toHaveAccessibleDescription("A plan has at least two acts.");
  await page.keyboard.press("Enter");
  const acts = form.getByRole("list", { name: "The acts, in order" }).getByRole("listitem");
  await expect(acts).toHaveCount(4);
  await expect(submit).toHaveAccessibleDescription("Act 3: choose what it needs.");

  await form.getByLabel("New sizing").selectOption(resourceId);
  await expect(acts.nth(2)).toContainText(`the instance has the size ${resourceId} already by then.`);
  await form.getByLabel("New sizing").selectOption(resourceId === "2cpu4gb" ? "2cpu8gb" : "2cpu4gb");
  await acts.nth(3).getByRole("button", { name: "Move up: Start" }).focus();
  await page.keyboard.press("Alt+ArrowUp");
  await page.keyboard.press("Alt+ArrowUp");
  await page.keyboard.press("Alt+ArrowUp");
  await expect(acts.first(), "the keyboard moves it").toContainText("Start");
  await expect(acts.first()).toContainText("start-instance is not available: the status is ACTIVE");
  await acts.first().getByRole("button", { name: "Take out: Start" }).click();
  await form.getByLabel("Add an act").selectOption("start-instance");
  await expect(acts).toHaveCount(4);
  await form.getByText("Show as curl").click();
  await expect(form.getByText(/curl -X POST '.*\/plans'/)).toContainText('{"items":[{"label":"stop-instance"},');
  await submit.click();

  const card = page.getByRole("dialog");
  await expect(card.getByRole("heading", { name: `Run a plan on ${name}` })).toBeVisible();
  await expect(card.getByText("Stop (stop-instance)")).toBeVisible();
  await expect(card.getByText(/^Resize \(resize-compute-instance\) · Sizing: /)).toBeVisible();
  await sign(page);

  const progress = page.getByRole("status").getByRole("list", { name: "Acts of the plan" }).getByRole("listitem");
  await expect(progress).toHaveCount(4);
  await expect(progress.nth(3)).toContainText("done", { timeout: 90_000 });
  for (const act of await progress.all()) await expect(act).toContainText("done");
  await expect(page.getByRole("main").locator("header").getByText("ACTIVE", { exact: true })).toBeVisible();
  await page.goto(`/instances/${id}?tab=actions`);
  await expect(
    page
      .getByRole("article", { name: `Run a plan on ${name}` })
      .getByRole("listitem")
      .filter({ hasText: "Resize" })
      .first(),
  ).toContainText("done");
});

for (const theme of themes) {
  test(`nothing bars the way among plans (${theme})`, async ({ page, signInWithKey }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await signInWithKey("paul");
    const { id, name } = await runningInstance(page);
    await page.goto(`/instances/${id}?do=run-plan`);
    await dialog(page, name).getByRole("button", { name: "Resize safely" }).click();
    await dialog(page, name).getByLabel("Add an act").selectOption("start-instance");
    await settled(page);
    expect(await barriers(page, theme)).toEqual([]);
  });
}

test("a plan is put together in French, in a narrow window", async ({ page, signInWithKey }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.addInitScript(() => location.protocol === "http:" && localStorage.setItem("itcare.language", "fr"));
  await signInWithKey("paul");
  const { id, name } = await runningInstance(page);
  await page.goto(`/instances/${id}?do=run-plan`);
  const form = page.getByRole("dialog", { name: `Prévoir plusieurs actes sur ${name}` });
  await form.getByRole("button", { name: "Arrêter et démarrer" }).click();
  await form.getByLabel("Ajouter un acte").selectOption("start-instance");
  await expect(form.getByRole("listitem").nth(2)).toContainText("start-instance n’est pas disponible : le statut est ACTIVE");
  await settled(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const sides = await form.evaluate((element) => element.scrollWidth - element.clientWidth);
  expect(sides, "nothing sticks out of the dialog").toBeLessThanOrEqual(0);
});
