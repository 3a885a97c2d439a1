import type { Page } from "@playwright/test";
import { barriers, settled } from "./barriers.ts";
import { expect, sign, test } from "./people.ts";

interface Running {
  id: number;
  name: string;
  resourceId: string;
  loadbalancers: { id: number; name: string; state: string; status: string; outage: string | null }[];
}

/**
 * An instance of Asclepia Care in production that runs and that the stories of others leave alone: behind no load balancer, or behind one that serves
 * without it as well.
 */
async function runningInstance(page: Page, serving = false): Promise<Running> {
  return page.evaluate(async (behind) => {
    const { content } = (await (await fetch("/itcare/compute/instances?size=200&statuses=ACTIVE&environments=PRODUCTION&sort=name,desc")).json()) as {
      content: { id: number; cloudName: string; actionsInProgress: [] }[];
    };
    for (const { id, cloudName, actionsInProgress } of content) {
      if (cloudName !== "Asclepia Care" || actionsInProgress.length > 0) continue;
      const instance = (await (await fetch(`/itcare/compute/instances/${id}`)).json()) as Running;
      const [one] = instance.loadbalancers;
      const serves = one?.state === "enabled" && one.status === "up" && one.outage === null && instance.loadbalancers.length === 1;
      if (behind ? serves : !one) return instance;
    }
    throw new Error("There is no such instance.");
  }, serving);
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

test("a server behind a load balancer is drained before it stops, and serves again when it is back", async ({ page, signInWithKey }) => {
  test.setTimeout(180_000);
  await signInWithKey("odile");
  const { id, name, resourceId, loadbalancers } = await runningInstance(page, true);
  const balancer = loadbalancers[0]!;
  await page.goto(`/instances/${id}?do=run-plan`);
  const form = dialog(page, name);
  await form.getByRole("button", { name: "Resize safely" }).click();
  const acts = form.getByRole("list", { name: "The acts, in order" }).getByRole("listitem");
  await expect(acts).toHaveCount(6);
  await expect(acts.first()).toContainText(`Drain at ${balancer.name}`);
  await expect(acts.last()).toContainText(`Enable at ${balancer.name}`);
  await acts.nth(2).getByLabel("Days until it goes by itself").fill("400");
  await expect(acts.nth(2)).toContainText("A whole number from 1 to");
  await acts
    .nth(2)
    .getByRole("button", { name: /^Take out/ })
    .click();
  await form.getByLabel("New sizing").selectOption(resourceId === "2cpu4gb" ? "2cpu8gb" : "2cpu4gb");
  await acts.first().getByText("Change reference of its own").click();
  await acts.first().getByLabel("Change reference").fill("RFC_DRAIN");
  await form.getByText("Show as curl").click();
  await expect(form.getByText(/curl -X POST '.*\/plans'/)).toContainText(`"loadbalancer":${balancer.id}`);
  await form.getByRole("button", { name: "Sign and run" }).click();
  await expect(
    page
      .getByRole("dialog")
      .getByRole("definition")
      .filter({ hasText: /update-member-state.*RFC_DRAIN/ }),
  ).toBeVisible();
  await sign(page);
  const progress = page.getByRole("status").getByRole("list", { name: "Acts of the plan" }).getByRole("listitem");
  await expect(progress).toHaveCount(5);
  await expect(progress.first()).toContainText(balancer.name);
  await expect(progress.nth(4)).toContainText("done", { timeout: 120_000 });
  for (const act of await progress.all()) await expect(act).toContainText("done");
  const past = await page.evaluate(
    async (of) => (await (await fetch(`/itcare/actions?resourceId=${of}`)).json()) as { process: string }[],
    balancer.id,
  );
  expect(past.filter(({ process }) => process === "lb_update_member_state").length).toBeGreaterThanOrEqual(2);
});

test("nothing bars the way among plans", async ({ page, signInWithKey }) => {
  await signInWithKey("paul");
  const { id, name } = await runningInstance(page, true);
  await page.goto(`/instances/${id}?do=run-plan`);
  await dialog(page, name).getByRole("button", { name: "Resize safely" }).click();
  await dialog(page, name).getByLabel("Add an act").selectOption("start-instance");
  expect(await barriers(page)).toEqual([]);
});

test("a plan is put together in French, in a narrow window", async ({ page, signInWithKey }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.addInitScript(() => location.protocol === "http:" && localStorage.setItem("itcare.language", "fr"));
  await signInWithKey("paul");
  const { id, name, loadbalancers } = await runningInstance(page, true);
  await page.goto(`/instances/${id}?do=run-plan`);
  const form = page.getByRole("dialog", { name: `Prévoir plusieurs actes sur ${name}` });
  await form.getByRole("button", { name: "Redimensionner prudemment" }).click();
  await expect(form.getByRole("listitem").first()).toContainText(`Vider dans ${loadbalancers[0]!.name}`);
  await form.getByRole("button", { name: "Arrêter et démarrer" }).click();
  await form.getByLabel("Ajouter un acte").selectOption("update-member-state");
  await form.getByLabel("État voulu").selectOption("enabled");
  await expect(form.getByRole("listitem").nth(2)).toContainText("est déjà enabled dans");
  await form.getByRole("button", { name: /^Retirer : Remettre/ }).click();
  await form.getByLabel("Ajouter un acte").selectOption("start-instance");
  await expect(form.getByRole("listitem").nth(2)).toContainText("start-instance n’est pas disponible : le statut est ACTIVE");
  await settled(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const sides = await form.evaluate((element) => element.scrollWidth - element.clientWidth);
  expect(sides, "nothing sticks out of the dialog").toBeLessThanOrEqual(0);
});
