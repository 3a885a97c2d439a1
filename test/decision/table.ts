/**
 * THE DECISION TABLE, by HTTP: every row that has a handler × {nobody, STD, DTM, OPE, POW} × {no key, not used, fresh, expired, removed since} × {own
 * Cloud, a Cloud to read, another Cloud, another organization, absent}, on TEST and on PRODUCTION, for real and as a dry run; and the same for programs.
 * What is expected is written by hand in test/policy/specification.ts. Commits run to their last statement and are taken back, so that one thing serves
 * everybody.
 */
import { env } from "cloudflare:test";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { sql } from "drizzle-orm";
import { prepare } from "../../db/statement.ts";
import { isWrite, labels, notOffered, pending, type HandledLabel, type Label } from "../../worker/contract/actions.ts";
import { makeId } from "../../worker/contract/ids.ts";
import { environments } from "../../worker/contract/resource-types.ts";
import { absentThings, asking, requestOf, type Things } from "../asking.ts";
import { everybody, refreshUses, type Asker } from "./people.ts";
import { expected, isDuty, places, ruleOf, type Place, type Question } from "./expected.ts";
import { takingBack } from "./taking-back.ts";
import { undeclared } from "../openapi.ts";
import { world, type World } from "../world.ts";

const AT_ONCE = 8;
const absentLabels: readonly Label[] = [...pending, ...notOffered];
const handled = labels.filter((label): label is HandledLabel => !absentLabels.includes(label));

let it: World;
let askers: Asker[];
let requests = 0;

async function prepareWorld(): Promise<void> {
  it = await world(env);
  await addCloud("Asclepia Archive");
  const cloudOf = (wanted: string) => it.planted.clouds.find(({ name }) => name === wanted)!.id;
  askers = await everybody(it, { own: cloudOf("Asclepia Care"), toRead: cloudOf("Asclepia Research") }, env);
  // Thousands of commits that are taken back look like outages.
  vi.spyOn(console, "error").mockImplementation(() => {});
}

/** A Cloud of Asclepia's on which none of the askers holds anything. */
async function addCloud(name: string): Promise<void> {
  const [id, serviceId] = [800_000, 800_001].map((sequence) => makeId({ region: 0, organization: 1, sequence })) as [number, number];
  const organization = it.planted.clouds[0]!.organization;
  const now = Date.now();
  for (const database of [env.DIRECTORY, env.REGION_EB, env.REGION_ET]) {
    const isDirectory = database === env.DIRECTORY;
    await database.batch([
      prepare(
        database,
        isDirectory
          ? sql`INSERT INTO cloud (id, organization_id, name, created) VALUES (${id}, 1, ${name}, ${now})`
          : sql`INSERT INTO cloud (id, organization_id, name) VALUES (${id}, 1, ${name})`,
      ),
      prepare(
        database,
        isDirectory
          ? sql`INSERT INTO service (id, cloud_id, name, environment, created) VALUES (${serviceId}, ${id}, 'ARCHIVE', ${environments.TEST}, ${now})`
          : sql`INSERT INTO service (id, cloud_id, name, environment) VALUES (${serviceId}, ${id}, 'ARCHIVE', ${environments.TEST})`,
      ),
    ]);
  }
  it.planted.clouds.push({ id, name, organization, quotas: {} });
  it.planted.services.push({ ...it.planted.services[0]!, id: serviceId, cloudId: id, name: "ARCHIVE" });
}

const cloudIn: Record<Exclude<Place, "absent">, { organizationId: number; cloud: string }> = {
  "own Cloud": { organizationId: 1, cloud: "Asclepia Care" },
  "a Cloud to read": { organizationId: 1, cloud: "Asclepia Research" },
  "another Cloud": { organizationId: 1, cloud: "Asclepia Archive" },
  "another organization": { organizationId: 2, cloud: "Borealis" },
};

type Environment = "TEST" | "PRODUCTION";

async function thingsIn(label: HandledLabel, place: Place, environment: Environment, personId?: number): Promise<Things> {
  const { about } = asking[label];
  if (!about) return {};
  const things = await about(it, {
    ...cloudIn[place === "absent" ? "own Cloud" : place],
    environment,
    env,
    ...(personId !== undefined && { personId }),
  });
  return place === "absent" ? absentThings(label, things) : things;
}

function placesOf({ ofCloud, ofOrganization, ofRequests, ofCustomers }: ReturnType<typeof ruleOf>): readonly Place[] {
  if (ofCloud) return places;
  return ofOrganization || ofRequests || ofCustomers ? ["own Cloud", "another organization", "absent"] : ["own Cloud"];
}

/** Everything that is asked about one row. */
async function questionsOf(label: HandledLabel): Promise<{ asker: Asker; question: Question; things: Things }[]> {
  const rule = ruleOf(label, asking[label].about !== undefined);
  const all: { asker: Asker; question: Question; things: Things }[] = [];
  const asked = askers.filter(({ who }) => isDuty(rule.who) || rule.ofRequests || who.kind !== "person" || !who.duty);
  for (const place of placesOf(rule)) {
    for (const environment of rule.ofCloud && isWrite(label) && place === "own Cloud" ? (["TEST", "PRODUCTION"] as const) : (["TEST"] as const)) {
      const shared = rule.ofCloud || rule.ofOrganization || rule.ofRequests || rule.ofCustomers ? await thingsIn(label, place, environment) : null;
      for (const asker of asked) {
        const things = shared ?? (await thingsIn(label, place, environment, asker.person?.id));
        const question: Question = { label, who: asker.who, place, environment };
        all.push({ asker, question, things });
        if (isWrite(label) && place === "own Cloud" && environment === "TEST") all.push({ asker, question: { ...question, dryRun: true }, things });
      }
    }
  }
  return all;
}

interface Answered {
  outcome: string;
  text: string;
}

async function ask({ asker, question, things }: { asker: Asker; question: Question; things: Things }): Promise<Answered> {
  const { path, ask } = requestOf(question.label as HandledLabel, things);
  const attempt = takingBack(env);
  const headers = { ...(ask.headers as Record<string, string>), ...(question.dryRun && { "itcare-dryrun": "true" }) };
  requests++;
  const response = await asker.caller.fetch(path, { ...ask, headers, env: attempt.env });
  response.webSocket?.accept();
  response.webSocket?.close();
  const text = response.status === 101 ? "" : await response.text();
  if (attempt.reached()) return { outcome: question.dryRun ? "a dry run that commits" : "passes", text };
  expect(
    undeclared(question.label as Label, response, text),
    `${question.label}: the OpenAPI document does not declare this answer: ${text.slice(0, 500)}`,
  ).toBeNull();
  if (response.status < 400) return { outcome: "passes", text };
  const { errorCode, change } = JSON.parse(text) as { errorCode: string; change?: string };
  if (response.status === 403) expect(change, `${question.label}: a refusal says what would change it: ${text}`).toBeTruthy();
  return { outcome: `${response.status} ${errorCode}`, text };
}

/** Two halves, so that two workers share them. */
export function decisionTable(half: 0 | 1): void {
  beforeAll(prepareWorld, 120_000);
  afterAll(() => {
    vi.restoreAllMocks();
    console.warn(`Half of the decision table: ${requests} requests.`);
  });

  describe("who may, by the specification", () => {
    test.each(handled.filter((_, index) => index % 2 === half))("%s", { timeout: 120_000 }, async (label) => {
      await refreshUses(askers, env);
      const questions = await questionsOf(label);
      const wrong: string[] = [];
      const hidden = new Set<string>();
      for (let at = 0; at < questions.length; at += AT_ONCE) {
        await Promise.all(
          questions.slice(at, at + AT_ONCE).map(async (asked) => {
            const { outcome, text } = await ask(asked);
            const wanted = expected(asked.question, asking[label].about !== undefined);
            if (outcome !== wanted) wrong.push(`${JSON.stringify(asked.question)}: ${outcome}, not ${wanted}: ${text.slice(0, 300)}`);
            if (wanted === "404 NOT_FOUND") hidden.add(text.replace(/"requestId":"[^"]*"/, ""));
          }),
        );
      }
      expect(wrong).toEqual([]);
      // What is another Cloud's, another organization's and nobody's is answered with the same bytes.
      expect([...hidden].slice(1)).toEqual([]);
    });
  });
}
