/** Load balancers in a region's engine: through every fault, every crash, refusals, lost rights and cancellations; and what a drain leaves half done. */
import { env } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { prepare, readAll, readFirst } from "../../db/statement.ts";
import type { SeededResource } from "../../db/seed/resources.ts";
import { balancerActs, transitionOf, type BalancerAct } from "../../worker/contract/lifecycle.ts";
import { memberPhaseList, memberStateOf } from "../../worker/contract/load-balancers.ts";
import { statuses, type Status } from "../../worker/contract/resource-types.ts";
import type { BalancerAttributes } from "../../worker/contract/shapes/balancer-attributes.ts";
import { SimulatedEngine, simulatedZone } from "../../worker/zones/simulated/engine.ts";
import type { Fault } from "../../worker/zones/simulated/zone.ts";
import { effectOf, isNeedless, keyOf, stepsOf } from "../../worker/zones/steps.ts";
import { wakeZone } from "../../worker/zones/wake.ts";
import { world, type World } from "../world.ts";
import { ended, open, resourceState } from "./opening.ts";

let people: World;
beforeAll(async () => {
  people = await world(env);
});

const region = () => simulatedZone(env, "EB");

async function run(id: number) {
  await wakeZone(env, "EB");
  return ended(env, id);
}

interface Subject {
  balancer: SeededResource;
  instance: SeededResource;
  parameters: object;
}

const dns = "cloud.itcare.example";
/** The host of the further URL, which is a name in DNS too. */
const hostOf = ({ id }: { id: number }) => `more-${id}.${dns}`;

/** What is wanted of a member in `update-member-state`; what else an act must know. */
function parametersOf(label: BalancerAct, instance: SeededResource): object {
  const member = { instanceId: instance.id, port: 80 };
  const host = { urlId: 7, host: hostOf(instance), certificate: null };
  switch (label) {
    case "create-lb":
      return {
        name: "made",
        listener: { protocol: "HTTP", port: 80, mode: "round-robin", persistence: { default: null, fallback: null }, redirect: false, rules: [] },
        monitor: { type: "TCP", path: null, expected: null, interval: 5, timeout: 3, rise: 2, fall: 3 },
        networkId: 77,
        cidr: "10.77.0.0/24",
        hosts: [{ host: host.host, certificate: null }],
        members: [{ ...member, zone: "EB-HDS-A", address: "10.0.0.1", state: "enabled" }],
        ...host,
        dns,
      };
    case "add-member-lb":
      return { ...member, zone: "EB-HDS-A", address: "10.0.0.1", state: "enabled" };
    case "delete-member-lb":
      return member;
    case "update-member-state":
      return { ...member, state: "disabled" };
    case "add-url-lb":
      return { ...host, dns };
    case "delete-url-lb":
      return { ...host, aliases: [host.host] };
    default:
      return { on: label === "enable-monitoring-lb" };
  }
}

const hasMember: readonly BalancerAct[] = ["create-lb", "add-member-lb", "delete-member-lb", "update-member-state"];
const hasHost: readonly BalancerAct[] = ["create-lb", "add-url-lb", "delete-url-lb"];
/** Before the act the engine has the thing already. */
const isThere: readonly BalancerAct[] = ["delete-member-lb", "update-member-state", "delete-url-lb"];

async function subject(label: BalancerAct): Promise<Subject> {
  const { from, during } = transitionOf(label);
  const status: Status = during ?? (from.includes("ACTIVE") && label !== "delete-lb" ? "ACTIVE" : "INACTIVE");
  const balancer = await people.addInstance({ family: "LOAD_BALANCER", status });
  const instance = await people.addInstance();
  const url = { id: 7, name: hostOf(instance), domain: dns, sslProfile: null, setUpDNSEnabled: true, status: "ACTIVE" };
  const phase = isThere.includes(label) ? 1 : 0;
  if (hasMember.includes(label))
    await prepare(
      env.REGION_EB,
      sql`INSERT INTO balancer_member (balancer_id, member_id, port, state, status, phase) VALUES (${balancer.id}, ${instance.id}, 80, 1, 1, ${phase})`,
    ).run();
  if (hasHost.includes(label)) {
    const one = JSON.stringify({ ...url, status: phase ? "ACTIVE" : "PREPARATION" });
    await prepare(
      env.REGION_EB,
      sql`UPDATE resource SET attributes = json_insert(attributes, '$.urls[#]', json(${one})) WHERE id = ${balancer.id}`,
    ).run();
    await prepare(
      env.REGION_EB,
      sql`INSERT INTO alias (id, resource_id, name, domain, address, author, status, created)
        VALUES (${balancer.id}, ${balancer.id}, ${hostOf(instance)}, ${dns}, '', 'x', ${phase ? 1 : 0}, 1)`,
    ).run();
    if (phase) await prepare(env.REGION_EB, sql`UPDATE alias SET status = 2 WHERE resource_id = ${balancer.id}`).run();
  }
  // The engine learns of what is there, as it is now.
  if (label !== "create-lb") await new SimulatedEngine(env, "EB").observe(balancer.id, "balancer");
  if (label === "delete-url-lb")
    await region().receiveRecords([{ name: hostOf(instance), domain: dns, address: "10.0.0.9", resourceId: balancer.id }]);
  if (phase && hasMember.includes(label))
    await prepare(
      env.REGION_EB,
      sql`UPDATE balancer_member SET phase = ${label === "delete-member-lb" ? 3 : 2} WHERE balancer_id = ${balancer.id}`,
    ).run();
  return { balancer, instance, parameters: parametersOf(label, instance) };
}

/** The region's own controller runs it. */
async function asked(label: BalancerAct, { balancer, parameters }: Subject, more: Parameters<typeof open>[3] = {}): Promise<number> {
  return open(env, label, { ...balancer, zone: null }, { parameters, actor: people.paul, ...more });
}

async function memberOf({ balancer }: Subject): Promise<{ state: string; phase: string } | null> {
  const row = await readFirst<{ state: number; phase: number }>(
    env.REGION_EB,
    sql`SELECT state, phase FROM balancer_member WHERE balancer_id = ${balancer.id}`,
  );
  return row && { state: memberStateOf(row.state), phase: memberPhaseList[row.phase]! };
}

async function urlsOf({ balancer }: Subject): Promise<string[]> {
  const { attributes } = (await resourceState(env, balancer.id))!;
  return (JSON.parse(attributes) as BalancerAttributes).urls.filter(({ id }) => id === 7).map(({ status }) => status);
}

/** The further URL in DNS: what the books say, and what the name server answers. */
async function dnsOf({ balancer, instance }: Subject) {
  const row = await readFirst<{ status: number; address: string }>(
    env.REGION_EB,
    sql`SELECT status, address FROM alias WHERE resource_id = ${balancer.id} AND name = ${hostOf(instance)}`,
  );
  const answer = await region().resolve(hostOf(instance), dns);
  return { book: row && `${row.status} ${row.address}`, resolves: "name" in answer ? answer.name.addresses : [] };
}

const addressOf = async ({ balancer }: Subject) => (JSON.parse((await resourceState(env, balancer.id))!.attributes) as BalancerAttributes).ipAddress!;

/** What the books say once the act is done. */
async function expectDone(label: BalancerAct, about: Subject): Promise<void> {
  const { to } = transitionOf(label);
  const state = await resourceState(env, about.balancer.id);
  if (to === "gone") {
    expect(state).toBeNull();
    return;
  }
  expect(state).toMatchObject({ open_operation: null, ...(to !== "same" && { status: statuses[to as Status] }) });
  if (hasMember.includes(label))
    expect(await memberOf(about)).toEqual(
      label === "delete-member-lb" ? null : { state: label === "update-member-state" ? "disabled" : "enabled", phase: "ACTIVE" },
    );
  if (!hasHost.includes(label)) return;
  expect(await urlsOf(about)).toEqual(label === "delete-url-lb" ? [] : ["ACTIVE"]);
  const address = await addressOf(about);
  expect(await dnsOf(about)).toEqual(label === "delete-url-lb" ? { book: null, resolves: [] } : { book: `1 ${address}`, resolves: [address] });
}

async function performed(operation: number, { balancer }: Subject): Promise<string[]> {
  return (await region().effects(balancer.id))
    .filter(({ key }) => key.startsWith(`${operation}/`))
    .map((effect) => `${effect.verb} ${effect.performed}`);
}

const once = (label: BalancerAct) => stepsOf(label).map(({ verb }) => `${verb} 1`);

describe.each(balancerActs)("%s", (label) => {
  const faults: (Fault | "none")[] = ["none", "time-out-after-effect", "duplicate-answer", "reorder", "vanish", "slow"];

  test.each(faults)("through %s ends in SUCCESS with each effect once", async (fault) => {
    const about = await subject(label);
    if (fault !== "none") await region().arrange({ fault, resourceId: about.balancer.id, times: 2, delay: 300 });
    const id = await asked(label, about);
    expect(await run(id)).toMatchObject({ status: 2, message: null, step: stepsOf(label).length });
    await expectDone(label, about);
    expect(await performed(id, about)).toEqual(once(label));
  });

  test.each([false, true])("is finished by the next controller when one dies, effect happened: %s", async (happened) => {
    const about = await subject(label);
    const id = await asked(label, about, { fence: 1 });
    const effect = effectOf({ id, label, resourceId: about.balancer.id, parameters: about.parameters }, 0, 1);
    if (happened) expect(await new SimulatedEngine(env, "EB").apply(effect)).toMatchObject({ state: "done" });
    expect(await run(id)).toMatchObject({ status: 2, fence: 2 });
    await expectDone(label, about);
    expect(await performed(id, about)).toEqual(once(label));
    expect(await region().apply(effect)).toEqual({ state: "fenced" });
    expect(stepsOf(label).map((_, step) => keyOf(id, step))[0]).toBe(effect.key);
  });

  test("that the region refuses leaves everything as it was, and what was to be made is not there", async () => {
    const about = await subject(label);
    const before = await memberOf(about);
    await region().arrange({ fault: "refuse", resourceId: about.balancer.id });
    const id = await asked(label, about);
    expect(await run(id)).toMatchObject({ status: 3, message: "The zone refused: the host would not do it" });
    if (label === "create-lb") expect(await resourceState(env, about.balancer.id)).toBeNull();
    else expect(await resourceState(env, about.balancer.id)).toMatchObject({ open_operation: null });
    expect(await memberOf(about)).toEqual(isThere.includes(label) && before ? { state: "enabled", phase: "ACTIVE" } : null);
  });

  test("whose asker has lost the right is not done", async () => {
    const about = await subject(label);
    const id = await asked(label, about, { actor: people.stan });
    expect(await run(id)).toMatchObject({ status: 3, step: 0 });
    expect(await performed(id, about)).toEqual([]);
    expect(await memberOf(about)).toEqual(isThere.includes(label) && hasMember.includes(label) ? { state: "enabled", phase: "ACTIVE" } : null);
    if (hasHost.includes(label)) expect((await dnsOf(about)).book).toBe(label === "delete-url-lb" ? "1 " : null);
    if (label === "add-url-lb") expect(await urlsOf(about)).toEqual([]);
    if (label === "delete-url-lb") expect(await urlsOf(about)).toEqual(["ACTIVE"]);
  });
});

describe("a URL and its name in DNS", () => {
  const flagOf = async ({ balancer }: Subject) => {
    const { urls } = JSON.parse((await resourceState(env, balancer.id))!.attributes) as BalancerAttributes;
    return urls.filter(({ id }) => id === 7).map(({ status, setUpDNSEnabled }) => `${status} ${setUpDNSEnabled}`);
  };

  test.each(["create-lb", "add-url-lb"] as const)(
    "%s: when the name cannot be made, what serves is there all the same, and nobody says that it has a name",
    async (label) => {
      const about = await subject(label);
      await region().arrange({ fault: "refuse", verb: "create-record", resourceId: about.balancer.id });
      expect(await run(await asked(label, about))).toMatchObject({ status: 3, step: stepsOf(label).length - 1 });
      expect(await flagOf(about)).toEqual(["ACTIVE false"]);
      expect(await dnsOf(about)).toEqual({ book: null, resolves: [] });
      expect(await resourceState(env, about.balancer.id)).toMatchObject({ status: statuses.ACTIVE, open_operation: null });
    },
  );

  test("a URL that cannot be removed has lost its name, and the answer says so", async () => {
    const about = await subject("delete-url-lb");
    await region().arrange({ fault: "refuse", verb: "remove-host", resourceId: about.balancer.id });
    const name = hostOf(about.instance);
    expect(await run(await asked("delete-url-lb", about))).toMatchObject({
      status: 3,
      message: `The zone refused: the host would not do it. ${name} leads nowhere any more: names are taken back first.`,
    });
    expect(await flagOf(about)).toEqual(["ACTIVE false"]);
    expect(await dnsOf(about)).toEqual({ book: null, resolves: [] });
  });

  test("a name that the region was still making when the time was over is in the books as it is in the region", async () => {
    const about = await subject("add-url-lb");
    await region().arrange({ fault: "refuse", verb: "put-host", resourceId: about.balancer.id });
    await region().receiveRecords([{ name: hostOf(about.instance), domain: dns, address: "10.0.0.9", resourceId: about.balancer.id }]);
    expect(await run(await asked("add-url-lb", about))).toMatchObject({ status: 3, step: 0 });
    expect((await dnsOf(about)).resolves).toHaveLength(1);
    expect((await dnsOf(about)).book).toMatch(/^1 /);
  });
});

test("a member that was drained and could not be removed is disabled: the books say that no new clients come to it", async () => {
  const about = await subject("delete-member-lb");
  await region().arrange({ fault: "refuse", verb: "remove-member", resourceId: about.balancer.id });
  expect(await run(await asked("delete-member-lb", about))).toMatchObject({ status: 3, step: 1 });
  expect(await memberOf(about)).toEqual({ state: "disabled", phase: "ACTIVE" });
});

test("what is enabled or taken offline waits for nobody: its drain is no step of the engine's", () => {
  const operation = (state: string) => ({ label: "update-member-state" as const, parameters: { instanceId: 1, port: 80, state } });
  expect([isNeedless(operation("enabled"), 0), isNeedless(operation("offline"), 0), isNeedless(operation("disabled"), 0)]).toEqual([
    true,
    true,
    false,
  ]);
});

test("what the region has lost serves nobody, and its members go with it", async () => {
  const about = await subject("update-member-state");
  await region().lose(about.balancer.id, "balancer");
  expect(await run(await asked("update-member-state", about))).toMatchObject({ status: 3 });
  expect(await readAll(env.REGION_EB, sql`SELECT 1 FROM balancer_member WHERE balancer_id = ${about.balancer.id}`)).toEqual([]);
  expect(await resourceState(env, about.balancer.id)).toMatchObject({ status: statuses.INACTIVE });
});
