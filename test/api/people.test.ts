/** What the security representative does for the people of her organization: signed, told to its log, and nobody else's. */
import { env } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import type { LogExport } from "../../worker/contract/log-entry.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { world, type Person, type World } from "../world.ts";

let it: World;
beforeEach(async () => {
  it ??= await world(env);
});

const sessionsOf = (who: Person) => `/itcare/organization/people/${who.id}/sessions`;
const end = { method: "DELETE" } as const;
const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<{ errorCode: string }>()).errorCode}`;

test("Sybil ends Rita's sessions: Rita's next request is nobody's, and the log tells it with Sybil's signature", async () => {
  expect((await it.rita.fetch("/itcare/me")).status).toBe(200);
  const ended = await it.sybil.act(sessionsOf(it.rita), end);
  expect(ended.status, await ended.clone().text()).toBe(204);
  expect(await codeOf(await it.rita.fetch("/itcare/me"))).toBe("401 SESSION_ENDED");
  const log = await (await it.sybil.fetch("/itcare/log/export")).json<LogExport>();
  expect(await verifyExport(log)).toMatchObject({ valid: true });
  expect(log.entries.map(({ event }) => event)).toContainEqual(
    expect.objectContaining({ kind: "act-accepted", label: "end-member-sessions", target: { kind: "member", id: it.rita.id }, proof: "signature" }),
  );
});

test("what was signed is void once somebody else has changed Mona", async () => {
  const first = await it.sybil.fetch(sessionsOf(it.mona), end);
  const second = await it.sybil.fetch(sessionsOf(it.mona), end);
  expect((await it.sybil.sign(first)).status).toBe(204);
  expect(await codeOf(await it.sybil.sign(second))).toBe("412 REVISION_STALE");
});

test("Bea cannot reach into Asclepia, and Paul is no representative", async () => {
  expect(await codeOf(await it.bea.fetch(sessionsOf(it.stan), end))).toBe("404 NOT_FOUND");
  expect(await codeOf(await it.paul.fetch(sessionsOf(it.stan), end))).toBe("403 DUTY_REQUIRED");
  expect((await it.stan.fetch("/itcare/me")).status).toBe(200);
});
