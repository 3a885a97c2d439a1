/** DNS over HTTPS (RFC 8484): the name server of our domains, for anybody. Of who asks only the network is looked at, and how often it asks; nothing is kept. */
import { Hono } from "hono";
import { fromBase64Url } from "../contract/operation.ts";
import type { Env } from "../env.ts";
import type { Variables } from "../gate/mount.ts";
import { Problem } from "../gate/problem.ts";
import { answer } from "./answer.ts";
import { lookupIn } from "./lookup.ts";
import { requirePace } from "./pace.ts";

const MEDIA_TYPE = "application/dns-message";

/** The longest message that there can be, in bytes. */
const LIMIT = 65_535;

export const dnsRoutes = new Hono<{ Bindings: Env; Variables: Variables }>();

dnsRoutes.use(async (c, next) => {
  await requirePace(c.req.raw, c.env);
  await next();
});

dnsRoutes.get("/", (c) => respond(messageIn(c.req.queries("dns") ?? []), c.env));

dnsRoutes.post("/", async (c) => {
  const mediaType = c.req.header("content-type")?.split(";")[0]!.trim().toLowerCase();
  if (mediaType !== MEDIA_TYPE) throw new Problem("media_type_unsupported", { detail: `Send the query as ${MEDIA_TYPE}.` });
  return respond(await readMessage(c.req.raw.body), c.env);
});

dnsRoutes.all("/", (c) => {
  throw new Problem("method_not_allowed", {
    detail: `${c.req.method} is not supported here; GET and POST are.`,
    headers: { allow: "GET, HEAD, POST" },
  });
});

async function respond(message: Uint8Array, env: Env): Promise<Response> {
  const answered = await answer(message, lookupIn(env));
  if (!answered) throw new Problem("invalid_request", { detail: "This is no DNS query." });
  const { maxAge } = answered;
  return new Response(answered.message, {
    headers: { "content-type": MEDIA_TYPE, "cache-control": maxAge === null ? "no-store" : `max-age=${maxAge}` },
  });
}

/** @param given every `dns` of the query */
function messageIn(given: readonly string[]): Uint8Array {
  const [text] = given;
  if (given.length !== 1 || !text) throw notReadable("The query stands in one parameter `dns`, as base64url without padding.");
  if (text.length > Math.ceil((LIMIT * 4) / 3)) throw tooLarge();
  try {
    return fromBase64Url(text);
  } catch {
    throw notReadable("`dns` is not base64url without padding.");
  }
}

async function readMessage(stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream ?? []) {
    size += chunk.byteLength;
    if (size > LIMIT) throw tooLarge();
    chunks.push(chunk);
  }
  const message = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    message.set(chunk, at);
    at += chunk.byteLength;
  }
  return message;
}

function notReadable(detail: string): Problem {
  return new Problem("invalid_request", { field: "dns", detail });
}

function tooLarge(): Problem {
  return new Problem("body_too_large", { detail: `A DNS message has ${LIMIT} bytes at most.` });
}
