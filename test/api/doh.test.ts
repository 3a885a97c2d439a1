/** DNS over HTTPS as RFC 8484 has it: methods, media types, lifetimes, and the failures of each kind. What is answered: test/contract/dns-answers. */
import { env } from "cloudflare:test";
import dns from "dns-packet";
import { beforeAll, expect, test } from "vitest";
import { insert } from "../../db/statement.ts";
import { alias } from "../../db/region/schema/index.ts";
import { commit } from "../../db/commit.ts";
import { toBase64Url } from "../../worker/contract/operation.ts";
import { simulatedZone } from "../../worker/zones/simulated/engine.ts";
import { world, type World } from "../world.ts";
import { askByGet, askByPost, query, readResponse, resolve } from "./resolving.ts";

let it: World;
const name = "there-before.cloud.itcare.example";

/** The alias of before: the name server learns of it from the region, when it is asked for the first time. */
beforeAll(async () => {
  it = await world(env);
  const server = await it.addInstance({ zone: "ET-HDS-A" });
  const row = { id: 77, resourceId: server.id, name, domain: "cloud.itcare.example", address: "10.1.2.3", author: "x", status: 1, created: 1 };
  await commit(env.REGION_ET, [{ query: insert(alias, row) }]);
});

test("GET and POST get the same answer, whoever asks, with the media type and the lifetime of the record", async () => {
  const message = query(name, "A", { id: 0 });
  for (const response of [await askByGet(it.nobody, message), await askByPost(it.nobody, message), await askByGet(it.boris, message)]) {
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/dns-message");
    expect(response.headers.get("cache-control")).toBe("max-age=60");
    expect(response.headers.get("set-cookie")).toBeNull();
    const packet = await readResponse(response);
    expect(packet).toMatchObject({ rcode: "NOERROR", flag_aa: true, answers: [{ name, type: "A", ttl: 60, data: "10.1.2.3" }] });
  }
});

test("HEAD is GET without a body", async () => {
  const response = await it.nobody.fetch(`/dns-query?dns=${toBase64Url(query(name))}`, { method: "HEAD" });
  expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([200, "application/dns-message", ""]);
});

test("NXDOMAIN may be kept as long as the SOA says; REFUSED and FORMERR not at all", async () => {
  const lifetime = async (message: Uint8Array<ArrayBuffer>) => {
    const response = await askByPost(it.nobody, message);
    return [(await readResponse(response.clone())).rcode, response.status, response.headers.get("cache-control")];
  };
  expect(await lifetime(query("nobody.cloud.itcare.example"))).toEqual(["NXDOMAIN", 200, "max-age=60"]);
  expect(await lifetime(query("www.google.com"))).toEqual(["REFUSED", 200, "no-store"]);
  expect(await lifetime(query(name).slice(0, -1))).toEqual(["FORMERR", 200, "no-store"]);
});

test("the lifetime is never longer than that of the SOA", async () => {
  const packet = await readResponse(await askByGet(it.nobody, query("nobody.cloud.itcare.example")));
  expect(packet.authorities).toEqual([expect.objectContaining({ type: "SOA", ttl: 60, data: expect.objectContaining({ minimum: 60 }) })]);
});

test.each<[string, string, RequestInit, number]>([
  ["no query at all", "", {}, 400],
  ["an empty one", "?dns=", {}, 400],
  ["base64 with padding", `?dns=${btoa("0123456")}==`, {}, 400],
  ["not base64url", "?dns=+/+/", {}, 400],
  ["a length that base64 does not have", "?dns=AAAAA", {}, 400],
  ["two queries", `?dns=${toBase64Url(query(name))}&dns=${toBase64Url(query(name))}`, {}, 400],
  ["less than a header", "?dns=AAABAAAB", {}, 400],
  ["a response", `?dns=${toBase64Url(Uint8Array.from(dns.encode({ type: "response", questions: [{ name, type: "A" }] })))}`, {}, 400],
  ["JSON", "", { method: "POST", body: "{}", headers: { "content-type": "application/json" } }, 415],
  ["no media type", "", { method: "POST", body: query(name) }, 415],
  ["nothing in the body", "", { method: "POST", headers: { "content-type": "application/dns-message" } }, 400],
  ["too much", "", { method: "POST", body: new Uint8Array(65_536), headers: { "content-type": "application/dns-message" } }, 413],
  ["too much in the address", `?dns=${"A".repeat(87_500)}`, {}, 413],
  ["PUT", "", { method: "PUT", body: "x" }, 405],
  ["DELETE", "", { method: "DELETE" }, 405],
])("%s: %s", async (_, search, init, status) => {
  const response = await it.nobody.fetch(`/dns-query${search}`, init as object);
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("cache-control")).toBe("private, no-store");
  if (status === 405) expect(response.headers.get("allow")).toBe("GET, HEAD, POST");
});

test("a region that is away takes no name of another with it; only that there is none cannot be said", async () => {
  const region = simulatedZone(env, "EB");
  await resolve(it.nobody, name);
  await region.away(true);
  try {
    expect(await resolve(it.nobody, name)).toEqual(["10.1.2.3"]);
    expect(await readResponse(await askByGet(it.nobody, query(name, "AAAA")))).toMatchObject({ rcode: "NOERROR", answers: [] });
    const unknown = await askByGet(it.nobody, query("nobody.cloud.itcare.example"));
    expect([(await readResponse(unknown.clone())).rcode, unknown.headers.get("cache-control")]).toEqual(["SERVFAIL", "no-store"]);
  } finally {
    await region.away(false);
  }
});

test("the serial of a domain grows with every change in it", async () => {
  const serial = async () => {
    const { answers } = await readResponse(await askByGet(it.nobody, query("cloud.itcare.example", "SOA")));
    return (answers![0]!.data as { serial: number }).serial;
  };
  const before = await serial();
  await simulatedZone(env, "EB").receiveRecords([
    { name: "more.cloud.itcare.example", domain: "cloud.itcare.example", address: "10.0.0.9", resourceId: 1 },
  ]);
  expect(await serial()).toBe(before + 1);
});

test("whoever asks too much is told when to come back, and nobody else notices", async () => {
  const from = (address: string) => ({ headers: { accept: "application/dns-message", "cf-connecting-ip": address } });
  const flood = async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => askByGet(it.nobody, query("x.example"), from("203.0.113.7"))));
    return answers.find(({ status }) => status === 429);
  };
  let refused: Response | undefined;
  for (let round = 0; round < 14 && !refused; round++) refused = await flood();
  expect(refused!.headers.get("retry-after")).toBe("10");
  expect(await refused!.json()).toMatchObject({ errorCode: "TOO_MANY_ATTEMPTS", change: expect.stringContaining("resolver") });
  expect((await askByGet(it.nobody, query(name), from("203.0.114.7"))).status).toBe(200);
  const broken = { limit: () => Promise.reject(new Error("away")) };
  const open = await askByGet(it.nobody, query(name), { ...from("203.0.113.7"), env: { ...env, DNS_QUERIES: broken } });
  expect(open.status).toBe(200);
});

test("who knows a name learns where it leads, and nothing else of anybody: no list, no neighbour, no owner, nothing that is still being made", async () => {
  const server = await it.addInstance({ organizationId: 2, cloud: "Borealis" });
  const rows = ["canary-one", "canary-two", "canary-young"].map((host, index) => ({
    id: 90 + index,
    resourceId: server.id,
    name: `${host}.health.itcare.example`,
    domain: "health.itcare.example",
    address: `10.9.9.${index}`,
    author: "canary-author",
    status: host === "canary-young" ? 0 : 1,
    created: 1,
  }));
  await commit(
    env.REGION_EB,
    rows.map((row) => ({ query: insert(alias, row) })),
  );
  await simulatedZone(env, "EB").receiveRecords(
    rows.slice(0, 2).map(({ name: host, domain, address }) => ({ name: host, domain, address, resourceId: server.id })),
  );
  expect(await resolve(it.nobody, "canary-one.health.itcare.example")).toEqual(["10.9.9.0"]);
  expect(await resolve(it.boris, "canary-young.health.itcare.example")).toBe("NXDOMAIN");

  const types = ["A", "AAAA", "NS", "SOA", "MX", "TXT", "SRV", "PTR", "CNAME", "AXFR", "IXFR", "ANY", "NSEC", "NSEC3", "DNSKEY", "HINFO"];
  const names = [
    "health.itcare.example",
    "*.health.itcare.example",
    "canary.health.itcare.example",
    "canary-on.health.itcare.example",
    "0.9.9.10.in-addr.arpa",
  ];
  for (const asked of names)
    for (const type of types) {
      const bytes = new Uint8Array(await (await askByPost(it.nobody, query(asked, type))).arrayBuffer());
      const text = String.fromCharCode(...bytes);
      expect(text, `${asked} ${type}`).not.toMatch(/canary-(one|two|young|author)/);
      expect(bytes.join(","), `${asked} ${type}`).not.toContain("10,9,9,");
    }
  const whole = await (await askByPost(it.nobody, query("canary-one.health.itcare.example", "ANY"))).arrayBuffer();
  expect(String.fromCharCode(...new Uint8Array(whole))).not.toContain(server.name);
});
