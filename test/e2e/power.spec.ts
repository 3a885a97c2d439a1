import { expect, sign, test } from "./people.ts";

test("Paul creates an instance in a zone, and deletes it again", async ({ page, signInWithKey }) => {
  test.setTimeout(180_000);
  await signInWithKey("paul");
  const name = `asc-e2e-${Date.now().toString(36)}`;
  await page.getByRole("link", { name: "Create an instance" }).click();

  await page.getByRole("button", { name: "Sign and create" }).click();
  await expect(page.getByRole("alert")).toContainText("Still to be mended: Name, Service, Product, Sizing, Availability zone");
  await expect(page.getByLabel("Name", { exact: true })).toBeFocused();

  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Service", { exact: true }).selectOption({ label: "ASCLEPIA CARE - IMAGING - TEST" });
  await expect(
    page.getByRole("radio", { name: /EB-A reserved for the provider's own group/ }),
    "a zone of the group is shown, closed",
  ).toBeDisabled();
  await page.getByRole("radio", { name: /EB-HDS-B/ }).check();
  await page.getByLabel("Product").selectOption({ label: "Debian 13" });
  await page.getByLabel("Sizing").selectOption({ label: "2 vCPU · 8 GB" });
  await page.getByRole("button", { name: "Add a disk" }).click();
  await page.getByLabel("Disk 2, in GB").fill("5");
  await page.getByLabel(/SSH public keys/).fill("not a key");
  await page.getByRole("button", { name: "Sign and create" }).click();
  await expect(page.getByText("Line 1 is not an OpenSSH public key")).toBeVisible();
  await page.getByLabel("Disk 2, in GB").fill("100");
  await page.getByLabel(/SSH public keys/).fill("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN2YJbGbs2sYJ8mJAw0uDg3x5n6h3oWmCFmZQzW0hJ7N paul");
  await page.getByRole("textbox", { name: /^Tags/ }).fill("application:imaging\nowner:paul");
  await page.getByRole("button", { name: "Sign and create" }).click();

  await expect(page.getByRole("dialog").getByRole("heading", { name: `Create the instance ${name}` })).toBeVisible();
  await expect(page.getByRole("dialog").getByText("EB-HDS-B").first()).toBeVisible();
  await sign(page);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  const header = page.getByRole("main").locator("header");
  await expect(header.getByText("ACTIVE", { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("owner", { exact: true })).toBeVisible();
  await expect(header.getByRole("button", { name: "Delete" })).toHaveAccessibleDescription(/the status is ACTIVE; delete-instance needs INACTIVE/);

  await header.getByRole("button", { name: "Stop" }).click();
  await sign(page);
  await expect(header.getByText("INACTIVE", { exact: true })).toBeVisible({ timeout: 30_000 });

  await header.getByRole("button", { name: "Delete" }).click();
  const preview = page.getByRole("dialog", { name: `Delete ${name}` });
  await expect(preview.getByText("2 disks with 140 GB in all")).toBeVisible();
  await expect(preview.getByText(/the address 10\./)).toBeVisible();
  await preview.getByRole("button", { name: "Delete for good" }).click();
  await sign(page);
  await expect(page.getByText(`${name} has been deleted`)).toBeVisible({ timeout: 30_000 });
  await page.getByRole("link", { name: "To the resources" }).click();
  await page.getByRole("searchbox", { name: "Search by name" }).fill(name);
  await expect(page.getByText("Nothing fits these filters")).toBeVisible();
});

test("a name that is taken is said at its field", async ({ page, signInWithKey }) => {
  await signInWithKey("paul");
  const taken = await page.evaluate(
    async () =>
      ((await (await fetch("/itcare/compute/instances?size=1&environments=TEST")).json()) as { content: { name: string; serviceName: string }[] })
        .content[0]!,
  );
  await page.goto("/instances/new");
  await page.getByLabel("Name", { exact: true }).fill(taken.name);
  await page.getByLabel("Service", { exact: true }).selectOption({ label: taken.serviceName });
  await page.getByRole("radio", { name: /EB-HDS-A/ }).check();
  await page.getByLabel("Product").selectOption({ label: "Debian 13" });
  await page.getByLabel("Sizing").selectOption({ index: 1 });
  await page.getByRole("button", { name: "Sign and create" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveAccessibleDescription(/A resource of this Cloud has the name '.*' already/);
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue(taken.name);
});
