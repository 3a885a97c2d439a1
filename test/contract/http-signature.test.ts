/** HTTP Message Signatures (RFC 9421), held against the RFC's own examples of appendix B, and against what a careless reader would let pass. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { publicText } from "../../worker/contract/public-keys.ts";
import { componentsOf, signatureBase, type SignableRequest } from "../../worker/contract/http-signature/base.ts";
import { signatureAlgorithm, verifyBase } from "../../worker/contract/http-signature/keys.ts";
import { parseDictionary, serializeInnerList, Token, type Item } from "../../worker/contract/http-signature/structured-fields.ts";

/** Section B.2: test-request. */
const testRequest: SignableRequest = {
  method: "POST",
  url: new URL("https://example.com/foo?param=Value&Pet=dog"),
  headers: new Headers({
    date: "Tue, 20 Apr 2021 02:07:55 GMT",
    "content-type": "application/json",
    "content-digest": "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
    "content-length": "18",
  }),
};
/** Section B.1: test-key-ed25519 and test-key-ecc-p256, their public halves. */
const ed25519 = { kty: "OKP", crv: "Ed25519", kid: "test-key-ed25519", x: "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs" };
const p256 = {
  kty: "EC",
  crv: "P-256",
  kid: "test-key-ecc-p256",
  x: "qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA",
  y: "Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0",
};

const bytes = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const member = (input: string) => [...parseDictionary(input).values()][0]!;

describe("the RFC's examples", () => {
  const b26 = 'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"';
  const signature = bytes("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==");

  test("B.2.6: a request signed with Ed25519", async () => {
    const base = signatureBase(member(b26), testRequest);
    expect(base).toBe(
      [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@method": POST',
        '"@path": /foo',
        '"@authority": example.com',
        '"content-type": application/json',
        '"content-length": 18',
        '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
      ].join("\n"),
    );
    expect(await verifyBase(publicText(ed25519), signature, base)).toBe(true);
    expect(await verifyBase(publicText(ed25519), signature, base.replace("POST", "PUT"))).toBe(false);
    expect(await verifyBase(publicText(p256), signature, base)).toBe(false);
  });

  test("B.2.3: full coverage gives the RFC's signature base", () => {
    const input =
      'sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"';
    expect(signatureBase(member(input), testRequest).split("\n").slice(1, 7)).toEqual([
      '"@method": POST',
      '"@path": /foo',
      '"@query": ?param=Value&Pet=dog',
      '"@authority": example.com',
      '"content-type": application/json',
      `"content-digest": ${testRequest.headers.get("content-digest")}`,
    ]);
  });

  test("B.2.4: a signature with ECDSA on P-256, over the RFC's base", async () => {
    const base = [
      '"@status": 200',
      '"content-type": application/json',
      '"content-digest": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:',
      '"content-length": 23',
      '"@signature-params": ("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
    ].join("\n");
    const ecdsa = bytes("wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==");
    expect(await verifyBase(publicText(p256), ecdsa, base)).toBe(true);
    expect(await verifyBase(publicText(p256), ecdsa, `${base} `)).toBe(false);
  });

  test("2.2: the derived components of a request", () => {
    const names = ["@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query"];
    const url = new URL("https://www.example.com:443/path?");
    const lines = signatureBase(member(`sig=(${names.map((name) => `"${name}"`).join(" ")})`), { ...testRequest, url }).split("\n");
    expect(lines.slice(0, -1)).toEqual([
      '"@method": POST',
      '"@target-uri": https://www.example.com/path',
      '"@authority": www.example.com',
      '"@scheme": https',
      '"@request-target": /path',
      '"@path": /path',
      '"@query": ?',
    ]);
  });
});

test("a key is known by what makes it, whatever else its JWK says, and signs by the algorithm that it is for", () => {
  expect(publicText(p256)).toBe(publicText({ ...p256, kid: "another", use: "sig", alg: "ES256" }));
  expect(Object.keys(JSON.parse(publicText(ed25519)) as object)).toEqual(["crv", "kty", "x"]);
  expect([p256, ed25519, { kty: "RSA", n: "AQAB", e: "AQAB" }].map((jwk) => signatureAlgorithm(publicText(jwk)))).toEqual([
    "ecdsa-p256-sha256",
    "ed25519",
    null,
  ]);
  for (const bad of [{ kty: "oct", k: "AAAA" }, { kty: "EC", crv: "P-256", x: "AA" }, {}]) expect(() => publicText(bad)).toThrow(TypeError);
});

describe("a base is refused", () => {
  const refused: [string, string][] = [
    ["a component named twice", 'sig=("@method" "@method")'],
    ["a component with parameters", 'sig=("@method";req)'],
    ["a component that did not come", 'sig=("if-match")'],
    ["the signature over itself", 'sig=("signature-input")'],
    ["a derived component that is none", 'sig=("@status")'],
    ["a name in capitals", 'sig=("Date")'],
    ["a name that is no text", "sig=(method)"],
    ["no list at all", 'sig="@method"'],
  ];
  test.each(refused)("%s", (_, input) => {
    expect(() => signatureBase(member(input), testRequest)).toThrow(SyntaxError);
  });
});

describe("structured fields (RFC 8941)", () => {
  test("are read as the RFC has them", () => {
    const members = parseDictionary('  a=("x" "y;z";q=1 tok);created=-5;w ,b=:AQI=:,c=?0, d, e="q\\"u\\\\o"  ');
    expect(members.get("a")!.value).toEqual([
      { value: "x", parameters: new Map() },
      { value: "y;z", parameters: new Map([["q", 1]]) },
      { value: new Token("tok"), parameters: new Map() },
    ]);
    expect([...members.get("a")!.parameters]).toEqual([
      ["created", -5],
      ["w", true],
    ]);
    expect(members.get("b")).toEqual({ value: new Uint8Array([1, 2]), parameters: new Map([]) });
    expect([members.get("c")!.value, members.get("d")!.value, members.get("e")!.value]).toEqual([false, true, 'q"u\\o']);
    expect(componentsOf(member('sig=( "a"   "b" )').value)).toEqual(["a", "b"]);
  });

  const bad = [
    "",
    "A=1",
    "a=1,",
    "a=1,,b=2",
    "a=1 b=2",
    "a=1, a=2",
    "a=(",
    'a=("x""y")',
    'a="é"',
    'a="\\n"',
    "a=:AQI:",
    "a=:A Q=:",
    "a=1.5",
    "a=1234567890123456",
    "a=?2",
    "a=;x",
    "a=1;x=1;x=2",
    'a="x',
    "a=(",
  ];
  test.each(bad)("are refused: %s", (text) => {
    expect(() => parseDictionary(text)).toThrow(SyntaxError);
  });

  test("come back as they were written: 300 lists", () => {
    const name = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,8}$/);
    const bare = fc.oneof(
      fc.stringMatching(/^[\x20-\x7e]{0,12}$/),
      fc.integer({ min: -1e14, max: 1e14 }),
      fc.boolean(),
      fc.uint8Array({ maxLength: 9 }),
    );
    const parameters = fc.uniqueArray(fc.tuple(name, bare), { selector: ([key]) => key, maxLength: 4 }).map((pairs) => new Map(pairs));
    const items = fc.array(fc.record({ value: bare, parameters }), { maxLength: 5 });
    fc.assert(
      fc.property(items, parameters, (list, own) => {
        const written = serializeInnerList(list as Item[], own as never);
        const read = member(`x=${written}`);
        expect(serializeInnerList(read.value as Item[], read.parameters)).toBe(written);
      }),
      { numRuns: 300 },
    );
  });

  test("of whatever somebody sends are a dictionary or a SyntaxError: 500 texts", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x20-\x7e\t]{0,40}$/), (text) => {
        try {
          parseDictionary(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
