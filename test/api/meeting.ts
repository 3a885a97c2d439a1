/** Two people who ask at the same moment, each with their proof in hand: how their requests are made to meet, and what holds of the answers. */
import { env } from "cloudflare:test";
import { expect } from "vitest";
import { rowOf, type HandledLabel } from "../../worker/contract/actions.ts";
import type { Env } from "../../worker/env.ts";
import { asking, requestOf, type Things } from "../asking.ts";
import { world, type Ask, type Person, type World } from "../world.ts";

export const ROUNDS = Number(env.ROUNDS);
/** Enough for a slow machine. */
export const PATIENCE = 60_000 + ROUNDS * 3_000;
/** The first rounds of what a used key allows are signed all the same, act by act. */
const SIGNED_ROUNDS = 5;

/** What is told afterwards, by mail and to the logs, decides no race and would cost most of its time: it waits in its outboxes. */
export const untold: Env = {
  ...env,
  MAIL: undefined,
  ORGANIZATION_LOGS: {
    getByName: () => ({ deliver: () => Promise.resolve(), refuse: () => Promise.resolve() }),
  } as unknown as Env["ORGANIZATION_LOGS"],
};

/** The world in which Odile may do what Paul may, and both hold every duty. */
export async function twoOfAKind(): Promise<World> {
  const it = await world(env);
  await env.DIRECTORY.prepare("UPDATE membership SET profile = 'POW' WHERE actor_id = ?").bind(it.odile.id).run();
  const duties = ["security-representative", "service-delivery"].flatMap((duty) => [it.paul, it.odile].map(({ id }) => [id, duty]));
  const insert = env.DIRECTORY.prepare("INSERT INTO duty (actor_id, duty) SELECT value ->> 0, value ->> 1 FROM json_each(?)");
  await insert.bind(JSON.stringify(duties)).run();
  return it;
}

export interface Wanted {
  label: HandledLabel;
  path: string;
  ask: Ask;
}

export const wanted = (label: HandledLabel, things: Things): Wanted => ({ label, ...requestOf(label, things) });

export const thingsOf = async (it: World, label: HandledLabel): Promise<Things> =>
  (await asking[label].about?.(it, { env, organizationId: 1, cloud: "Asclepia Care" })) ?? {};

/** For the first rounds their keys were last used long ago, then a moment ago. */
async function useKeys(people: readonly Person[], round: number): Promise<void> {
  if (round !== 0 && round !== SIGNED_ROUNDS && round % 50 !== 0) return;
  await Promise.all(people.map((who) => who.stepUp(round < SIGNED_ROUNDS ? 3_600_000 : 0)));
}

/** The request with its proof in hand, ready to be sent. */
async function ready(who: Person, { label, path, ask }: Wanted, round: number): Promise<() => Promise<Response>> {
  const { proof: needed, target } = rowOf(label);
  const asksTheLog = label === "settle-restoration";
  const quietly = asksTheLog || ["resource", "service", "action", "cloud"].includes(target) ? env : untold;
  if (needed === "session" && round >= SIGNED_ROUNDS) return () => who.fetch(path, { ...ask, env: quietly });
  const refused = await who.fetch(path, ask);
  if (refused.status !== 401) throw new Error(`${who.name} needs no proof for ${path}: ${refused.status} ${await refused.text()}`);
  const proof = await who.proofFor(refused);
  return () => who.fetch(path, { ...ask, headers: { "itcare-proof": proof }, env: quietly });
}

export interface Answered {
  status: number;
  text: string;
  accepted: boolean;
}

/** What Paul and Odile are told; now the one, now the other is a little earlier. */
export async function meet(it: World, paul: Wanted, odile: Wanted, round: number): Promise<[Answered, Answered]> {
  await useKeys([it.paul, it.odile], round);
  const both = [await ready(it.paul, paul, round), await ready(it.odile, odile, round)] as const;
  const answers = await Promise.all((round % 2 === 0 ? both : [...both].reverse()).map((send) => send()));
  const told = await Promise.all(
    answers.map(async (answer) => ({ status: answer.status, text: await answer.text(), accepted: answer.status < 300 })),
  );
  return (round % 2 === 0 ? told : told.reverse()) as [Answered, Answered];
}

export const tell = (told: readonly Answered[]): string => told.map(({ status, text }) => `${status} ${text.slice(0, 160)}`).join(" | ");

/** Whoever was not accepted is told so. The ids of the actions that were acknowledged. */
export function acknowledged(told: readonly Answered[], what: string): number[] {
  for (const { status, text, accepted } of told) {
    if (accepted) continue;
    expect([404, 409, 412], `${what}: ${status} ${text}`).toContain(status);
    expect(JSON.parse(text), what).toHaveProperty("errorCode");
  }
  return told.filter(({ accepted, text }) => accepted && text.includes('"submittedAt"')).map(({ text }) => (JSON.parse(text) as { id: number }).id);
}

/** Each action that was acknowledged stands in the books, once; and nothing of theirs is still open: zone 99 has no controller. */
export async function settled(ids: readonly number[]): Promise<void> {
  expect(new Set(ids).size).toBe(ids.length);
  let known = 0;
  for (const database of [env.DIRECTORY, env.REGION_EB, env.REGION_ET]) {
    const found = database.prepare("SELECT count(*) AS n FROM operation WHERE id IN (SELECT value FROM json_each(?))").bind(JSON.stringify(ids));
    known += (await found.first<number>("n"))!;
  }
  expect(known, "actions that were acknowledged and stand in the books").toBe(ids.length);
  for (const end = Date.now() + 30_000 + ROUNDS * 300; Date.now() < end;) {
    const open = await env.REGION_EB.prepare("SELECT count(*) AS n FROM operation WHERE status < 2 AND zone <> 99").first<number>("n");
    if (open === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("Something is still open.");
}

/** As a dry run says. */
export async function mayBeDone(who: Person, { path, ask }: Wanted): Promise<boolean> {
  return (await who.fetch(path, { ...ask, headers: { "itcare-dryrun": "true" } })).status < 300;
}
