import { barriers, settled } from "./barriers.ts";
import { linkOf } from "./fixtures.ts";
import { expect, test } from "./people.ts";

test("nothing bars the way before there is a session", async ({ page }) => {
  await page.goto("/sign-in?ended=1");
  await page.getByRole("button", { name: "Sign in" }).click();
  expect(await barriers(page), "sign-in").toEqual([]);

  await page.goto(linkOf("greta"));
  await page.getByLabel("Choose a password").fill("Greta");
  expect(await barriers(page), "activation: password").toEqual([]);
  await page.getByLabel("Choose a password").fill("brume tiède sous sept ponts");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Enrol your security key" })).toBeVisible();
  expect(await barriers(page), "activation: key").toEqual([]);
});

test("nothing bars the way in the console", async ({ page, signInAs }) => {
  test.setTimeout(180_000);
  await signInAs("stan");
  const { instance, service, balancer } = await page.evaluate(async () => {
    const first = async (path: string) => ((await (await fetch(path)).json()) as { content: { id: number }[] }).content[0]!.id;
    return {
      instance: await first("/itcare/compute/instances?size=1"),
      service: await first("/itcare/compute/services?size=1"),
      balancer: await first("/itcare/networking/loadbalancers?size=1"),
    };
  });
  const pages = [
    "/resources?size=10",
    `/instances/${instance}`,
    "/instances/new",
    "/load-balancers",
    `/load-balancers/${balancer}`,
    `/load-balancers/${balancer}?tab=overview`,
    "/services",
    `/services/${service}`,
    "/topology",
    "/log",
    "/account",
    "/nothing-here",
    "/resources?size=10&drawer=actions",
  ];
  for (const address of pages) {
    await page.goto(address);
    await expect(page.locator("main h1, main h2").first()).toBeVisible();
    expect.soft(await barriers(page), address).toEqual([]);
  }
  await page.goto("/account");
  await page.locator("summary", { hasText: "You: Stan Lindqvist" }).click();
  expect(await barriers(page), "the person's menu").toEqual([]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await barriers(page), "the command palette").toEqual([]);
});

test("nothing bars the way on the signing card", async ({ page, signInWithKey }) => {
  await signInWithKey("paul");
  const id = await page.evaluate(async () => {
    const found = await fetch("/itcare/compute/instances?size=1&statuses=ACTIVE");
    return ((await found.json()) as { content: { id: number }[] }).content[0]!.id;
  });
  await page.goto(`/instances/${id}`);
  await page.getByRole("main").locator("header").getByRole("button", { name: "Stop", exact: true }).click();
  const card = page.getByRole("dialog");
  await expect(card.getByRole("button", { name: "Sign with your key" })).toBeFocused();
  await card.getByText("Exactly what is signed").click();
  expect(await barriers(page), "the card").toEqual([]);
  await page.keyboard.press("Escape");
  await expect(card).toHaveCount(0);
});

test("the console is walked by keyboard alone, and each page is announced by receiving the focus", async ({ page, signInAs }) => {
  await signInAs("stan");
  await expect(page.getByRole("heading", { level: 1, name: "Resources" })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeInViewport();
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Topology" }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/topology");
  await expect(page).toHaveTitle(/Topology/);
  await expect(page.locator("main")).toBeFocused();
});

test("a narrow window shows everything without scrolling sideways", async ({ page, signInAs }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signInAs("stan");
  for (const address of ["/resources", "/load-balancers", "/services", "/topology", "/quotas", "/log", "/account"]) {
    await page.goto(address);
    await expect(page.locator("main h1").first()).toBeVisible();
    await settled(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), address).toBeLessThanOrEqual(0);
  }
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("dialog").getByRole("link", { name: "My account" }).click();
  await expect(page).toHaveURL("/account");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});
