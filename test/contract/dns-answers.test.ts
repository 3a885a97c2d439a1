/** The name server's messages, read and written on the other side by dns-packet. */
import dns, { type Packet } from "dns-packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seedOf, sizeOf } from "../../scripts/lib/sizes.ts";
import { ALIAS_TTL, domainList, nameServers } from "../../worker/contract/domains.ts";
import { answer, type Lookup } from "../../worker/dns/answer.ts";
import { readQuery } from "../../worker/dns/message.ts";

const MESSAGES = sizeOf("REQUESTS");
const seed = seedOf();

const there: Record<string, readonly string[]> = { "www.cloud.itcare.example": ["10.11.12.13"], "a.b.cloud.itcare.example": ["10.0.0.1"] };

const lookup: Lookup = async (name) => {
  if (name === "away.cloud.itcare.example") return null;
  const exists = Object.keys(there).some((known) => known === name || known.endsWith(`.${name}`));
  return { exists, addresses: there[name] ?? [], serial: 7 };
};

const bytesOf = (packet: Packet): Uint8Array => dns.encode({ type: "query", id: 0, flags: dns.RECURSION_DESIRED, ...packet });

async function ask(name: string, type = "A", more: Packet = {}) {
  const answered = await answer(bytesOf({ questions: [{ name, type }], ...more }), lookup);
  return { ...dns.decode(Buffer.from(answered!.message)), maxAge: answered!.maxAge, length: answered!.message.length };
}

async function rcodeOf(message: Uint8Array): Promise<string | undefined> {
  const answered = await answer(message, lookup);
  return answered ? dns.decode(Buffer.from(answered.message)).rcode : "no answer";
}

const opt = (more: object = {}) => ({ additionals: [{ type: "OPT", name: ".", udpPayloadSize: 4096, flags: 0, options: [], ...more }] });

describe("an answer", () => {
  test("holds the address, with authority, for as long as it may be kept", async () => {
    const response = await ask("www.cloud.itcare.example");
    expect(response).toMatchObject({ type: "response", rcode: "NOERROR", flag_aa: true, flag_ra: false, flag_rd: true, maxAge: ALIAS_TTL });
    expect(response.answers).toEqual([expect.objectContaining({ name: "www.cloud.itcare.example", type: "A", ttl: ALIAS_TTL, data: "10.11.12.13" })]);
    expect(response.authorities).toEqual([]);
    expect(response.additionals).toEqual([]);
  });

  test("repeats the question letter for letter: upper and lower case are alike, and come back as they were sent", async () => {
    const response = await ask("wWw.cLoud.ITcare.example");
    expect(response.questions![0]!.name).toBe("wWw.cLoud.ITcare.example");
    expect(response.answers![0]).toMatchObject({ name: "wWw.cLoud.ITcare.example", data: "10.11.12.13" });
  });

  test.each(["AAAA", "CNAME", "TXT", "MX", "NS", "SOA"])(
    "for %s of a name that has only an address is empty, with the domain's SOA",
    async (type) => {
      const response = await ask("www.cloud.itcare.example", type);
      expect(response).toMatchObject({ rcode: "NOERROR", answers: [], flag_aa: true, maxAge: ALIAS_TTL });
      expect(response.authorities).toEqual([expect.objectContaining({ name: "cloud.itcare.example", type: "SOA", ttl: ALIAS_TTL })]);
      expect(response.authorities![0]!.data).toMatchObject({ mname: nameServers[0], serial: 7, minimum: ALIAS_TTL });
    },
  );

  test("for a name that is not there is NXDOMAIN, with the SOA", async () => {
    const response = await ask("nobody.cloud.itcare.example");
    expect(response).toMatchObject({ rcode: "NXDOMAIN", answers: [], flag_aa: true, maxAge: ALIAS_TTL });
    expect(response.authorities).toEqual([expect.objectContaining({ name: "cloud.itcare.example", type: "SOA" })]);
  });

  test("for a name that only has others below it is empty, not NXDOMAIN", async () => {
    expect(await ask("b.cloud.itcare.example")).toMatchObject({ rcode: "NOERROR", answers: [] });
  });

  test("for a name whose region does not answer is SERVFAIL, and is not kept", async () => {
    expect(await ask("away.cloud.itcare.example")).toMatchObject({ rcode: "SERVFAIL", maxAge: null });
  });

  test.each(domainList)("for %s itself: SOA and NS, and no address", async (domain) => {
    const [soa, ns, a] = [await ask(domain, "SOA"), await ask(domain, "NS"), await ask(domain, "A")];
    expect(soa.answers).toEqual([expect.objectContaining({ name: domain, type: "SOA" })]);
    expect(ns.answers!.map(({ data }) => data)).toEqual(nameServers);
    expect(a).toMatchObject({ rcode: "NOERROR", answers: [] });
  });

  test("to ANY is one record that says why there are not more", async () => {
    const response = await ask("www.cloud.itcare.example", "ANY");
    expect(response.answers).toEqual([expect.objectContaining({ type: "HINFO", data: { cpu: "RFC8482", os: "" } })]);
    expect(await ask("nobody.cloud.itcare.example", "ANY")).toMatchObject({ rcode: "NXDOMAIN" });
  });

  test.each(["www.google.com", "itcare.example", "com", ".", "www.cloud.itcare.example.evil.test", "xcloud.itcare.example"])(
    "for %s, which is not ours, is REFUSED",
    async (name) => {
      expect(await ask(name)).toMatchObject({ rcode: "REFUSED", flag_aa: false, answers: [], authorities: [], maxAge: null });
    },
  );

  test.each(["AXFR", "IXFR"])("to %s is REFUSED: nobody lists a domain", async (type) => {
    expect(await ask("cloud.itcare.example", type)).toMatchObject({ rcode: "REFUSED" });
  });

  test("in another class than the Internet's is REFUSED", async () => {
    expect(await rcodeOf(bytesOf({ questions: [{ name: "www.cloud.itcare.example", type: "A", class: "CH" }] }))).toBe("REFUSED");
  });

  test("to another operation than a query is NOTIMP", async () => {
    const [update] = [bytesOf({ questions: [{ name: "cloud.itcare.example", type: "SOA" }] })];
    update![2] = 5 << 3;
    expect(await rcodeOf(update!)).toBe("NOTIMP");
  });
});

describe("EDNS", () => {
  test("a query without it gets a response without it, one with it one with it, DO and all", async () => {
    const response = await ask("www.cloud.itcare.example", "A", opt({ flags: dns.DNSSEC_OK }));
    expect(response.additionals).toEqual([expect.objectContaining({ type: "OPT", name: ".", ednsVersion: 0, extendedRcode: 0, flag_do: true })]);
    expect((await ask("www.cloud.itcare.example", "A", opt())).additionals![0]).toMatchObject({ flag_do: false });
  });

  test("of another version is BADVERS", async () => {
    const response = await ask("www.cloud.itcare.example", "A", opt({ ednsVersion: 1 }));
    expect(response).toMatchObject({ rcode: "NOERROR", answers: [], additionals: [expect.objectContaining({ extendedRcode: 1, ednsVersion: 0 })] });
  });

  test("a padded query gets a response in blocks of 468 bytes", async () => {
    const padded = opt({ options: [{ code: "PADDING", length: 31 }] });
    for (const name of ["www.cloud.itcare.example", "nobody.cloud.itcare.example"]) {
      expect((await ask(name, "A", padded)).length % 468).toBe(0);
      expect((await ask(name, "A", opt())).length % 468).not.toBe(0);
    }
  });

  test("twice is FORMERR", async () => {
    const { additionals } = opt();
    expect(
      await rcodeOf(bytesOf({ questions: [{ name: "www.cloud.itcare.example", type: "A" }], additionals: [...additionals, ...additionals] })),
    ).toBe("FORMERR");
  });
});

describe("what is not well formed", () => {
  const good = () => bytesOf({ questions: [{ name: "www.cloud.itcare.example", type: "A" }] });
  const changed = (change: (bytes: Uint8Array) => void) => {
    const bytes = Uint8Array.from(good());
    change(bytes);
    return bytes;
  };

  test.each<[string, Uint8Array]>([
    ["no question", bytesOf({ questions: [] })],
    ["two questions", bytesOf({ questions: [1, 2].map(() => ({ name: "www.cloud.itcare.example", type: "A" })) })],
    ["cut off", good().slice(0, -1)],
    ["bytes after the end", Uint8Array.from([...good(), 0])],
    ["a label that points to itself", changed((bytes) => bytes.set([0xc0, 12], 12))],
    ["a label of 64 bytes", changed((bytes) => bytes.set([64], 12))],
    ["an answer in the query", changed((bytes) => bytes.set([0, 1], 6))],
  ])("%s: FORMERR", async (_, message) => {
    expect(await rcodeOf(message)).toBe("FORMERR");
  });

  test.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["less than a header", good().slice(0, 11)],
    ["a response", changed((bytes) => bytes.set([0x80], 2))],
  ])("%s: no answer", async (_, message) => {
    expect(await rcodeOf(message)).toBe("no answer");
  });

  test("a dot inside a label is none between two", async () => {
    const inside = Uint8Array.from(
      [...good().slice(0, 12), ..."\u0005a.b.c\u0005cloud\u0006itcare\u0007example\0"].map((c) => (typeof c === "string" ? c.charCodeAt(0) : c)),
    );
    const message = Uint8Array.from([...inside, 0, 1, 0, 1]);
    expect(await rcodeOf(message)).toBe("NXDOMAIN");
  });

  test("any bytes: never a failure, and whatever is answered can be read", { timeout: 10_000 + 10 * MESSAGES }, async () => {
    const near = fc
      .tuple(fc.constantFrom("A", "AAAA", "SOA", "ANY"), fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 4 }))
      .map(([type, changes]) => {
        const bytes = Uint8Array.from(bytesOf({ questions: [{ name: "www.cloud.itcare.example", type }], ...opt() }));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        return bytes;
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(near, fc.uint8Array({ maxLength: 80 })), async (message) => {
        const answered = await answer(message, lookup);
        if (!answered) return;
        const response = dns.decode(Buffer.from(answered.message));
        expect(response).toMatchObject({ type: "response", id: (message[0]! << 8) | message[1]! });
      }),
      { numRuns: 2 * MESSAGES, seed },
    );
  });

  test("what the other writes is read as it was meant", { timeout: 10_000 + 10 * MESSAGES }, () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 8 }), fc.nat(65_535), fc.boolean(), (labels, id, edns) => {
        const query = readQuery(bytesOf({ id, questions: [{ name: labels.join("."), type: "AAAA" }], ...(edns ? opt() : {}) }));
        expect(query).toMatchObject({ header: { id, opcode: 0, recursionDesired: true }, question: { labels, type: 28, class: 1 } });
        expect(query!.edns !== null).toBe(edns);
      }),
      { numRuns: Math.ceil(MESSAGES / 4), seed },
    );
  });
});
