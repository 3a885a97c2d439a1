/** What one guard alone holds, where another usually stands before it: each of these passes unnoticed when that one is taken away. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { ResourceItem } from "../../worker/contract/shapes/resources.ts";
import { world, type Ask, type World } from "../world.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

const codeOf = async (response: Response) => `${response.status} ${(await response.clone().json<{ errorCode: string }>()).errorCode}`;
const cloud = (name: string) => it.planted.clouds.find((candidate) => candidate.name === name)!.id;

test("a signed creation is good once, though nothing of what it made is left", async () => {
  const path = "/itcare/compute/services";
  const wanted: Ask = { method: "POST", json: { cloudId: cloud("Asclepia Care"), name: "MADE ONCE", environment: "TEST" } };
  const proof = await it.paul.proofFor(await it.paul.fetch(path, wanted));
  const send = () => it.paul.fetch(path, { ...wanted, headers: { "itcare-proof": proof } });
  expect((await send()).status).toBe(202);
  for (const database of [env.DIRECTORY, env.REGION_EB, env.REGION_ET]) await database.exec("DELETE FROM service WHERE name = 'MADE ONCE'");
  expect(await codeOf(await send())).toBe("401 PROOF_REJECTED");
  expect(await env.DIRECTORY.prepare("SELECT count(*) AS n FROM service WHERE name = 'MADE ONCE'").first("n")).toBe(0);
});

test("a membership on another organization's Cloud, should one ever be written, gives nothing", async () => {
  await env.DIRECTORY.prepare("INSERT INTO membership (actor_id, cloud_id, profile, state, begins) VALUES (?, ?, 'POW', 'confirmed', 0)")
    .bind(it.boris.id, cloud("Asclepia Care"))
    .run();
  const { id, name } = it.instances.EB.ACTIVE.TEST;
  const at = `/itcare/compute/instances/${id}`;
  expect(await codeOf(await it.boris.fetch(at))).toBe("404 NOT_FOUND");
  expect(await codeOf(await it.boris.fetch(at, { method: "PATCH", json: { operation: "stop" } }))).toBe("404 NOT_FOUND");
  const wanted: Ask = { method: "POST", json: { cloudId: cloud("Asclepia Care"), name: "NOT THEIRS", environment: "TEST" } };
  expect(await codeOf(await it.boris.fetch("/itcare/compute/services", wanted))).toBe("404 NOT_FOUND");
  for (const list of ["resources", "instances", "services", "tag-keys"]) {
    const text = await (await it.boris.fetch(`/itcare/compute/${list}?size=1000`)).text();
    expect(text.includes(name) || text.includes("Asclepia"), list).toBe(false);
  }
  for (const path of ["/itcare/me", "/itcare/networking/loadbalancers?size=1000", "/itcare/actions?size=100", "/itcare/topology"])
    expect(await (await it.boris.fetch(path)).text(), path).not.toContain("Asclepia");
});

test("of two who tag the same server at the same moment, nobody's acknowledged tag is lost", async () => {
  const { id } = await it.addInstance();
  const at = `/itcare/compute/resources/${id}`;
  await Promise.all([it.odile.stepUp(), it.paul.stepUp()]);
  const acknowledged = new Set<string>();
  for (let round = 0; round < 15; round++) {
    const add = (who: typeof it.paul, key: string) =>
      who.fetch(at, { method: "PATCH", json: { operation: "update_tags", options: { add: [{ key, value: String(round) }] } } });
    const asked = [`odile-${round}`, `paul-${round}`];
    const answers = await Promise.all([add(it.odile, asked[0]!), add(it.paul, asked[1]!)]);
    answers.forEach(({ status }, index) => void (status === 202 && acknowledged.add(`${asked[index]}:${round}`)));
    const { tags } = await (await it.stan.fetch(at)).json<ResourceItem & { tags: { key: string; value: string }[] }>();
    const held = new Set(tags.map(({ key, value }) => `${key}:${value}`));
    expect(
      [...acknowledged].filter((tag) => !held.has(tag)),
      `round ${round}`,
    ).toEqual([]);
  }
  expect(acknowledged.size).toBeGreaterThan(10);
});
