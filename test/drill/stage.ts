/** A throw-away local start with the demo company, and people of it who sign: what each drill plays on. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { commit } from "../../db/commit.ts";
import { enrolKey } from "../../db/directory/write/security-keys.ts";
import { insertSession } from "../../db/directory/write/sessions.ts";
import { plantCompany, type Planted } from "../../db/seed/plant.ts";
import { prepare } from "../../db/statement.ts";
import { withDatabases, type Databases } from "../../scripts/lib/databases.ts";
import { root, runOwn } from "../../scripts/lib/own-node.mjs";
import { isFree, startServer, type Server } from "../../scripts/lib/server.ts";
import { toBase64Url } from "../../worker/contract/operation.ts";
import type { Action } from "../../worker/contract/shapes/common.ts";
import { newSession } from "../../worker/identity/session.ts";
import { testSecrets } from "../secrets.ts";
import { SoftwareAuthenticator } from "../software-authenticator.ts";

const cast = ["odile", "paul", "sybil", "mona", "bea", "david"] as const;
type Name = (typeof cast)[number];

export class Stage {
  readonly home = mkdtempSync(join(tmpdir(), "itcare-drill-"));
  readonly state = join(this.home, "state");
  readonly #people = new Map<Name, { id: number; cookie: string; key: SoftwareAuthenticator }>();
  planted!: Planted;
  port = 0;
  #server: Server | null = null;

  async open(): Promise<void> {
    this.port = await freePort(Number(process.env["DRILL_PORT"] ?? 8980));
    process.on("exit", () => rmSync(this.home, { recursive: true, force: true }));
    const secrets = Object.entries(testSecrets).map(([name, value]) => `${name}='${value}'\n`);
    writeFileSync(join(this.home, ".dev.vars"), secrets.join(""), { mode: 0o600 });
    mkdirSync(join(root, "dist/client"), { recursive: true });
    await withDatabases(this.state, async ({ DIRECTORY, REGION_EB, REGION_ET }) => {
      const now = Date.now();
      this.planted = await plantCompany({ directory: DIRECTORY, regions: { EB: REGION_EB, ET: REGION_ET }, now, size: "whole" });
      await prepare(DIRECTORY, sql`UPDATE actor SET state = 'active' WHERE kind = 'person'`).run();
      for (const who of cast) {
        const { id, name, organization } = this.planted.people.find(({ key }) => key === who)!;
        const { row, cookie } = await newSession(new Request(this.origin), id, now);
        const key = await SoftwareAuthenticator.create(this.origin);
        const owner = { id, name, organizationId: organization.id, session: row.id };
        await commit(DIRECTORY, [insertSession(row), ...enrolKey(key.enrolled(), owner, "A key", now)]);
        this.#people.set(who, { id, cookie: cookie.split(";")[0]!, key });
      }
    });
    await this.start();
  }

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  idOf(who: Name): number {
    return this.#people.get(who)!.id;
  }

  async start(): Promise<void> {
    this.#server = await startServer({ port: this.port, state: this.state, secrets: join(this.home, ".dev.vars"), vars: { ZONE_PACE: "0" } });
  }

  async stop(): Promise<void> {
    this.#server?.stop();
    await this.#server?.ended;
    this.#server = null;
  }

  /** What production's clock does each minute. */
  async minute(): Promise<void> {
    await fetch(`${this.origin}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`);
  }

  /** Never while the server runs. */
  databases<Answer>(work: (databases: Databases) => Promise<Answer>): Promise<Answer> {
    return withDatabases(this.state, work);
  }

  /** One of the project's commands, as people give it. */
  async command(script: string, ...args: string[]): Promise<void> {
    if ((await runOwn(script, [...args, "--home", this.home])) !== 0) throw new Error(`${script} has failed.`);
  }

  async ask(who: Name, path: string, { method = "GET", json }: { method?: string; json?: unknown } = {}): Promise<Response> {
    const { cookie, key } = this.#people.get(who)!;
    const send = (proof?: string): Promise<Response> =>
      fetch(this.origin + path, {
        method,
        headers: {
          cookie,
          origin: this.origin,
          "sec-fetch-site": "same-origin",
          ...(json !== undefined && { "content-type": "application/json" }),
          ...(proof && { "itcare-proof": proof }),
        },
        ...(json !== undefined && { body: JSON.stringify(json) }),
      });
    const first = await send();
    if (first.status !== 401) return first;
    const { challenge } = (await first.clone().json()) as { challenge?: { options: { challenge: string } } };
    if (!challenge) return first;
    return send(toBase64Url(new TextEncoder().encode(JSON.stringify(await key.get(challenge.options)))));
  }

  /** Asks for it, signs, and waits until its zone has done it. */
  async done(who: Name, path: string, asked: { method: string; json?: unknown }): Promise<Action> {
    const answer = await this.ask(who, path, asked);
    if (answer.status !== 202) throw new Error(`${asked.method} ${path}: ${answer.status} ${await answer.text()}`);
    const { id } = (await answer.json()) as Action;
    for (const until = Date.now() + 20_000; Date.now() < until;) {
      const action = (await (await this.ask(who, `/itcare/actions/${id}`)).json()) as Action;
      if (action.status === "SUCCESS") return action;
      if (action.status === "ERROR") throw new Error(`${action.process}: ${action.message}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${path} has not ended.`);
  }
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export class Report {
  failed = 0;

  /** Says what was seen, and whether it is what it should be. */
  see(what: string, is: boolean, seen: unknown = ""): void {
    if (!is) this.failed++;
    say(`${is ? "✓" : "✗"} ${what}${seen === "" ? "" : `: ${typeof seen === "string" ? seen : JSON.stringify(seen)}`}`);
  }
}

async function freePort(candidate: number): Promise<number> {
  return (await isFree(candidate)) ? candidate : freePort(candidate + 1);
}
