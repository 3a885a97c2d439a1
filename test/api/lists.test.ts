/** Reading through the gate: what existing clients get, to the letter. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type * as z from "zod";
import { labels, methodOf, pathOf, rowOf, type Label } from "../../worker/contract/actions.ts";
import { resourceReads } from "../../worker/contract/shapes/resources.ts";
import { readTagKeys, readTagValues } from "../../db/region/read/tags.ts";
import { withoutRegion } from "../away.ts";
import { measure } from "../measure.ts";
import { world, type Ask, type Caller, type World } from "../world.ts";

let it: World;
beforeAll(async () => {
  it = await world(env);
});

// oxlint-disable-next-line typescript/no-explicit-any
const get = async (who: Caller, path: string, ask: Ask = {}): Promise<any> => (await who.fetch(`/itcare${path}`, ask)).json();

/** A shape that lets further members pass: what is documented must be there and fit. */
function fits(label: keyof typeof resourceReads, body: unknown): void {
  const { answer } = resourceReads[label] as { answer: z.ZodType };
  const result = answer.safeParse(body);
  expect(result.success, `${label}: ${JSON.stringify(result.error?.issues.slice(0, 3))}`).toBe(true);
}

test("every reading answers in the shape that the contract documents", async () => {
  const instance = it.instances.EB.ACTIVE.TEST;
  const places: Record<string, string | number> = { ":resource": instance.id, ":instance": instance.id, ":service": instance.service.id };
  const reads = labels.filter((label): label is Extract<Label, keyof typeof resourceReads> => label in resourceReads);
  expect(reads.every((label) => methodOf(label) === "GET")).toBe(true);
  for (const label of reads) {
    const path = pathOf(label).replaceAll(/:\w+/g, (name) => String(places[name]));
    const query =
      label === "list-tag-values"
        ? "?key=team"
        : path.startsWith("/compute/resources") || label === "list-instances"
          ? label.startsWith("list")
            ? "?size=1000"
            : ""
          : "";
    for (const who of [it.odile, it.reader]) {
      const response = await who.fetch(`/itcare${path}${query}`);
      expect(response.status, `${label} ${path}`).toBe(200);
      fits(label, await response.json());
    }
    if (rowOf(label).who !== "anyone") expect((await it.nobody.fetch(`/itcare${path}${query}`)).status, label).toBe(401);
  }
});

test("a program walks all its instances, 200 a page, and gets each once", async () => {
  const walked: number[] = [];
  for (let page = 0; ; page += 1) {
    const body = await get(it.reader, `/compute/instances?page=${page}&size=200`);
    walked.push(...body.content.map(({ id }: { id: number }) => id));
    expect(body.content.every(({ category }: { category: string }) => category === "INSTANCE")).toBe(true);
    if (body.content.length < 200 || page + 1 >= body.totalPages) break;
  }
  const all = await get(it.reader, "/compute/resources?resourceType=INSTANCE&size=1000");
  expect(new Set(walked).size).toBe(walked.length);
  expect([...walked].sort()).toEqual(all.content.map(({ id }: { id: number }) => id).sort());
  expect(all.totalElements).toBe(walked.length);
});

test("an instance is read with every field that clients decode, under either of its ids", async () => {
  const { id, service, name } = it.instances.EB.ACTIVE.PRODUCTION;
  const response = await it.odile.fetch(`/itcare/compute/instances/${id}`);
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toMatchObject({
    id,
    internalResourceId: id,
    name,
    path: "/compute/instances",
    status: "ACTIVE",
    environment: "PRODUCTION",
    resourceType: "INSTANCE",
    serviceId: service.id,
    cloudName: "Asclepia Care",
    labelAvailabilityZone: "EB-HDS-A",
    actionsInProgress: [],
    backupStatus: false,
  });
  // What GET /compute/instances documents: all that existing clients decode.
  const decoded =
    "id internalResourceId name label prettyLabel path status type family category resourceType internalType productName environment serviceId serviceKey serviceName cloudId cloudName creationUser creationTime comment ipAddress network labelRegion labelArea labelDatacenter labelAvailabilityZone cpu ram storage totalSizeDisks backupStatus replicationStatus supportLevel supportPhase";
  expect(Object.keys(body)).toEqual(expect.arrayContaining(decoded.split(" ")));
  expect(body["serviceName"]).toMatch(/^ASCLEPIA CARE - /);
  expect(body["labelDatacenter"]).toBe(body["labelDataCenter"]);
  for (const label of ["labelRegion", "labelArea", "labelDatacenter"]) expect(typeof body[label]).toBe("string");
  for (const field of ["cpu", "ram"]) expect(Number.isInteger(body[field]) && (body[field] as number) < 256, field).toBe(true);
  expect(typeof body["storage"]).toBe("number");
  expect(body["totalSizeDisks"]).toBe(String(body["storage"]));
  expect(Object.keys(body["network"] as object).sort()).toEqual(["cidr", "dns", "ipAddress", "name", "scope", "technicalID"]);
  expect(body["creationTime"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

  const storage = await get(it.odile, `/compute/instances/${id}/storage`);
  expect(String(storage.totalSizeDisks)).toBe(body["totalSizeDisks"]);
  expect(storage.totalSizeFileSystems).toBe(storage.fileSystems.reduce((sum: number, { sizeOf }: { sizeOf: number }) => sum + sizeOf, 0));
  expect(await get(it.odile, `/compute/instances/${id}/networks`)).toEqual(body["network"]);
});

test("the ETag is the revision and the observation, and a reading that is known is 304", async () => {
  const { id } = it.instances.EB.INACTIVE.TEST;
  const path = `/itcare/compute/instances/${id}`;
  const first = await it.odile.fetch(path);
  const etag = first.headers.get("etag")!;
  expect(etag).toBe('"1.0"');
  expect(((await first.json()) as { revision: number }).revision).toBe(1);
  for (const known of [etag, `W/${etag}`, `"7.7", ${etag}`, "*"]) {
    const again = await it.odile.fetch(path, { headers: { "if-none-match": known } });
    expect([again.status, await again.text(), again.headers.get("etag")], known).toEqual([304, "", etag]);
  }
  expect((await it.odile.fetch(path, { headers: { "if-none-match": '"1.1"' } })).status).toBe(200);
});

test("what can be done is said for the one who reads, in the words of the refusal that they would get", async () => {
  const { id } = it.instances.EB.ACTIVE.TEST;
  const path = `/compute/instances/${id}`;
  const actionOf = async (who: Caller, label: string) =>
    (await get(who, path)).availableActions.find((one: { label: string }) => one.label === label);
  expect(await actionOf(it.odile, "stop-instance")).toEqual({ operation: "stop", label: "stop-instance", available: true, unavailabilityCauses: [] });
  expect(await actionOf(it.paul, "delete-instance")).toMatchObject({ operation: "delete", available: false });

  const refusals: [Caller, string, Ask][] = [
    [it.stan, "stop-instance", { method: "PATCH", json: { operation: "stop" } }],
    [it.mona, "resize-compute-instance", { method: "PATCH", json: { operation: "resize", options: { resourceId: "2cpu4gb" } } }],
    [it.nora, "stop-instance", { method: "PATCH", json: { operation: "stop" } }],
    [it.odile, "start-instance", { method: "PATCH", json: { operation: "start" } }],
    [it.paul, "delete-instance", { method: "DELETE" }],
    [it.reader, "stop-instance", { method: "PATCH", json: { operation: "stop" } }],
    [it.runnerWithSecret, "stop-instance", { method: "PATCH", json: { operation: "stop" } }],
  ];
  for (const [who, label, ask] of refusals) {
    const { detail } = await get(who, path, ask);
    expect((await actionOf(who, label)).unavailabilityCauses, `${who.name} ${label}`).toContain(detail);
  }
});

test("an absent instance, a foreign one and one of a Cloud without profile answer byte for byte alike", async () => {
  const hidden = it.instances.EB.ACTIVE.TEST.id;
  const answers = await Promise.all(
    [it.absent, it.foreign.id, hidden].map(async (id) => {
      const response = await it.rita.fetch(`/itcare/compute/instances/${id}`);
      return [response.status, JSON.stringify({ ...(await response.json<object>()), requestId: "" }), response.headers.get("etag")];
    }),
  );
  expect(answers[0]![0]).toBe(404);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
});

test("a customer is shown the group's zones, and that they are not for it; its networks are of its own zones", async () => {
  const zonesFor = async (who: Caller) =>
    (await get(who, "/topology")).regions.flatMap((region: { dataCenters: { availabilityZones: object[] }[] }) =>
      region.dataCenters.flatMap(({ availabilityZones }) => availabilityZones),
    );
  const customer = await zonesFor(it.stan);
  expect(customer).toHaveLength(10);
  for (const zone of customer) expect(zone.mayUse, zone.availabilityZone).toBe(zone.availabilityZone.includes("HDS"));
  expect((await zonesFor(it.greta)).every(({ mayUse }: { mayUse: boolean }) => mayUse)).toBe(true);
  expect(customer.every(({ health }: { health: string }) => health === "UP")).toBe(true);
  const networks = await get(it.stan, "/networking/networks");
  expect(networks.length).toBeGreaterThan(0);
  expect(networks.every(({ availabilityZone }: { availabilityZone: string }) => availabilityZone.includes("HDS"))).toBe(true);
  const one = await get(it.stan, "/networking/networks?az=EB-HDS-A");
  expect(one).toEqual(networks.filter(({ availabilityZone }: { availabilityZone: string }) => availabilityZone === "EB-HDS-A"));
});

test("health is for everybody and says which region is away", async () => {
  const mail = { transport: true, late: 0, givenUp: 0 };
  expect(await get(it.nobody, "/health")).toEqual({ status: "UP", regions: { EB: "UP", ET: "UP" }, feedRefused: { EB: 0, ET: 0 }, mail });
  expect(await get(it.nobody, "/health", { env: withoutRegion(env, "ET") })).toEqual({
    status: "UP",
    regions: { EB: "UP", ET: "DOWN" },
    feedRefused: { EB: 0, ET: 0 },
    mail,
  });
});

test("a list costs the directory one round trip and at most 20 rows, for a person and for a program", async () => {
  const directory = measure(env.DIRECTORY);
  for (const who of [it.odile, it.reader]) {
    directory.reset();
    const response = await who.fetch("/itcare/compute/resources", { env: { ...env, DIRECTORY: directory.database } });
    expect(response.status).toBe(200);
    expect(directory.cost.roundTrips, who.name).toBe(1);
    expect(directory.cost.rowsRead, who.name).toBeLessThanOrEqual(20);
  }
});

test("tags are listed for whoever has a profile on more Clouds than a statement has parameters", async () => {
  const { organizationId } = it.odile;
  const mine = it.planted.clouds.map(({ id }) => id);
  const many = [...Array.from({ length: 300 }, (_, index) => 2 ** 40 + index), ...mine];
  const words = (clouds: number[]) => ({ organizationId, clouds, prefix: "", after: "", limit: 10 });
  const keys = await readTagKeys(env.REGION_EB, words(mine));
  expect(keys.length).toBeGreaterThan(0);
  expect(await readTagKeys(env.REGION_EB, words(many))).toEqual(keys);
  expect(await readTagValues(env.REGION_EB, keys[0]!, words(many))).toEqual(await readTagValues(env.REGION_EB, keys[0]!, words(mine)));
});

test("a search for what no name can hold is the caller's mistake, not a region's that is away", async () => {
  for (const path of ["/compute/resources", "/compute/instances", "/compute/services"]) {
    for (const search of ["a%00b", "%00%00%00%00", "a%0Ab"])
      expect(await get(it.odile, `${path}?search=${search}`), path).toMatchObject({ status: 400, errorDesc: "search" });
  }
});
