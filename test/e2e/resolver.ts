/** An ordinary resolver (c-ares, as Node has it) in front of ITCare's name server: a relay hands each of its questions on over HTTPS (RFC 8484). */
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { origin } from "./server.ts";

export async function withResolver<Answer>(work: (resolver: Resolver) => Promise<Answer>): Promise<Answer> {
  const relay = createSocket("udp4");
  relay.on("message", (message, { port, address }) => {
    void fetch(`${origin}/dns-query`, { method: "POST", body: Uint8Array.from(message), headers: { "content-type": "application/dns-message" } })
      .then(async (response) => relay.send(new Uint8Array(await response.arrayBuffer()), port, address))
      .catch(() => undefined);
  });
  await new Promise<void>((bound) => relay.bind(0, "127.0.0.1", bound));
  const resolver = new Resolver({ timeout: 5_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${relay.address().port}`]);
  try {
    return await work(resolver);
  } finally {
    relay.close();
  }
}
