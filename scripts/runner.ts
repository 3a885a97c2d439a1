/**
 * A program that acts: gets a token with its own key (private_key_jwt, RFC 7523), asks for a start or a stop, and waits until the zone has done it.
 *
 *   npm run --silent runner -- start asc-web-dev-01
 *   npm run --silent runner -- stop asc-web-dev-01
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { importJWK, SignJWT } from "jose";
import { giveUp, root } from "./lib/own-node.mjs";

const {
  values: { origin, client, keys },
  positionals: [operation, name],
} = parseArgs({
  allowPositionals: true,
  options: {
    origin: { type: "string", default: "http://localhost:8787" },
    client: { type: "string", default: "cgdm-sa-asclepia-runner" },
    keys: { type: "string", default: ".wrangler/demo" },
  },
});
if (!name || (operation !== "start" && operation !== "stop"))
  giveUp("Say what to do with which instance:\n\n  npm run --silent runner -- start|stop NAME");

const token = await getToken();
const { content } = await ask<{ content: { id: number; status: string; environment: string }[] }>(
  "GET",
  `/compute/instances?names=${encodeURIComponent(name!)}`,
);
const [instance] = content;
if (!instance) giveUp(`${client} sees no instance called ${name}.`);
console.log(`${name} is ${instance!.status} (${instance!.environment}).`);
const asked = await ask<{ id: number; process: string }>("PATCH", `/compute/instances/${instance!.id}`, { operation });
console.log(`Accepted as action ${asked.id} (${asked.process}).`);
for (;;) {
  const { status, message } = await ask<{ status: string; message: string | null }>("GET", `/actions/${asked.id}`);
  console.log(message ? `${status}: ${message}` : status);
  if (status !== "IN_PROGRESS") process.exit(status === "SUCCESS" ? 0 : 1);
  await new Promise((wake) => setTimeout(wake, 1000));
}

async function getToken(): Promise<string> {
  const file = resolve(root, keys, `${client}.jwk.json`);
  if (!existsSync(file)) giveUp(`${client} has no key here. npm start makes one; it must be running too.`);
  const jwk = JSON.parse(readFileSync(file, "utf8")) as { kid: string };
  const endpoint = `${origin}/auth/realms/cloud/protocol/openid-connect/token`;
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: "ES256", kid: jwk.kid })
    .setIssuer(client)
    .setSubject(client)
    .setAudience(endpoint)
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setExpirationTime("1m")
    .sign(await importJWK(jwk, "ES256"));
  const form = {
    grant_type: "client_credentials",
    client_id: client,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
  };
  const response = await fetch(endpoint, { method: "POST", body: new URLSearchParams(form) });
  const answer = (await response.json()) as { access_token?: string };
  return answer.access_token ?? giveUp(`No token: ${JSON.stringify(answer)}`);
}

async function ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${origin}/itcare${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = (await response.json()) as Answer & { detail?: string; change?: string };
  if (!response.ok) giveUp(`${method} ${path} answered ${response.status}: ${answer.detail ?? JSON.stringify(answer)} ${answer.change ?? ""}`);
  return answer;
}
