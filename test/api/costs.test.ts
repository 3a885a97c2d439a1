/**
 * What every row of the contract costs, as D1 itself counts it, in a region of 1,000 and of 100,000 resources, each with a past. costs.json is the committed
 * table: a row that costs more fails, so does one without a line, and a line that nothing measures. Bytes have a tenth to spare, for they hold names and
 * times. test/db/budgets.test.ts has the lists' filters.
 */
import { env } from "cloudflare:test";
import { beforeAll, describe, expect, test } from "vitest";
import { attributesOf } from "../../db/seed/attributes.ts";
import { chance } from "../../db/seed/random.ts";
import { isWrite, labels, notOffered, pending, rowOf, type HandledLabel, type Label } from "../../worker/contract/actions.ts";
import { makeId } from "../../worker/contract/ids.ts";
import { families } from "../../worker/contract/resource-types.ts";
import { asking, requestOf, type Things } from "../asking.ts";
import { aBalancerWithMember } from "../asking-balancers.ts";
import { grow, plant, type Known } from "../db/many.ts";
import { measure } from "../measure.ts";
import { world, type Caller, type Person, type World } from "../world.ts";
import table from "./costs.json";
import { plantPast } from "./past.ts";

/** Rows read, rows written, round trips. */
type Figures = [number, number, number];
type Costs = { directory: Figures; regions: Figures; bytes?: number };
const sizes = [1_000, 100_000] as const;
const committed = table as unknown as Record<string, Record<string, Costs>>;
const seen: typeof committed = {};

const absentLabels: readonly Label[] = [...pending, ...notOffered];
const handled = labels.filter((label): label is HandledLabel => !absentLabels.includes(label));

const directory = measure(env.DIRECTORY);
const regions = [measure(env.REGION_EB), measure(env.REGION_ET)] as const;
const measured = { ...env, DIRECTORY: directory.database, REGION_EB: regions[0].database, REGION_ET: regions[1].database };

let it: World;
let everything: Known[] = [];
let asked = 0;

beforeAll(async () => {
  it = await world(env);
  const cloudId = it.planted.clouds.find(({ name }) => name === "Asclepia Care")!.id;
  const services = it.planted.services.filter((service) => service.cloudId === cloudId);
  const network = it.planted.networks.find(({ organizationId, zone }) => organizationId === 1 && zone === "EB-HDS-A")!;
  const balancer = attributesOf("LOAD_BALANCER", { ...network, nextHost: 10 }, chance(1));
  everything = grow("EB", sizes[1], { clouds: 1, services: 1, seed: 5 }).map((one, index) => ({
    ...one,
    id: makeId({ region: 1, organization: 1, sequence: 1_000_000 + index }),
    cloudId,
    serviceId: services[index % services.length]!.id,
    ...(one.family === "LOAD_BALANCER" && {
      attributes: { ...balancer, ipAddress: `10.${77 + (index >> 16)}.${(index >> 8) % 256}.${index % 256}` },
    }),
  }));
}, 120_000);

/** Something that has much behind it, where what is made for the row has nothing. */
const withPast: Partial<Record<HandledLabel, () => Things>> = {
  "read-history": () => ({ resource: firstInstance().id }),
  "list-snapshots": () => ({ instance: firstInstance().id }),
  "list-dns": () => ({ instance: firstInstance().id }),
};
const firstInstance = () => everything.find(({ family }) => families[family].category === "INSTANCE")!;

/** A row that costs more when more is asked has a second line. */
const further: Record<string, { label: HandledLabel; about: () => Promise<Things>; body: (things: Things) => unknown }> = {
  "run-plan, at a load balancer": {
    label: "run-plan",
    about: async () => {
      const one = await aBalancerWithMember(it, { env, organizationId: 1, cloud: "Asclepia Care", personId: it.paul.id });
      return { ...one, resource: one["instance"]! };
    },
    body: ({ loadbalancer }) => ({
      items: ["disabled", "enabled"].map((state) => ({
        label: "update-member-state",
        options: { loadbalancer, state, acceptOutage: true },
      })),
    }),
  },
};
const lines = [...handled, ...Object.keys(further)];
const labelOf = (line: string) => further[line]?.label ?? (line as HandledLabel);

/** Whoever gets further keys is somebody else than who reads theirs. */
function whoAsks(label: HandledLabel): Caller {
  // An export costs what its organization has: Borealis has the same however much Asclepia has.
  if (label === "read-export") return it.bea;
  if (rowOf(label).who === "security-representative") return it.sybil;
  if (rowOf(label).who === "service-delivery") return it.david;
  if (rowOf(label).target === "request") return it.sybil;
  if (rowOf(label).target === "self") return it.greta;
  return label === "read-health" ? it.nobody : it.paul;
}

/** What is asked is asked by whoever may, with a proof in hand where one is asked for. */
async function costOf(line: string): Promise<Costs> {
  const label = labelOf(line);
  const who = whoAsks(label);
  const about = further[line]?.about ?? withPast[label] ?? asking[label].about ?? (() => ({}));
  const things = await about(it, { env, organizationId: label === "read-export" ? 2 : 1, cloud: "Asclepia Care", personId: who.id });
  const { path, ask: usual } = requestOf(label, things);
  const plain: typeof usual = { ...usual, ...(further[line] && { json: further[line].body(things) }) };
  const ask = { ...plain, headers: { ...plain.headers, ...(isWrite(label) && { "idempotency-key": `cost-${++asked}` }) } };
  const proven = isWrite(label) && rowOf(label).proof !== "none";
  // What is noted once a minute of who is there is noted now.
  if (!proven) await who.fetch("/itcare/me");
  const proof = proven ? await (who as Person).proofFor(await who.fetch(path, ask)) : null;
  const all = [directory, ...regions];
  for (const each of all) each.reset();
  const answer = await who.fetch(path, { ...ask, env: measured, headers: { ...ask.headers, ...(proof && { "itcare-proof": proof }) } });
  const bytes = answer.status === 101 ? 0 : (await answer.clone().text()).length;
  expect(answer.status, `${label}: ${answer.status === 101 ? "" : await answer.text()}`).toBeLessThan(300);
  answer.webSocket?.accept();
  answer.webSocket?.close();
  const [inDirectory, ...inRegions] = all.map(({ cost }) => [cost.rowsRead, cost.rowsWritten, cost.roundTrips] as Figures);
  return {
    directory: inDirectory!,
    regions: inRegions.reduce((sum, figures) => sum.map((figure, index) => figure + figures[index]!) as Figures),
    // What is exported is as long as it is.
    ...(!isWrite(label) && label !== "export-log" && label !== "read-export" && { bytes }),
  };
}

const within = (found: Costs, budget: Costs): boolean =>
  (["directory", "regions"] as const).every((place) => found[place].every((figure, index) => figure <= budget[place][index]!)) &&
  (found.bytes ?? 0) <= (budget.bytes ?? 0);

describe.each(sizes)("with %i resources", (size) => {
  beforeAll(async () => {
    const more = size === sizes[0] ? everything.slice(0, size) : everything.slice(sizes[0]);
    await plant(env.REGION_EB, more, 1);
    await plantPast(env.REGION_EB, more);
    // The first request after many new rows looks them over; the embedded zones learn of their instances when they are first asked.
    await it.paul.fetch("/itcare/topology");
  }, 600_000);

  test.each(lines)("%s", async (line) => {
    const label = labelOf(line);
    const budget = committed[line]?.[size];
    const first = await costOf(line);
    // Numbers of operations come in blocks: whoever takes the next one pays for those who follow.
    const found = budget && !within(first, budget) ? await costOf(line) : first;
    (seen[line] ??= {})[size] = found;
    expect
      .soft(budget && within(found, budget), `${line}, ${size} resources: measured ${JSON.stringify(found)}, committed ${JSON.stringify(budget)}`)
      .toBe(true);
    if (!isWrite(label)) expect(found.regions[1], "a reading writes nothing").toBe(0);
    if (label.startsWith("create-")) expect(found.regions[1], "rows written by a signed creation").toBeLessThanOrEqual(24);
    if (!isWrite(label) && rowOf(label).target !== "none" && label !== "read-export")
      expect(found.directory[0], "rows read in the directory, about one thing").toBeLessThanOrEqual(20);
  });
});

test("what is asked about one thing costs the same whatever else there is", () => {
  const grown = handled.filter((label) => {
    const [few, many] = sizes.map((size) => seen[label]?.[size]);
    return rowOf(label).target !== "none" && few && many && many.regions[0] > few.regions[0] + 5;
  });
  expect(grown.map((label) => `${label}: ${JSON.stringify(seen[label])}`)).toEqual([]);
});

test("the table has a line for each row that has a handler, at both sizes, and no other", () => {
  const found = lines.map((line) => `  ${JSON.stringify(line)}: ${JSON.stringify(seen[line])}`).join(",\n");
  const named = (of: typeof committed) => Object.entries(of).flatMap(([label, bySize]) => Object.keys(bySize).map((size) => `${label} ${size}`));
  expect(named(committed).sort(), `Write into costs.json what was measured, after a look at it:\n{\n${found}\n}`).toEqual(named(seen).sort());
});
