import { describe, expect, test } from "vitest";
import { matchPath, patterns, safeReturn, to, type PageName } from "../../web/paths.ts";
import { choice, list, readState, text, whole, writeState } from "../../web/url-state.ts";

describe("the console's addresses", () => {
  test("are these, and no others", () => {
    const id = 562_971_429_157_792;
    expect({
      signIn: to("signIn", { from: "/instances/42" }),
      activation: to("activation"),
      enrolment: to("enrolment"),
      forgotPassword: to("forgotPassword"),
      resetPassword: to("resetPassword"),
      mailbox: to("mailbox"),
      resources: to("resources", { cloud: 4_294_967_297, status: ["ACTIVE", "INACTIVE"] }),
      createInstance: to("createInstance", { service: 5 }),
      instance: to("instance", { instance: id }, { tab: "storage" }),
      balancers: to("balancers"),
      createBalancer: to("createBalancer", { service: 5 }),
      balancer: to("balancer", { balancer: id }, { tab: "overview" }),
      services: to("services"),
      service: to("service", { service: id }),
      topology: to("topology"),
      people: to("people"),
      person: to("person", { person: id }),
      access: to("access", { note: "unused" }),
      apiAccounts: to("apiAccounts"),
      apiAccount: to("apiAccount", { account: id }),
      log: to("log", { outcome: "refused", before: 4_200 }),
      logEntry: to("logEntry", { entry: 42 }),
      requests: to("requests"),
      clouds: to("clouds"),
      organizations: to("organizations"),
      quotas: to("quotas", { organization: 2 }),
      account: to("account"),
    } satisfies Record<PageName, string>).toMatchInlineSnapshot(`
      {
        "access": "/access-review?note=unused",
        "account": "/account",
        "activation": "/activate",
        "apiAccount": "/api-accounts/562971429157792",
        "apiAccounts": "/api-accounts",
        "balancer": "/load-balancers/562971429157792?tab=overview",
        "balancers": "/load-balancers",
        "clouds": "/clouds",
        "createBalancer": "/load-balancers/new?service=5",
        "createInstance": "/instances/new?service=5",
        "enrolment": "/enrol",
        "forgotPassword": "/forgot-password",
        "instance": "/instances/562971429157792?tab=storage",
        "log": "/log?outcome=refused&before=4200",
        "logEntry": "/log/42",
        "mailbox": "/mailbox",
        "organizations": "/organizations",
        "people": "/people",
        "person": "/people/562971429157792",
        "quotas": "/quotas?organization=2",
        "requests": "/requests",
        "resetPassword": "/reset-password",
        "resources": "/resources?cloud=4294967297&status=ACTIVE&status=INACTIVE",
        "service": "/services/562971429157792",
        "services": "/services",
        "signIn": "/sign-in?from=%2Finstances%2F42",
        "topology": "/topology",
      }
    `);
  });

  test("lead back to the page that they were built for", () => {
    for (const page of Object.keys(patterns) as PageName[]) {
      const address = patterns[page].replaceAll(/:[a-z]+/g, "42");
      expect(matchPath(address)?.page, address).toBe(page);
      expect(matchPath(`${address}/`)?.page, `${address}/`).toBe(page);
    }
    expect(matchPath("/instances/a%20b%2Fc")).toEqual({ page: "instance", params: { instance: "a b/c" } });
  });

  test("that nobody knows name no page", () => {
    for (const address of ["/", "/nothing", "/instances", "/instances//", "/instances/1/2", "/Resources"])
      expect(matchPath(address), address).toBeNull();
    expect(matchPath("/instances/%E0%A4%A")).toEqual({ page: "instance", params: { instance: "%E0%A4%A" } });
  });

  test("are never built with something missing", () => {
    expect(() => to("instance", { instance: "" })).toThrow(RangeError);
  });

  test("to return to after signing in are the console's own", () => {
    expect(safeReturn("/instances/42?tab=storage")).toBe("/instances/42?tab=storage");
    for (const elsewhere of [
      null,
      "",
      "https://evil.example/",
      "//evil.example/resources",
      "/\\evil.example",
      "javascript:alert(1)",
      "/sign-in?from=/x",
      "/activate",
      "/nowhere",
    ]) {
      expect(safeReturn(elsewhere), String(elsewhere)).toBe("/resources");
    }
  });
});

describe("a page's state in its address", () => {
  const spec = {
    name: text(),
    status: list(["ACTIVE", "INACTIVE"]),
    sort: choice(["name", "id"] as const, "name"),
    page: whole(0),
    size: whole(20, 1),
  };

  test("comes back as it was written, and leaves the rest of the query alone", () => {
    const state = { name: "web & co", status: ["INACTIVE", "ACTIVE"], sort: "id" as const, page: 7, size: 50 };
    const query = writeState(spec, state, new URLSearchParams("cloud=12&name=old&page=3"));
    expect(query.get("cloud")).toBe("12");
    expect(readState(spec, new URLSearchParams(query.toString()))).toEqual(state);
  });

  test("says nothing where it stands at its default", () => {
    const untouched = readState(spec, new URLSearchParams());
    expect(untouched).toEqual({ name: "", status: [], sort: "name", page: 0, size: 20 });
    expect(writeState(spec, untouched).size).toBe(0);
  });

  test("takes a mistyped address for the nearest thing that makes sense", () => {
    const query = new URLSearchParams("status=BROKEN&status=ACTIVE&status=ACTIVE&sort=color&page=-1&size=0");
    expect(readState(spec, query)).toEqual({ name: "", status: ["ACTIVE"], sort: "name", page: 0, size: 20 });
  });
});
