/**
 * A whole client of the API in one small file, to be copied: it gets a token with its own key (RFC 7523), lists, and signs each request that changes
 * something (RFC 9421, RFC 9530), so that what asks for a signature has one. It deletes what it is told to, unless that is production.
 *
 *   npm run --silent client -- https://itcare.example CLIENT_ID key.jwk.json NAME
 */
const encode = (text: string) => new TextEncoder().encode(text);
const base64 = (bytes: ArrayBuffer | Uint8Array) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const base64Url = (bytes: ArrayBuffer | Uint8Array) => base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const es256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const seconds = () => Math.floor(Date.now() / 1000);

export async function connect(origin: string, clientId: string, jwk: JsonWebKey & { kid: string }, send: typeof fetch = fetch) {
  const key = await crypto.subtle.importKey("jwk", { ...jwk, key_ops: ["sign"] }, es256, false, ["sign"]);
  const sign = (text: string) => crypto.subtle.sign(es256, key, encode(text));

  const endpoint = `${origin}/auth/realms/cloud/protocol/openid-connect/token`;
  const claims = { iss: clientId, sub: clientId, aud: endpoint, jti: crypto.randomUUID(), exp: seconds() + 60 };
  const unsigned = [{ alg: "ES256", kid: jwk.kid }, claims].map((part) => base64Url(encode(JSON.stringify(part)))).join(".");
  const form = {
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: `${unsigned}.${base64Url(await sign(unsigned))}`,
  };
  const answer = await send(endpoint, { method: "POST", body: new URLSearchParams(form) });
  const { access_token: token } = (await answer.json()) as { access_token: string };

  return async function ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const url = new URL(`/itcare${path}`, origin);
    const text = body && JSON.stringify(body);
    const headers = new Headers({ authorization: `Bearer ${token}` });
    const parts = [["@method", method], ["@authority", url.host], ["@path", url.pathname], ["@query", url.search || "?"]]; // oxfmt-ignore
    if (text) {
      headers.set("content-type", "application/json");
      headers.set("content-digest", `sha-256=:${base64(await crypto.subtle.digest("SHA-256", encode(text)))}:`);
      parts.push(["content-digest", headers.get("content-digest")!]);
    }
    if (method !== "GET") {
      const names = parts.map(([name]) => `"${name}"`).join(" ");
      const input = `(${names});created=${seconds()};nonce="${crypto.randomUUID()}";keyid="${jwk.kid}";tag="itcare"`;
      const base = [...parts, ["@signature-params", input]].map(([name, value]) => `"${name}": ${value}`).join("\n");
      headers.set("signature-input", `itcare=${input}`);
      headers.set("signature", `itcare=:${base64(await sign(base))}:`);
    }
    const response = await send(url, { method, headers, ...(text && { body: text }) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  };
}

if (import.meta.main) {
  const { readFileSync } = await import("node:fs");
  const [origin, clientId, keyFile, name] = process.argv.slice(2) as [string, string, string, string];
  const ask = await connect(origin, clientId, JSON.parse(readFileSync(keyFile, "utf8")) as JsonWebKey & { kid: string });
  const { content } = await ask<{ content: { id: number; environment: string }[] }>("GET", `/compute/instances?names=${encodeURIComponent(name)}`);
  if (content[0]?.environment === "PRODUCTION") throw new Error(`${name} is production.`);
  console.log(content[0] ? await ask("DELETE", `/compute/instances/${content[0].id}`) : `${clientId} sees no instance called ${name}.`);
}
