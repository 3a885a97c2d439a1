/**
 * TENANT CANARIES: each Cloud's owner writes text that nobody can guess wherever the API lets text be written, by every act that has a handler; then
 * everybody else asks for everything, and no byte of an answer, header or event has any of it. A new family is covered by its entry in test/asking.ts.
 */
import { env } from "cloudflare:test";
import { beforeAll, expect, test, vi } from "vitest";
import { isPrivilegedAct, isWrite, labels, notOffered, pending, rowOf, type HandledLabel, type Label } from "../../worker/contract/actions.ts";
import { domainList } from "../../worker/contract/domains.ts";
import { absentThings, asking, requestOf, type Things } from "../asking.ts";
import { aliasOf, formsOf, freePlaces, opened, withText } from "../markers.ts";
import { world, type Ask, type Caller, type Person, type World } from "../world.ts";
import { askByGet, askByPost, query, resolve } from "./resolving.ts";

const absentLabels: readonly Label[] = [...pending, ...notOffered];
const handled = labels.filter((label): label is HandledLabel => !absentLabels.includes(label));
/** Service Delivery's are about other organizations, and are nobody's here. */
const acts = handled.filter((label) => isPrivilegedAct(label) && rowOf(label).who !== "service-delivery");

const owners = {
  "Asclepia Care": { organizationId: 1, marker: "qx7care4kz9w", owner: "paul" },
  "Asclepia Research": { organizationId: 1, marker: "vj3lab8mt2qd", owner: "paul" },
  Borealis: { organizationId: 2, marker: "hw5bor1xn6yp", owner: "boris" },
} as const;
type Cloud = keyof typeof owners;
const clouds = Object.keys(owners) as Cloud[];

let it: World;
const things = new Map<Cloud, Map<Label, Things>>();
const events = new Map<string, string[]>();

beforeAll(async () => {
  it = await world(env);
  // Odile sees Asclepia Care alone, as Rita sees Asclepia Research alone.
  await run("DIRECTORY", `UPDATE membership SET state = 'suspended' WHERE actor_id = ${it.odile.id} AND cloud_id = ${cloudId("Asclepia Research")}`);
  for (const { id } of [it.paul, it.boris]) await run("DIRECTORY", `INSERT INTO duty (actor_id, duty) VALUES (${id}, 'security-representative')`);
  for (const cloud of clouds) await markWhatWasThere(cloud);
  for (const name of ["odile", "rita", "boris", "greta"] as const) await follow(name);
  for (const cloud of clouds)
    things.set(cloud, new Map(await Promise.all(handled.map(async (label) => [label, await thingsOf(label, cloud)] as const))));
}, 120_000);

const cloudId = (cloud: string): number => it.planted.clouds.find(({ name }) => name === cloud)!.id;

async function run(database: "DIRECTORY" | "REGION_EB" | "REGION_ET", statement: string): Promise<void> {
  await env[database].prepare(statement).run();
}

/** Names that no act of the API gives: of Clouds, Services, networks, and of an organization's people. */
async function markWhatWasThere(cloud: Cloud): Promise<void> {
  const { marker, organizationId } = owners[cloud];
  for (const database of ["DIRECTORY", "REGION_EB", "REGION_ET"] as const) {
    await run(database, `UPDATE cloud SET name = name || ' ${marker}' WHERE id = ${cloudId(cloud)}`);
    await run(database, `UPDATE service SET name = name || ' ${marker}' WHERE cloud_id = ${cloudId(cloud)}`);
  }
  if (organizationId === 1) return;
  await run("DIRECTORY", `UPDATE actor SET name = name || ' ${marker}' WHERE organization_id = ${organizationId}`);
  for (const database of ["REGION_EB", "REGION_ET"] as const)
    await run(database, `UPDATE network SET name = name || '_${marker}' WHERE organization_id = ${organizationId}`);
}

let made = 0;

/** What the row is asked about, with names and tags that nobody can guess. */
async function thingsOf(label: HandledLabel, cloud: Cloud): Promise<Things> {
  const { marker, organizationId, owner } = owners[cloud];
  const marking: World = {
    ...it,
    addInstance: (what) => it.addInstance({ ...what, name: `${marker}-${++made}`, tags: [{ key: `${marker}-key`, value: `${marker}-value` }] }),
  };
  return (await asking[label].about?.(marking, { env, organizationId, cloud, personId: it[owner].id })) ?? {};
}

async function follow(name: "odile" | "rita" | "boris" | "greta"): Promise<void> {
  const { webSocket } = await it[name].fetch("/itcare/log/live", { headers: { upgrade: "websocket" } });
  const heard: string[] = [];
  events.set(name, heard);
  webSocket!.addEventListener("message", ({ data }) => heard.push(String(data)));
  webSocket!.accept();
}

const dry = (ask: Ask): Ask => ({ ...ask, headers: { ...(ask.headers as Record<string, string>), "itcare-dryrun": "true" } });

/** The act's request with the marker wherever a dry run takes it. */
async function marked(label: HandledLabel, about: Things, marker: string, who: Caller): Promise<{ path: string; ask: Ask; places: number }> {
  const { path, ask } = requestOf(label, about);
  let body = ask.json;
  let places = 0;
  for (const place of freePlaces(label, body)) {
    for (const text of formsOf(marker)) {
      const bolder = withText(body, place, text);
      const answer = await who.fetch(path, dry({ ...ask, json: bolder }));
      if (answer.status >= 300) continue;
      body = bolder;
      places++;
      break;
    }
  }
  return { path, ask: { ...ask, ...(body !== undefined && { json: body }) }, places };
}

async function perform(who: Person, path: string, ask: Ask): Promise<Response> {
  const first = await who.fetch(path, ask);
  return first.status === 401 ? who.sign(first) : first;
}

test("every act is really done by who may, signed, with text that nobody can guess", { timeout: 300_000 }, async () => {
  let places = 0;
  for (const cloud of clouds) {
    const { marker, owner } = owners[cloud];
    await it[owner].stepUp();
    for (const label of acts) {
      const request = await marked(label, await thingsOf(label, cloud), marker, it[owner]);
      const answer = await perform(it[owner], request.path, request.ask);
      expect(answer.status, `${label} on ${cloud}: ${JSON.stringify(request.ask.json)}: ${await answer.clone().text()}`).toBeLessThan(300);
      places += request.places;
    }
  }
  expect(places, "text was marked in few places: have the bodies' schemas changed?").toBeGreaterThan(30);
});

/** The markers that this one may not see. */
const hiddenFrom: Record<string, readonly Cloud[]> = {
  odile: ["Asclepia Research", "Borealis"],
  rita: ["Asclepia Care", "Borealis"],
  sybil: ["Borealis"],
  runner: ["Borealis"],
  boris: ["Asclepia Care", "Asclepia Research"],
  bea: ["Asclepia Care", "Asclepia Research"],
  greta: clouds,
  nobody: clouds,
};

for (const [name, hidden] of Object.entries(hiddenFrom)) {
  test(`no byte of ${hidden.join(" and ")} reaches ${name}`, { timeout: 300_000 }, async () => {
    const who = it[name as "odile"] as Caller;
    const leaks: string[] = [];
    // Whose profile is suspended is told so, and on which Cloud.
    const isKnown = (what: string, cloud: Cloud) => name === "odile" && cloud === "Asclepia Research" && what.startsWith("list-my-profiles ");
    const look = (told: string, what: string) => {
      const text = opened(told);
      for (const cloud of hidden.filter((one) => !isKnown(what, one)))
        if (text.includes(owners[cloud].marker)) leaks.push(`${what}: ${cloud}: ${around(text, owners[cloud].marker)}`);
    };
    const ask = async (label: HandledLabel, about: Things, dryRun: boolean) => {
      const { path, ask } = requestOf(label, about);
      const answer = await who.fetch(path, dryRun ? dry(ask) : ask);
      answer.webSocket?.accept();
      answer.webSocket?.close();
      const headers = [...answer.headers].map(([header, value]) => `${header}: ${value}`).join("\n");
      look(`${headers}\n${answer.status === 101 ? "" : await answer.text()}`, `${label} ${path}`);
    };
    for (const label of handled.filter((label) => label !== "end-my-session")) {
      for (const cloud of asking[label].about ? clouds : clouds.slice(0, 1)) {
        const about = things.get(cloud)!.get(label)!;
        // What they may do stays undone: others look at the same things.
        const mayAct = isWrite(label) && !hidden.includes(cloud);
        await ask(label, about, mayAct);
        if (hidden.includes(cloud)) await ask(label, absentThings(label, about), false);
      }
    }
    for (const list of ["resources", "instances", "services", "tag-keys"])
      for (const cloud of clouds)
        look(await (await who.fetch(`/itcare/compute/${list}?size=1000&search=${owners[cloud].marker.slice(0, 6)}`)).text(), list);
    look((events.get(name) ?? []).join("\n"), "the live feed");
    expect(leaks).toEqual([]);
  });
}

test("no byte of any of them is in what the name server tells who does not know the name already", async () => {
  const names = [
    ...domainList.flatMap((domain) => [domain, `*.${domain}`, `_dns.${domain}`, `nobody.${domain}`, `qx7care.${domain}`]),
    ...Array.from({ length: 20 }, (_, host) => `${host}.0.0.10.in-addr.arpa`),
    "example",
    ".",
  ];
  const leaks: string[] = [];
  for (const name of names)
    for (const type of ["A", "AAAA", "ANY", "AXFR", "CNAME", "HINFO", "NS", "NSEC", "PTR", "SOA", "SRV", "TXT"]) {
      const message = query(name, type);
      for (const answer of [await askByGet(it.nobody, message), await askByPost(it.greta, message)]) {
        const headers = [...answer.headers].map(([header, value]) => `${header}: ${value}`).join("\n");
        const text = `${headers}\n${Buffer.from(await answer.arrayBuffer()).toString("latin1")}`.toLowerCase();
        for (const cloud of clouds) if (text.includes(owners[cloud].marker)) leaks.push(`${type} ${name}: ${cloud}`);
      }
    }
  expect(leaks).toEqual([]);
  // Whoever asks for the name itself gets its address: the names are there.
  for (const cloud of clouds) await vi.waitFor(async () => expect(await resolve(it.nobody, aliasOf(owners[cloud].marker))).toHaveLength(1), 20_000);
});

test("and whoever may see it does: the markers are where they should be", async () => {
  for (const [name, cloud] of [
    ["odile", "Asclepia Care"],
    ["rita", "Asclepia Research"],
    ["boris", "Borealis"],
  ] as const) {
    const seen = async (path: string) => (await (await it[name].fetch(path)).text()).includes(owners[cloud].marker);
    for (const path of [
      "/itcare/compute/resources?size=1000",
      "/itcare/actions",
      "/itcare/log?size=200",
      "/itcare/compute/services",
      "/itcare/compute/tag-keys",
    ])
      expect(await seen(path), `${name} ${path}`).toBe(true);
    expect(events.get(name)!.join("\n").includes(owners[cloud].marker), `${name}'s live feed`).toBe(true);
  }
  for (const [name, mine] of [
    ["sybil", ["Asclepia Care", "Asclepia Research"]],
    ["bea", ["Borealis"]],
  ] as const) {
    const exported = await (await it[name].fetch("/itcare/log/export")).text();
    for (const cloud of mine) expect(exported.includes(owners[cloud].marker), `${name}'s export: ${cloud}`).toBe(true);
  }
});

function around(text: string, marker: string): string {
  const at = text.indexOf(marker);
  return text.slice(Math.max(0, at - 120), at + 60);
}
