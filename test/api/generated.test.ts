/**
 * Requests that nobody thought of, over all routes: valid ones, valid ones bent in one place, and whatever the OpenAPI document lets be sent. No 5xx, no
 * answer that the document does not declare (status, media type, body), no byte of a stranger. A failure names its seed.
 */
import { env } from "cloudflare:test";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { isWrite, labels, methodOf, notOffered, pathOf, pending, type HandledLabel, type Label } from "../../worker/contract/actions.ts";
import { asking, type Things } from "../asking.ts";
import { acceptedBody, acceptedQuery, undeclared, type Schema } from "../openapi.ts";
import { world, type Caller, type World } from "../world.ts";

const REQUESTS = Number(env.REQUESTS);
const SEED = Number(env.SEED);

let it: World;
/** An instance of Borealis with a name that nothing else has a part of. */
let stranger: { id: number; name: string };
/** What each row can be asked about, in Asclepia Care and in Borealis. */
const things = new Map<Label, { own: Things; foreign: Things }>();

beforeAll(async () => {
  it = await world(env);
  stranger = await it.addInstance({ organizationId: 2, cloud: "Borealis", name: "canary-7f3a91" });
  for (const label of labels.filter((label): label is HandledLabel => ![...pending, ...notOffered].some((absent) => absent === label))) {
    const { about } = asking[label];
    if (!about) continue;
    const [own, foreign] = [
      await about(it, { env, organizationId: 1, cloud: "Asclepia Care" }),
      await about(it, { env, organizationId: 2, cloud: "Borealis" }),
    ];
    things.set(label, { own, foreign });
  }
}, 120_000);

const awkward = fc.constantFrom<unknown>(
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
  "\ud800",
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
  "EB-A",
  "name,desc",
  "key:value",
  "__proto__",
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  1e308,
  [],
  {},
  [null],
  ["a", "a"],
);
const awkwardText = awkward.filter((value) => typeof value === "string");

/** Whatever a JSON schema lets be sent; where it says little, something awkward. */
function fitting(schema: Schema | boolean, depth = 0): fc.Arbitrary<unknown> {
  if (typeof schema === "boolean" || depth > 6) return awkward;
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return fc.oneof(...choices.map((choice) => fitting(choice, depth + 1)));
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const [type] = [schema.type].flat();
  if (type === "string") return schema.pattern ? matching(schema.pattern) : textOf(schema);
  if (type === "integer" || type === "number") {
    const { minimum = 0, maximum = minimum + 100_000 } = schema;
    return fc.integer({ min: Math.ceil(minimum), max: Math.floor(Math.min(maximum, 2 ** 31 - 1)) });
  }
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  if (type === "array")
    return fc.array(fitting(schema.items ?? true, depth + 1), { minLength: schema.minItems ?? 0, maxLength: Math.max(3, schema.minItems ?? 0) });
  if (type === "object") {
    const members = Object.entries(schema.properties ?? {}).map(([name, member]) => [name, fitting(member, depth + 1)] as const);
    return fc.record(Object.fromEntries(members), { requiredKeys: schema.required ?? [] });
  }
  return awkward;
}

function matching(pattern: string): fc.Arbitrary<unknown> {
  try {
    return fc.stringMatching(new RegExp(pattern, "u"), { size: "small" });
  } catch {
    return awkwardText;
  }
}

function textOf({ minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(fc.string({ minLength, maxLength: Math.min(maxLength, 40) }), awkwardText);
}

interface Generated {
  who: number;
  label: Label;
  /** For each parameter of the path: what the row is asked about, somebody else's, nothing, or something awkward. */
  named: ("own" | "foreign" | "absent" | { awkward: string })[];
  query: [string, unknown][];
  body: { kind: "valid" } | { kind: "fitting" | "any"; value: unknown } | { kind: "bent"; at: number; value: unknown };
  headers: Record<string, string>;
}

const header = fc.record(
  {
    "idempotency-key": fc.constantFrom("k1", "k2", "", "clé"),
    "if-match": fc.constantFrom('"1.0"', '"x"', "*", "W/"),
    "itcare-dryrun": fc.constantFrom("true", "false", "maybe"),
    "itcare-proof": fc.constantFrom("e30", "%", "bnVsbA"),
    accept: fc.constantFrom("application/json", "*/*", "text/html", "application/vnd.cegedim-it.v1+json"),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, string>>;

function requestsOf(label: Label): fc.Arbitrary<Generated> {
  const named = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("own" as const, "own" as const, "own" as const, "own" as const, "foreign" as const, "absent" as const) },
    { weight: 1, arbitrary: awkwardText.map((text) => ({ awkward: String(text) })) },
  );
  const schema = isWrite(label) ? acceptedBody(label) : undefined;
  const parameters = acceptedQuery(label);
  const parameter = fc.oneof(
    ...parameters.map(({ name, schema: shape }) => fc.tuple(fc.constant(name), fc.oneof({ weight: 2, arbitrary: fitting(shape) }, awkward))),
    fc.tuple(fc.constantFrom("page", "colour", ""), awkward),
  );
  const body = fc.oneof(
    { weight: 5, arbitrary: fc.constant({ kind: "valid" } as const) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("bent" as const), at: fc.nat(), value: awkward }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("fitting" as const), value: schema ? fitting(schema) : awkward }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("any" as const), value: awkward }) },
  );
  return fc.record({
    who: fc.nat({ max: 5 }),
    label: fc.constant(label),
    named: fc.array(named, { minLength: 3, maxLength: 3 }),
    query: fc.oneof({ weight: parameters.length > 0 ? 1 : 4, arbitrary: fc.constant([]) }, fc.array(parameter, { maxLength: 3 })),
    body,
    headers: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, header),
  }) as fc.Arbitrary<Generated>;
}

/** The parameters of the request, from its own things or from somebody else's. */
function thingsOf({ label, named }: Generated): Things {
  const known = things.get(label);
  const names = [...pathOf(label).matchAll(/:(\w+)/g)].map(([, name]) => name!);
  const fallback = { own: it.instances.EB.ACTIVE.TEST.id, foreign: stranger.id };
  const chosen = names.map((name, index) => {
    const how = named[index]!;
    if (typeof how === "object") return [name, how.awkward];
    if (how === "absent") return [name, it.absent];
    return [name, known?.[how][name] ?? fallback[how]];
  });
  return { ...known?.[named[0] === "foreign" ? "foreign" : "own"], ...(Object.fromEntries(chosen) as Things) };
}

function bodyOf({ label, body }: Generated, about: Things): unknown {
  if (body.kind === "fitting" || body.kind === "any") return body.value;
  const valid = things.has(label) || label in asking ? asking[label as HandledLabel]?.body?.(about) : undefined;
  return body.kind === "bent" && valid !== undefined ? bent(structuredClone(valid), body.at, body.value) : valid;
}

/** One value of it replaced, wherever it is. */
function bent(value: unknown, at: number, by: unknown): unknown {
  const spots: [Record<string, unknown>, string][] = [];
  const walk = (part: unknown): void => {
    if (part === null || typeof part !== "object") return;
    for (const name of Object.keys(part)) {
      spots.push([part as Record<string, unknown>, name]);
      walk((part as Record<string, unknown>)[name]);
    }
  };
  walk(value);
  const spot = spots[at % Math.max(1, spots.length)];
  if (spot) spot[0][spot[1]] = by;
  return value;
}

test(`${REQUESTS} generated requests, seed ${SEED}`, { timeout: 60_000 + REQUESTS * 100 }, async () => {
  const callers: Caller[] = [it.odile, it.paul, it.paul, it.boris, it.runner, it.nobody];
  const canary = stranger.name;
  const everything = fc.oneof(...labels.filter((label) => label !== "follow-log").map(requestsOf));
  const statuses = new Map<number, number>();
  for (const [index, generated] of fc.sample(everything, { numRuns: REQUESTS, seed: SEED }).entries()) {
    if (index % 500 === 0) await it.paul.stepUp();
    const { label, query, headers } = generated;
    const who = callers[generated.who]!;
    const about = thingsOf(generated);
    const path = `/itcare${pathOf(label).replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(about[name]).toWellFormed()))}`;
    const search = new URLSearchParams(
      query.map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)]),
    ).toString();
    const body = isWrite(label) ? bodyOf(generated, about) : undefined;
    const safe = Object.fromEntries(Object.entries(headers).filter(([, text]) => /^[\x20-\x7e]*$/.test(text)));
    const asked = await who.fetch(search ? `${path}?${search}` : path, {
      method: methodOf(label),
      headers: safe,
      ...(body !== undefined && { json: body }),
    });
    const answers = [asked];
    if (asked.status === 401 && who === it.paul && (await asked.clone().text()).includes('"challenge"')) answers.push(await it.paul.sign(asked));
    for (const response of answers) {
      const text = await response.text();
      const what = JSON.stringify({ ...generated, path, sent: body, who: who.name, status: response.status, answer: text.slice(0, 300) });
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      expect([500, 502, 503, 504].includes(response.status), what).toBe(false);
      // A path that an awkward segment bends matches no row any more.
      const isOtherPath = response.status === 404 || (response.status === 405 && generated.named.some((how) => typeof how === "object"));
      if (!isOtherPath) expect(undeclared(label, response, text), what).toBeNull();
      if (response.status >= 400) expect(JSON.parse(text), what).toHaveProperty("errorCode");
      if (who !== it.boris) expect(text.includes(canary), what).toBe(false);
    }
  }
  // They are no good when hardly any gets past the first check.
  if (REQUESTS >= 1000) for (const status of [200, 202, 400, 401, 403, 404, 409]) expect(statuses.get(status) ?? 0, `${status}`).toBeGreaterThan(5);
});
