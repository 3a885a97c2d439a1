/**
 * Two people meet, over every act that has a handler: both ask for the same on the same thing at the same moment, and one asks while the other deletes.
 * One of them is accepted, the other is told why; nothing is done twice, nothing stays taken.
 */
import { env } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { actions, isPrivilegedAct, labels, notOffered, pending, rowOf, type HandledLabel, type Label } from "../../worker/contract/actions.ts";
import { statuses } from "../../worker/contract/resource-types.ts";
import { asking, requestOf, type Things } from "../asking.ts";
import { world, type Ask, type Person, type World } from "../world.ts";

const ROUNDS = Math.max(1, Math.round(Number(env.ROUNDS) / 10));
const absentLabels: readonly Label[] = [...pending, ...notOffered];
const acts = labels.filter((label): label is HandledLabel => isPrivilegedAct(label) && !absentLabels.includes(label));
const deletions: Record<string, HandledLabel> = Object.fromEntries(
  (["delete-instance", "delete-lb"] as const)
    .filter((label) => !absentLabels.includes(label))
    .map((label) => [rowOf(label).category!, label as HandledLabel]),
);

let it: World;

beforeAll(async () => {
  it = await world(env);
  await env.DIRECTORY.prepare("UPDATE membership SET profile = 'POW' WHERE actor_id = ?").bind(it.odile.id).run();
}, 120_000);

interface Wanted {
  path: string;
  ask: Ask;
}

const thingsOf = async (label: HandledLabel): Promise<Things> =>
  (await asking[label].about?.(it, { env, organizationId: 1, cloud: "Asclepia Care" })) ?? {};

/** The request with its proof in hand, ready to be sent. */
async function ready(who: Person, { path, ask }: Wanted): Promise<() => Promise<Response>> {
  const refused = await who.fetch(path, { ...ask, headers: { "itcare-dryrun": "false" } });
  if (refused.status !== 401) throw new Error(`${who.name} needs no proof for ${path}: ${refused.status} ${await refused.text()}`);
  const proof = await who.proofFor(refused);
  return () => who.fetch(path, { ...ask, headers: { "itcare-proof": proof } });
}

interface Answered {
  status: number;
  text: string;
  accepted: boolean;
}

async function meet(paul: Wanted, odile: Wanted, round: number): Promise<[Answered, Answered]> {
  const both = [await ready(it.paul, paul), await ready(it.odile, odile)] as const;
  const answers = await Promise.all((round % 2 === 0 ? both : [...both].reverse()).map((send) => send()));
  const told = await Promise.all(
    answers.map(async (answer) => ({ status: answer.status, text: await answer.text(), accepted: answer.status < 300 })),
  );
  return (round % 2 === 0 ? told : told.reverse()) as [Answered, Answered];
}

/** Whoever was not accepted is told so, and what was told is what stands in the books. */
async function holds(told: readonly Answered[], what: string): Promise<void> {
  for (const { status, text, accepted } of told) {
    if (accepted) continue;
    expect([404, 409, 412], `${what}: ${status} ${text}`).toContain(status);
    expect(JSON.parse(text), what).toHaveProperty("errorCode");
  }
  const ids = told
    .filter(({ accepted, text }) => accepted && text.includes('"submittedAt"'))
    .map(({ text }) => (JSON.parse(text) as { id: number }).id);
  expect(new Set(ids).size, what).toBe(ids.length);
  let known = 0;
  for (const database of [env.DIRECTORY, env.REGION_EB, env.REGION_ET]) {
    const found = database.prepare("SELECT count(*) AS n FROM operation WHERE id IN (SELECT value FROM json_each(?))").bind(JSON.stringify(ids));
    known += (await found.first<number>("n"))!;
  }
  expect(known, `${what}: an action that was acknowledged stands in the books`).toBe(ids.length);
}

/** Nothing of theirs is still open: zone 99 has no controller. */
async function settled(): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    const open = await env.REGION_EB.prepare("SELECT count(*) AS n FROM operation WHERE status < 2 AND zone <> 99").first<number>("n");
    if (open === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("Something is still open.");
}

describe(`the same thing asked by two at once, ${ROUNDS} rounds`, () => {
  test.each(acts)("%s", { timeout: 120_000 }, async (label) => {
    for (let round = 0; round < ROUNDS; round++) {
      const wanted = requestOf(label, await thingsOf(label));
      const told = await meet(wanted, wanted, round);
      const accepted = told.filter((answer) => answer.accepted).length;
      const what = `${label}, round ${round}: ${told.map(({ status, text }) => `${status} ${text.slice(0, 160)}`).join(" | ")}`;
      // What opens an operation takes its resource; what is done at once may be done by one after the other.
      if (told.some(({ status }) => status === 202)) expect(accepted, what).toBe(1);
      else expect(accepted, what).toBeGreaterThan(0);
      await holds(told, what);
    }
    await settled();
  });
});

describe(`asked by one while the other deletes, ${ROUNDS} rounds`, () => {
  const onWhatCanGo = acts.filter((label) => actions[label].target === "resource" && deletions[rowOf(label).category ?? ""]);
  test.each(onWhatCanGo)("%s", { timeout: 120_000 }, async (label) => {
    const deletion = deletions[rowOf(label).category!]!;
    const first = String(Object.keys(await thingsOf(label))[0]);
    for (let round = 0; round < ROUNDS; round++) {
      const things = await thingsOf(label);
      await env.REGION_EB.prepare("UPDATE resource SET status = ? WHERE id = ?").bind(statuses.INACTIVE, Number(things[first])).run();
      const [act, removal] = [requestOf(label, things), requestOf(deletion, things)];
      const dry = { headers: { "itcare-dryrun": "true" } };
      const possible = await Promise.all([it.odile.fetch(act.path, { ...act.ask, ...dry }), it.paul.fetch(removal.path, { ...removal.ask, ...dry })]);
      // It needs a running one, which nobody can delete: they do not meet.
      if (possible.some(({ status }) => status >= 300)) return;
      const told = await meet(removal, act, round);
      const what = `${label}, round ${round}: ${told.map(({ status, text }) => `${status} ${text.slice(0, 160)}`).join(" | ")}`;
      if (label !== deletion) expect(told.filter((answer) => answer.accepted).length, what).toBeGreaterThan(0);
      await holds(told, what);
    }
    await settled();
  });
});
