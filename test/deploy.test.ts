/** `npm run deploy` and `npm run invite-first` against an account that is made up here: what they do, in which order, and before what they stop. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, test } from "vitest";
import { unstable_splitSqlQuery as splitStatements } from "wrangler";
import { inviteFirst, type Invitation } from "../db/directory/write/first-people.ts";
import { foreign, unaccounted } from "../scripts/lib/bundle.ts";
import { deploy, Stopped, type Deploying } from "../scripts/lib/deployment.ts";
import { readProduction, type Production } from "../scripts/lib/production.ts";
import { remoteDatabase, writeOut } from "../scripts/lib/remote-database.ts";
import type { Said, Wrangler } from "../scripts/lib/wrangler.ts";

const root = join(import.meta.dirname, "..");
const said = (ok: boolean, output: string): Said => ({ ok, output, all: output });
const ownName = (production: Production): Production => ({
  ...production,
  routes: [{ pattern: "cloud.meridian.test", custom_domain: true }],
  vars: { ...production.vars, ORIGIN: "https://cloud.meridian.test" },
});

describe("npm run deploy", () => {
  /** An account, as far as wrangler shows it. */
  class Account {
    databases = new Map<string, string | null>();
    secrets: Record<string, string> | null = null;
    loggedIn = true;
    demo = 0;
    passwords = 0;
    /** Commands that fail, by their first words. */
    failing: Record<string, string> = {};
    asked: string[] = [];

    readonly wrangler: Wrangler = async (args, input) => {
      const line = args.join(" ");
      this.asked.push(line);
      const failing = Object.keys(this.failing).find((words) => line.startsWith(words));
      if (failing) return said(false, this.failing[failing]!);
      const [noun, verb, name] = args as [string, string, string];
      if (noun === "whoami") return said(this.loggedIn, "{}");
      if (line.startsWith("d1 list"))
        return said(
          true,
          `[\n${[...this.databases].map(([one, jurisdiction]) => JSON.stringify({ name: one, uuid: `id of ${one}`, jurisdiction })).join()}\n]`,
        );
      if (line.startsWith("d1 create")) this.databases.set(name, args[4]!);
      if (line.startsWith("d1 execute")) return said(true, JSON.stringify([{ results: [{ demo: this.demo, passwords: this.passwords }] }]));
      if (noun === "secret" && verb === "list")
        return this.secrets
          ? said(true, JSON.stringify(Object.keys(this.secrets).map((one) => ({ name: one }))))
          : said(false, 'Worker "itcare" not found.');
      if (noun === "secret") this.secrets = { ...this.secrets, ...(JSON.parse(input!) as Record<string, string>) };
      return said(true, "");
    };
  }

  let account: Account;
  let lines: string[];
  let done: string[];
  beforeEach(() => {
    account = new Account();
    lines = [];
    done = [];
  });

  const run = (change: Partial<Deploying> = {}) =>
    deploy({
      production: ownName(readProduction()),
      wrangler: account.wrangler,
      say: (line) => lines.push(line),
      ask: async () => null,
      configure: (ids) => (done.push(JSON.stringify(ids)), "production.json"),
      buildConsole: () => void done.push("built"),
      ...change,
    });
  const whatStopped = (change?: Partial<Deploying>) =>
    run(change).then(
      () => "nothing",
      (error: unknown) => (error instanceof Stopped ? error.message : Promise.reject(error)),
    );
  const acts = () => account.asked.filter((line) => !/ list|^whoami|execute/.test(line));

  test("makes the databases in the European Union, their schemas, the secrets and the Worker; and a second time finds them", async () => {
    await run();
    const names = ["itcare-directory", "itcare-region-eb", "itcare-region-et"];
    const migrated = ["DIRECTORY", "REGION_EB", "REGION_ET"].map((binding) => `d1 migrations apply ${binding} --remote --config production.json`);
    expect(acts()).toEqual([
      ...names.map((name) => `d1 create ${name} --jurisdiction eu`),
      ...migrated,
      "secret bulk --config production.json",
      "deploy --config production.json",
    ]);
    expect(done).toEqual([
      JSON.stringify({ DIRECTORY: "id of itcare-directory", REGION_EB: "id of itcare-region-eb", REGION_ET: "id of itcare-region-et" }),
      "built",
    ]);
    const { PASSWORD_PEPPER, OAUTH_SIGNING_KEY } = account.secrets!;
    expect(PASSWORD_PEPPER).toMatch(/^[\w-]{43}$/);
    expect(JSON.parse(OAUTH_SIGNING_KEY!)).toMatchObject({ kty: "EC", crv: "P-256", alg: "ES256", kid: expect.any(String) });
    const { d } = JSON.parse(OAUTH_SIGNING_KEY!) as { d: string };
    for (const shown of [...lines, ...account.asked, ...done]) for (const secret of [PASSWORD_PEPPER!, d]) expect(shown).not.toContain(secret);

    const before = { ...account.secrets };
    account.asked = [];
    account.passwords = 12;
    await run();
    expect(acts()).toEqual([...migrated, "deploy --config production.json"]);
    expect(account.secrets).toEqual(before);
  });

  test("says before each step what it will do", async () => {
    account.failing = { "d1 migrations apply REGION_EB": "no such table: x" };
    expect(await whatStopped()).toMatch(/itcare-region-eb is not up to date.*no such table: x/s);
    expect(lines.at(-1)).toBe("Bringing the schema of itcare-region-eb up to date …");
    expect(acts().at(-1)).toMatch(/^d1 migrations apply REGION_EB/);
  });

  const stops: [string, (at: Account) => void, RegExp][] = [
    ["nobody is logged in", (at) => (at.loggedIn = false), /wrangler login/],
    ["a database of the name lies elsewhere", (at) => at.databases.set("itcare-region-et", null), /itcare-region-et lies in no jurisdiction/],
    ["the directory holds the demo company", (at) => (at.demo = 1), /demo company/],
    [
      "people have passwords and the pepper is gone",
      (at) => ((at.passwords = 3), (at.secrets = { OAUTH_SIGNING_KEY: "x" })),
      /PASSWORD_PEPPER is gone, and 3 people/,
    ],
    [
      "it cannot see which secrets there are",
      (at) => (at.failing = { "secret list": "Network connection lost." }),
      /secrets cannot be listed.*Network/s,
    ],
    ["the secrets are not taken", (at) => (at.failing = { "secret bulk": "too many" }), /secrets were not set.*too many/s],
  ];
  test.each(stops)("stops before it deploys when %s", async (_, change, why) => {
    change(account);
    expect(await whatStopped()).toMatch(why);
    expect(account.asked.filter((line) => line.startsWith("deploy"))).toEqual([]);
    expect(account.secrets?.["PASSWORD_PEPPER"]).toBeUndefined();
  });

  test("asks for what only people know, and hides it; without anybody there it stops", async () => {
    const production = ownName(readProduction());
    const bySmtp = { production: { ...production, vars: { ...production.vars, MAIL: "smtp" as const } } };
    expect(await whatStopped(bySmtp)).toMatch(/SMTP_URL is missing.*secret put SMTP_URL/);
    await run({ ...bySmtp, ask: async () => "smtps://us:hush@mail.meridian.test:465" });
    expect(account.secrets).toMatchObject({ SMTP_URL: "smtps://us:hush@mail.meridian.test:465", PASSWORD_PEPPER: expect.any(String) });
    expect([...lines, ...account.asked].join()).not.toContain("hush");
    account.secrets = null;
    account.failing = { "secret bulk": "cannot take smtps://us:hush@mail.meridian.test:465" };
    expect(await whatStopped({ ...bySmtp, ask: async () => "smtps://us:hush@mail.meridian.test:465" })).toMatch(/cannot take …/);
  });

  test("refuses settings that the Worker would refuse, and the example's, before it asks anybody", async () => {
    const production = ownName(readProduction());
    const wrong: [Production, RegExp][] = [
      [readProduction(), /ORIGIN is still the example's/],
      [{ ...production, vars: { ...production.vars, MAIL: "mailbox" } }, /mailbox/],
      [{ ...production, vars: { ...production.vars, JURISDICTION: "" } }, /JURISDICTION/],
      [{ ...production, vars: { ...production.vars, ORIGIN: "https://elsewhere.test" } }, /No route leads from/],
      [{ ...production, send_email: [] }, /EMAIL is missing/],
      [{ ...production, d1_databases: production.d1_databases.slice(1) }, /DIRECTORY is missing/],
    ];
    for (const [settings, why] of wrong) expect(await whatStopped({ production: settings })).toMatch(why);
    expect(account.asked).toEqual([]);
  });

  test("a bundle with the demo in it, or with a class or a migration that nobody accounts for, is not deployed", () => {
    expect(
      foreign(["worker/index.ts", "../../db/seed/plant.ts", "db/seed.ts", "test/world.ts", "scripts/lib/tour.ts", "node_modules/x/test/a.js"]),
    ).toHaveLength(4);
    const production = readProduction();
    expect(unaccounted(production)).toEqual([]);
    const { bindings } = production.durable_objects;
    expect(unaccounted({ ...production, migrations: [] })).toHaveLength(bindings.length);
    expect(unaccounted({ ...production, durable_objects: { bindings: [{ name: "X", class_name: "Unknown" }] } })).toHaveLength(2);
  });
});

describe("npm run invite-first", () => {
  let sqlite: DatabaseSync;
  let directory: D1Database;
  const now = Date.parse("2026-11-22T09:00:00Z");
  const DAY = 24 * 3_600_000;

  /** D1 as `wrangler d1 execute --remote` reaches it: all statements of a call are one transaction. */
  const execute: Wrangler = async (args) => {
    const statements = splitStatements(args[args.indexOf("--command") + 1]!);
    sqlite.exec("BEGIN");
    try {
      const results = statements.map((statement) => ({ results: sqlite.prepare(statement).all(), success: true }));
      sqlite.exec("COMMIT");
      return said(true, JSON.stringify(results, null, 2));
    } catch (error) {
      sqlite.exec("ROLLBACK");
      return said(false, `A request to the Cloudflare API failed.\n  ${(error as Error).message}: SQLITE_CONSTRAINT [code: 7500]`);
    }
  };

  beforeEach(() => {
    sqlite = new DatabaseSync(":memory:");
    const folder = join(root, "db/directory/migrations");
    for (const name of readdirSync(folder).sort()) sqlite.exec(readFileSync(join(folder, name), "utf8"));
    directory = remoteDatabase(execute, "production.json", "DIRECTORY");
  });

  const ada: Invitation = {
    duty: "service-delivery",
    organization: "Meridian's",
    cloud: "Meridian",
    person: { name: "Ada O'Neil'); DELETE FROM person; --", email: "ada@meridian.test", locale: "fr" },
    tokenHash: "the hash of a token?",
  };
  const gwen: Invitation = {
    ...ada,
    duty: "security-representative",
    person: { name: "Gwen", email: "gwen@meridian.test", locale: "en" },
    tokenHash: "another hash",
  };
  const rows = (sql: string) => sqlite.prepare(sql).all() as Record<string, unknown>[];
  const refusalOf = (invitation: Invitation, at = now) =>
    inviteFirst(directory, invitation, at).then(
      () => "invited",
      (error: Error) => error.message,
    );

  test("makes the provider's organization with its first person, a link and what the regions and the log are told", async () => {
    expect(await inviteFirst(directory, ada, now)).toEqual({ until: now + DAY, renewed: false });
    expect(rows("SELECT id, name, kind FROM organization")).toEqual([{ id: 1, name: "Meridian's", kind: "group" }]);
    const people =
      "SELECT a.name, a.state, a.duties, p.email, p.locale, p.password, x.token_hash AS link FROM actor a JOIN person p ON p.id = a.id JOIN activation x ON x.person_id = a.id";
    expect(rows(people)).toEqual([
      {
        name: ada.person.name,
        state: "invited",
        duties: '["service-delivery"]',
        email: "ada@meridian.test",
        locale: "fr",
        password: null,
        link: ada.tokenHash,
      },
    ]);
    const [event] = rows("SELECT organization_id, body FROM outbox") as [{ organization_id: number; body: string }];
    expect(JSON.parse(event.body)).toMatchObject({ event: { kind: "identity", name: "first-invited", facts: { duty: "service-delivery" } } });
    expect(event.body).not.toContain(ada.tokenHash);
    expect(
      rows("SELECT region, body ->> 'kind' AS kind FROM feed ORDER BY number").map(({ region, kind }) => `${String(region)} ${String(kind)}`),
    ).toEqual(["1 networks", "2 networks", "1 cloud", "2 cloud"]);
  });

  test("a second call refuses and says who is there; a link that nobody used in time is renewed, and the one before is worth nothing", async () => {
    await inviteFirst(directory, ada, now);
    const other = { ...ada, organization: "Another", person: { ...ada.person, email: "eve@meridian.test" } };
    for (const again of [ada, other])
      expect(await refusalOf(again, now + DAY - 1)).toMatch(/<ada@meridian.test> of Meridian's, invited; the link is good until 2026-11-23/);
    expect(await refusalOf(other, now + DAY)).toMatch(/never used: repeat the command with this address/);
    expect(await inviteFirst(directory, { ...ada, tokenHash: "renewed" }, now + DAY)).toEqual({ until: now + 2 * DAY, renewed: true });
    expect(rows("SELECT token_hash FROM activation")).toEqual([{ token_hash: "renewed" }]);
    sqlite.exec("UPDATE actor SET state = 'active'; DELETE FROM activation");
    expect(await refusalOf(ada, now + 9 * DAY)).toMatch(/<ada@meridian.test> of Meridian's, active$/);
    expect(rows("SELECT count(*) AS n FROM person")).toEqual([{ n: 1 }]);
  });

  test("the security representative is somebody else, comes after, and once", async () => {
    expect(await refusalOf(gwen)).toMatch(/Invite the first person of Service Delivery before/);
    await inviteFirst(directory, ada, now);
    expect(await refusalOf({ ...gwen, person: ada.person })).toMatch(/it takes two people/);
    expect(await refusalOf(gwen)).toBe("invited");
    expect(await refusalOf({ ...gwen, person: { ...gwen.person, email: "g2@meridian.test" }, tokenHash: "third" })).toMatch(/<gwen@meridian.test>/);
    expect(rows("SELECT duties, organization_id AS at FROM actor ORDER BY id")).toEqual([
      { duties: '["service-delivery"]', at: 1 },
      { duties: '["security-representative"]', at: 1 },
    ]);
  });

  test("of two that are invited at the same moment, one is; and where there are customers already, nobody", async () => {
    const both = [ada, { ...ada, organization: "Other", person: { ...ada.person, email: "bo@meridian.test" }, tokenHash: "other" }];
    const answers = await Promise.all(both.map((one) => refusalOf(one)));
    expect(answers.filter((answer) => answer === "invited")).toHaveLength(1);
    expect(rows("SELECT count(*) AS n FROM person")).toEqual([{ n: 1 }]);
    sqlite.exec("DELETE FROM duty");
    expect(await refusalOf(ada)).toMatch(/no first start: there are organizations/);
  });

  test("parameters are written out where they belong, and nowhere else", () => {
    expect(writeOut(`SELECT '?', "a?", ?, ? -- 'it''s'`, [1, "it's ?"])).toBe(`SELECT '?', "a?", 1, 'it''s ?' -- 'it''s'`);
    for (const bad of [undefined, Number.NaN, "\0", {}]) expect(() => writeOut("SELECT ?", [bad])).toThrow(/literal/);
    expect(() => writeOut("SELECT ?", [1, 2])).toThrow(/2 values/);
  });
});
