import type { Page } from "@playwright/test";
import { barriers } from "./barriers.ts";
import { expect, sign, test } from "./people.ts";
import { withResolver } from "./resolver.ts";

const host = `story-${Date.now().toString(36)}.asclepia.example`;
const inDns = `www-${host.split(".")[0]}.cloud.itcare.example`;
const header = (page: Page) => page.getByRole("main").locator("header").first();
const act = (page: Page, name: string) => header(page).getByRole("button", { name, exact: true });
const member = (page: Page, name: string) => page.getByRole("region", { name: "Members" }).getByRole("row", { name: new RegExp(name) });
const url = (page: Page, name: string) => page.getByRole("region", { name: "URLs" }).getByRole("row", { name: new RegExp(name) });
const dialog = (page: Page) => page.getByRole("dialog");

/** Two instances of Asclepia Care that run in the same zone, and are not in production. */
async function running(page: Page): Promise<{ id: number; name: string }[]> {
  return page.evaluate(async () => {
    const read = async (path: string) => (await fetch(`/itcare/compute/${path}`)).json();
    const [care] = ((await read("services?search=IMAGING%20-%20TEST")) as { content: { cloudId: number }[] }).content;
    const query = `size=2&statuses=ACTIVE&environments=TEST,QA,DEVELOPMENT&az=EB-HDS-A&types=LINUX&clouds=${care!.cloudId}`;
    return ((await read(`instances?${query}`)) as { content: { id: number; name: string }[] }).content;
  });
}

test("Paul creates a load balancer and runs it: members come, are drained and go, and the last one does not go untold", async ({
  page,
  signInWithKey,
}) => {
  test.setTimeout(240_000);
  await signInWithKey("paul");
  const [one, other] = (await running(page)) as [{ id: number; name: string }, { id: number; name: string }];

  await page.goto("/load-balancers/new");
  await page.getByRole("button", { name: "Sign and create" }).click();
  await expect(page.getByRole("alert")).toContainText("Service, Area, Network");
  await expect(page.getByLabel("Service", { exact: true })).toBeFocused();
  await page.getByLabel("Service", { exact: true }).selectOption({ label: "ASCLEPIA CARE - IMAGING - TEST" });
  await page.getByLabel("Area", { exact: true }).selectOption("EB-HDS");
  await page.getByLabel("Network", { exact: true }).selectOption({ index: 1 });
  await page.getByLabel("Domain", { exact: true }).fill("asclepia.example");
  await page.getByLabel("URL", { exact: true }).fill(host);
  await page.getByLabel("Find an instance").fill(one.name);
  await page.getByRole("checkbox", { name: new RegExp(one.name) }).check();
  expect.soft(await barriers(page, "light"), "the form").toEqual([]);
  await page.getByRole("button", { name: "Sign and create" }).click();
  await expect(dialog(page).getByText("state: enabled")).toBeVisible();
  await sign(page);
  await expect(page.getByRole("heading", { level: 1, name: host })).toBeVisible();
  await page.evaluate(() => Object.assign(window, { stillHere: true }));
  await expect(header(page).getByText("1 of 1 up")).toBeVisible({ timeout: 20_000 });

  await page.getByRole("button", { name: "Add a member" }).click();
  await expect(dialog(page).getByLabel("Find an instance")).toBeFocused();
  await page.keyboard.type(other.name);
  await dialog(page)
    .getByRole("radio", { name: new RegExp(other.name) })
    .check();
  await dialog(page).getByRole("button", { name: "Add a member" }).click();
  await sign(page);
  await expect(header(page).getByText("2 of 2 up")).toBeVisible({ timeout: 20_000 });
  expect.soft(await barriers(page), "the members").toEqual([]);

  await member(page, other.name).getByLabel(`Wanted state of ${other.name}`).selectOption("disabled");
  await dialog(page).getByRole("button", { name: "Set the state" }).click();
  await sign(page);
  await expect(member(page, other.name)).toContainText("user_down", { timeout: 20_000 });
  await expect(member(page, one.name)).toContainText("last one");

  await member(page, one.name).getByRole("button", { name: "Remove" }).click();
  await expect(dialog(page).getByText(/It is the last healthy member/)).toBeVisible();
  await expect(dialog(page).getByRole("button", { name: "Remove" })).toHaveAccessibleDescription(/Tick that it is to be done all the same/);
  expect.soft(await barriers(page, "light"), "the removal of the last member").toEqual([]);
  await page.keyboard.press("Escape");

  await member(page, other.name).getByRole("button", { name: "Remove" }).click();
  await dialog(page).getByRole("button", { name: "Remove" }).click();
  await sign(page);
  await expect(member(page, other.name)).toHaveCount(0, { timeout: 20_000 });

  await page.getByRole("link", { name: /^URLs/ }).click();
  await page.getByRole("button", { name: "Add a URL" }).click();
  await expect(dialog(page).getByLabel("URL", { exact: true })).toBeFocused();
  await page.keyboard.type("www.elsewhere.example");
  await page.keyboard.press("Tab");
  await expect(dialog(page).getByText("The host must lie in asclepia.example.")).toBeVisible();
  await dialog(page)
    .getByLabel(/^Domain/)
    .fill("cloud.itcare.example");
  await dialog(page).getByLabel("URL", { exact: true }).fill(inDns);
  await dialog(page).getByLabel("Also make its name in DNS").check();
  expect.soft(await barriers(page, "light"), "the form of a URL").toEqual([]);
  await dialog(page).getByRole("button", { name: "Add a URL" }).click();
  await sign(page);
  await expect(url(page, inDns)).toContainText("served", { timeout: 20_000 });
  await withResolver(async (resolver) => expect(await resolver.resolve4(inDns), "an ordinary resolver finds it").toHaveLength(1));
  await url(page, inDns).getByRole("button", { name: "Remove" }).click();
  await expect(dialog(page).getByText(/nothing answers there any more/)).toBeVisible();
  await dialog(page).getByRole("button", { name: "Remove" }).click();
  await sign(page);
  await expect(url(page, inDns)).toHaveCount(0, { timeout: 20_000 });
  await withResolver(async (resolver) => expect(resolver.resolve4(inDns), "and no longer").rejects.toMatchObject({ code: "ENOTFOUND" }));
  await expect(url(page, host).getByRole("button", { name: "Remove" })).toHaveAccessibleDescription(/the only URL/);
  expect(await page.evaluate(() => "stillHere" in window), "the page was never loaded again").toBe(true);

  const balancer = page.url().split("?")[0]!;
  await page.goto(`/instances/${one.id}`);
  await act(page, "Stop").click();
  await expect(dialog(page).getByText(`Meanwhile nothing serves behind ${host}: it is the last healthy member there.`)).toBeVisible();
  await sign(page);
  await page.goto(balancer);
  await expect(member(page, one.name), "the table follows the machines").toContainText("down", { timeout: 20_000 });

  await act(page, "Stop").click();
  await dialog(page).getByRole("button", { name: "Stop" }).click();
  await sign(page);
  await expect(header(page).getByText("INACTIVE", { exact: true })).toBeVisible({ timeout: 20_000 });
  await act(page, "Delete").click();
  await expect(dialog(page).getByText(`the URLs ${host}: nothing answers there any more`)).toBeVisible();
  await dialog(page).getByRole("button", { name: "Delete for good" }).click();
  await sign(page);
  await expect(page.getByText(`${host} is deleted`)).toBeVisible({ timeout: 20_000 });
});
