/** Reading through the gate: what existing clients get, to the letter. */
import { env } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type * as z from "zod";
import { labels, methodOf, pathOf, rowOf, type Label } from "../../worker/contract/actions.ts";
import { backupPolicies, type BackupPolicyId } from "../../worker/contract/backup-policies.ts";
import { isOnSale, isProduct, productOf, products, type ProductCode } from "../../worker/contract/catalogue.ts";
import { serviceKeyOf } from "../../worker/contract/ids.ts";
import { isProtectedBy } from "../../worker/contract/protection.ts";
import type { InstanceAttributes } from "../../worker/contract/shapes/instance-attributes.ts";
import { supportLevelOf, supportPhaseOf, type SupportPhase } from "../../worker/contract/support.ts";
import { otherDataCenter } from "../../worker/contract/topology.ts";
import { lastRun, momentOf } from "../../worker/zones/simulated/backups.ts";
import { simulatedZone } from "../../worker/zones/simulated/engine.ts";
import type { SeededResource } from "../../db/seed/resources.ts";
import type { InstanceDetails } from "../../worker/contract/shapes/instance-details.ts";
import { resourceReads, type InstanceItem } from "../../worker/contract/shapes/resources.ts";
import { readTagKeys, readTagValues } from "../../db/region/read/tags.ts";
import { withoutRegion } from "../away.ts";
import { measure } from "../measure.ts";
import { world, type Ask, type Caller, type World } from "../world.ts";

type Answer = InstanceItem & InstanceDetails;
const HOUR = 60 * 60_000;

let it: World & { backedUp: SeededResource };
beforeAll(async () => {
  const seeded = await world(env);
  const backedUp = seeded.planted.resources.find(
    ({ organizationId, attributes }) => organizationId === 1 && (attributes as Partial<InstanceAttributes>).backupPolicyId,
  )!;
  it = { ...seeded, backedUp };
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
  const { endOfSale, endOfSupport } = products[body["productCode"] as ProductCode];
  expect(body).toMatchObject({ serviceKey: serviceKeyOf(service.id), supportPhase: "STANDARD", supportLevel: "FULL", endOfSale, endOfSupport });
  expect(await get(it.odile, `/compute/services/${service.id}`)).toMatchObject({ serviceKey: body["serviceKey"], description: service.description });
  expect(body).toMatchObject({ backup: null, backupPolicyDetails: null, replication: null });
  expect(body["creationTime"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

  const storage = await get(it.odile, `/compute/instances/${id}/storage`);
  expect(String(storage.totalSizeDisks)).toBe(body["totalSizeDisks"]);
  expect(storage.totalSizeFileSystems).toBe(storage.fileSystems.reduce((sum: number, { sizeOf }: { sizeOf: number }) => sum + sizeOf, 0));
  expect(await get(it.odile, `/compute/instances/${id}/networks`)).toEqual(body["network"]);
});

test("the backups that its zone has really kept are told with an instance, and a zone that is away is named", async () => {
  const { backupPolicyId: policyId } = it.backedUp.attributes as InstanceAttributes;
  const path = `/itcare/compute/instances/${it.backedUp.id}`;
  const answer = await it.sybil.fetch(path);
  const { backup, backupPolicyDetails: details, replication } = await answer.clone().json<Answer>();
  expect(backup).toMatchObject({ backupSystem: "ZONE_IMAGES", type: "IMAGE", size: expect.any(Number) });
  const age = Date.now() - Date.parse(backup!.lastDate);
  expect([age > 0, age < 36 * HOUR, backup!.size > 0], backup!.lastDate).toEqual([true, true, true]);
  const frequencies = Object.keys(backupPolicies[policyId as BackupPolicyId].frequencies);
  expect(details!.backups.map(({ id }) => id)).toEqual(frequencies.map((name) => `${it.backedUp.id}-backup-${name.toLowerCase()}`));
  expect(details!.policies).toEqual([
    { policyId, ...backupPolicies[policyId as BackupPolicyId], backupSize: backup!.size, backupLastDate: backup!.lastDate },
  ]);
  expect(replication?.dataCenter ?? null).toBe(isProtectedBy(it.backedUp.protection, "replication") ? otherDataCenter(it.backedUp.zone!) : null);
  const etag = answer.headers.get("etag")!;
  expect(etag).toMatch(/^"1\.0\.\d+"$/);
  expect((await it.sybil.fetch(path, { headers: { "if-none-match": etag } })).status).toBe(304);

  await simulatedZone(env, it.backedUp.zone!).away(true);
  const without = await it.sybil.fetch(path, { headers: { "if-none-match": etag } });
  expect(await without.json()).toMatchObject({
    backup: null,
    backupUnknown: true,
    backupPolicyDetails: { backups: [], policies: [{ policyId, backupSize: null, backupLastDate: null }] },
  });
  await simulatedZone(env, it.backedUp.zone!).away(false);
});

test("backups are made by the clocks of their time zone: every night, or in the first one of a month", () => {
  const day = Date.parse("2026-03-28T12:00:00Z");
  expect(new Date(momentOf("2026-03-28", "22:00", "Europe/Paris")).toISOString()).toBe("2026-03-28T21:00:00.000Z");
  expect(new Date(momentOf("2026-03-29", "22:00", "Europe/Paris")).toISOString()).toBe("2026-03-29T20:00:00.000Z");
  const daily = lastRun(4, backupPolicies["nightly-365"], "DAILY", day)!;
  expect(new Date(daily).toISOString().slice(0, 10)).toMatch(/2026-03-2[78]/);
  expect(new Date(lastRun(4, backupPolicies["nightly-365"], "MONTHLY", day)!).toISOString()).toMatch(/^2026-03-0[12]/);
});

test.each([
  ["2027-06-30T23:59:59Z", "debian12", "STANDARD", "FULL"],
  ["2027-07-01T00:00:00Z", "debian12", "END_OF_SALE", "FULL"],
  ["2028-07-01T00:00:00Z", "debian12", "END_OF_SUPPORT", "NONE"],
  ["2026-11-22T00:00:00Z", "aix72", "END_OF_SALE", "FULL"],
  ["2027-05-01T00:00:00Z", "aix72", "EXTENDED", "BEST_EFFORT"],
  ["2030-05-01T00:00:00Z", "aix72", "END_OF_SUPPORT", "NONE"],
])("on %s %s is in its phase %s, with the support %s, and only what is on sale can be created from", (at, code, phase, level) => {
  expect(supportPhaseOf(productOf(code)!, Date.parse(at))).toBe(phase);
  expect(supportLevelOf(phase as SupportPhase)).toBe(level);
  expect(isProduct(code) && isOnSale(code, Date.parse(at))).toBe(phase === "STANDARD");
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
