import { expect, test } from "./fixtures.ts";

test("the home page loads under a strict policy and asks who is there", async ({ page }) => {
  const response = await page.goto("/");
  const policy = response!.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toMatch(/(default|script)-src 'self'/);
  expect(policy).not.toMatch(/unsafe-(inline|eval)|script-src[^;]*(\*|https?:)/);
  expect(response!.headers()["x-content-type-options"]).toBe("nosniff");
  await expect(page).toHaveTitle(/ITCare/);
  await expect(page.getByRole("button", { name: /sign in/i })).toBeVisible();
});

test("an unknown path of the API is a problem for a browser's navigation too, never the console", async ({ page }) => {
  for (const path of ["/itcare/nothing-here", "/auth/nothing-here"]) {
    const response = await page.goto(path);
    expect(response!.status()).toBe(404);
    expect(response!.headers()["content-type"]).toContain("application/problem+json");
    expect(await response!.json()).toMatchObject({ status: 404, errorCode: "NOT_FOUND" });
  }
});

test("an address of the console that is no file is answered by the console", async ({ page }) => {
  const response = await page.goto("/topology");
  expect(response!.status()).toBe(200);
  expect(response!.headers()["content-type"]).toContain("text/html");
});

test("a person with a password signs in and is told who they are", async ({ page, signInAs }) => {
  await signInAs("stan");
  const me = await page.evaluate(async () => (await fetch("/itcare/me")).json() as Promise<{ name: string }>);
  expect(me.name).toBe("Stan Lindqvist");
});
