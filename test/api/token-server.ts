/** What tests of the token server share: an organization with one API account each, and requests that need no network. */
import { createExecutionContext, env, waitOnExecutionContext } from "cloudflare:test";
import type { JWK } from "jose";
import { expect } from "vitest";
import { hashSecret } from "../../db/directory/write/oauth.ts";
import { app } from "../../worker/app.ts";
import { makeId } from "../../worker/contract/ids.ts";
import { publicText } from "../../worker/contract/public-keys.ts";
import { randomToken } from "../../worker/contract/operation.ts";
import type { Env } from "../../worker/env.ts";

export const issuer = `${env.ORIGIN}/auth/realms/cloud`;
export const tokenEndpoint = `${issuer}/protocol/openid-connect/token`;

/** Logs that only note that they were told: what they would fetch stays in the outbox, to be seen here. */
export const told: string[] = [];
const logs = { getByName: (name: string) => ({ deliver: () => Promise.resolve(told.push(name)) }) } as unknown as Env["ORGANIZATION_LOGS"];

export async function send(request: Request, directory: D1Database = env.DIRECTORY): Promise<Response> {
  const context = createExecutionContext();
  const response = await app.fetch(request, { ...env, DIRECTORY: directory, ORGANIZATION_LOGS: logs }, context);
  await waitOnExecutionContext(context);
  return response;
}

export type Fields = Record<string, string> | [string, string][] | string;
export interface Sent {
  to?: string;
  headers?: Record<string, string>;
  directory?: D1Database;
}

export const post = (fields: Fields, { to = tokenEndpoint, headers = {}, directory }: Sent = {}): Promise<Response> =>
  send(new Request(to, { method: "POST", headers, body: new URLSearchParams(fields) }), directory);

export interface TokenAnswer {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  refresh_expires_in: number;
  token_type: string;
  scope?: string;
}

export const tokens = async (answer: Response): Promise<TokenAnswer> => {
  const body = await answer.text();
  expect(answer.status, body).toBe(200);
  return JSON.parse(body) as TokenAnswer;
};

export interface Account {
  id: number;
  organizationId: number;
  clientId: string;
  secret: string;
}

let organizations = 100;

/** An organization of its own with one API account, so that no test meets another's rows. */
export async function account(keys: JWK[] | null = null, clientId = `cgdm-sa-asclepia-${organizations}`): Promise<Account> {
  const organizationId = organizations++;
  const id = makeId({ region: 0, organization: organizationId, sequence: 2 ** 32 - 1 });
  const secret = randomToken();
  const write = (text: string, ...values: unknown[]) => env.DIRECTORY.prepare(text).bind(...values);
  await env.DIRECTORY.batch([
    write("INSERT INTO organization(id, name, kind, created) VALUES (?, ?, 'customer', 0)", organizationId, `Asclepia ${organizationId}`),
    write(
      "INSERT INTO actor(id, organization_id, kind, name, state, created) VALUES (?, ?, 'api-account', 'Reader of Asclepia', 'active', 0)",
      id,
      organizationId,
    ),
    write("INSERT INTO api_account(id, client_id) VALUES (?, ?)", id, clientId),
    write("INSERT INTO api_credential(account_id, kind, name, secret_hash, created) VALUES (?, 'secret', 'S', ?, 0)", id, await hashSecret(secret)),
    ...(keys ?? []).map((jwk) =>
      write(
        "INSERT INTO api_credential(account_id, kind, name, jwk, public_key, created) VALUES (?, 'key', 'K', ?, ?, 0)",
        id,
        JSON.stringify(jwk),
        publicText(jwk as Record<string, unknown>),
      ),
    ),
  ]);
  return { id, organizationId, clientId, secret };
}

const formEncode = (text: string) => encodeURIComponent(text).replaceAll("%20", "+");
export const basicOf = (clientId: string, secret: string) => ({ authorization: `Basic ${btoa(`${formEncode(clientId)}:${formEncode(secret)}`)}` });
export const basic = ({ clientId, secret }: Account) => basicOf(clientId, secret);
