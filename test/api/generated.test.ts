/** Requests that nobody thought of: no 5xx, no status that is not declared, no byte of a stranger. A failure names its seed. */
import { env } from "cloudflare:test";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { isWrite, labels, methodOf, pathOf, rowOf, type Label } from "../../worker/contract/actions.ts";
import { statusesOf } from "../../worker/gate/openapi.ts";
import { world, type Caller, type World } from "../world.ts";

const REQUESTS = Number(env.REQUESTS);
const SEED = Number(env.SEED);

let it: World;
beforeAll(async () => {
  it = await world(env);
});

interface Generated {
  who: number;
  label: Label;
  segments: string[];
  query: [string, string][];
  body: unknown;
  headers: Record<string, string>;
}

const awkward = fc.constantFrom(
  "",
  " ",
  "%",
  "%00",
  "..",
  "0",
  "-1",
  "1e9",
  "9007199254740993",
  "null",
  "\u0000",
  "é",
  "💥",
  "' OR 1=1 --",
  "a:b",
  "!",
  ",",
  "x".repeat(300),
  "2026-13-45",
  "PRODUCTION",
  "EB-HDS-A",
  "name,desc",
  "key:value",
);
const names = fc.constantFrom(
  "page",
  "size",
  "sort",
  "names",
  "tags",
  "statuses",
  "environments",
  "az",
  "clouds",
  "services",
  "cursor",
  "search",
  "types",
  "families",
  "key",
  "resourceId",
  "from",
  "to",
  "kind",
  "label",
  "colour",
);
const fields = fc.constantFrom(
  "operation",
  "options",
  "changeReference",
  "name",
  "serviceId",
  "productCode",
  "resourceId",
  "az",
  "area",
  "networkId",
  "disks",
  "sshKeys",
  "tags",
  "environment",
  "__proto__",
  "constructor",
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  awkward,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(awkward, { maxLength: 3 }),
  fc.dictionary(fields, awkward, { maxKeys: 3 }),
);

function requests(ids: string[]): fc.Arbitrary<Generated> {
  const segment = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: awkward });
  const header = fc.record(
    {
      "idempotency-key": fc.constantFrom("k1", "k2", "", "clé"),
      "if-match": fc.constantFrom('"1.0"', '"x"', "*", "W/"),
      "itcare-dryrun": fc.constantFrom("true", "false", "maybe"),
      "itcare-proof": fc.constantFrom("e30", "%", "bnVsbA"),
      accept: fc.constantFrom("application/json", "*/*", "text/html", "application/vnd.cegedim-it.v1+json"),
    },
    { requiredKeys: [] },
  );
  return fc.record({
    who: fc.nat({ max: 5 }),
    label: fc.constantFrom(...labels.filter((label) => label !== "follow-log")),
    segments: fc.array(segment, { minLength: 2, maxLength: 2 }),
    query: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.tuple(names, awkward), { maxLength: 3 }) },
    ) as fc.Arbitrary<[string, string][]>,
    body: fc.oneof(
      { weight: 3, arbitrary: fc.constant("valid") },
      { weight: 2, arbitrary: fc.dictionary(fields, value, { maxKeys: 5 }) },
      { weight: 1, arbitrary: value },
    ),
    headers: header as fc.Arbitrary<Record<string, string>>,
  });
}

/** A body that the row's operation at least recognizes, so that generated requests get past the first check. */
function bodyOf({ label, body }: Generated): unknown {
  const { operation, target } = rowOf(label);
  const service = it.planted.services[0]!.id;
  const base = operation ? { operation } : target === "service" ? { serviceId: service, az: "EB-HDS-A" } : {};
  if (body === "valid") return Object.keys(base).length > 0 ? base : undefined;
  return body !== null && typeof body === "object" && !Array.isArray(body) ? { ...base, ...body } : body;
}

test(`${REQUESTS} generated requests, seed ${SEED}`, { timeout: 600_000 }, async () => {
  const ids = [it.instances.EB.ACTIVE.TEST.id, it.instances.ET.INACTIVE.PRODUCTION.id, it.foreign.id, it.absent, it.planted.services[0]!.id, 4].map(
    String,
  );
  const callers: Caller[] = [it.odile, it.paul, it.stan, it.boris, it.runner, it.nobody];
  const canary = it.foreign.name;
  await it.paul.stepUp();
  for (const generated of fc.sample(requests(ids), { numRuns: REQUESTS, seed: SEED })) {
    const { label, segments, query, headers } = generated;
    const who = callers[generated.who]!;
    let index = 0;
    const path = `/itcare${pathOf(label).replaceAll(/:\w+/g, () => encodeURIComponent(segments[index++]!))}`;
    const search = new URLSearchParams(query).toString();
    const body = isWrite(label) ? bodyOf(generated) : undefined;
    const safe = Object.fromEntries(Object.entries(headers).filter(([, text]) => /^[\x20-\x7e]*$/.test(text)));
    const response = await who.fetch(search ? `${path}?${search}` : path, {
      method: methodOf(label),
      headers: safe,
      ...(body !== undefined && { json: body }),
    });
    const text = await response.text();
    const what = JSON.stringify({ ...generated, who: who.name, answer: text.slice(0, 300) });
    expect([500, 502, 503, 504].includes(response.status), what).toBe(false);
    // A path that an awkward segment bends matches no row any more.
    if (response.status !== 404) expect(statusesOf(label), what).toContain(response.status);
    if (response.status >= 400) expect(JSON.parse(text), what).toHaveProperty("errorCode");
    if (who !== it.boris) expect(text.includes(canary), what).toBe(false);
  }
});
