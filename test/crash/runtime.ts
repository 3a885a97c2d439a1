/** The Worker in a process of its own, to be killed: `runtime.ts <bundle> <state> <port>`. Tells its parent when it is ready, and answers what it asks. */
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { root } from "../../scripts/lib/own-node.mjs";
import { testSecrets } from "../secrets.ts";
import type { SimulatedZone } from "../../worker/zones/simulated/zone.ts";
import type { Answer, Question } from "./server.ts";

const [bundle = "", state = "", port = ""] = process.argv.slice(2);
const config = readConfig({ config: join(root, "wrangler.toml") }) as {
  compatibility_date: string;
  compatibility_flags: string[];
  d1_databases: { binding: string; database_id: string }[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
};

const runtime = new Miniflare(
  convertV4MiniflareOptions({
    modules: true,
    modulesRoot: bundle,
    scriptPath: join(bundle, "index.js"),
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags,
    bindings: { ...testSecrets, ORIGIN: `http://localhost:${port}`, ZONE_PACE: process.env["ZONE_PACE"] ?? "0.05", RATE_LIMITS: "off" },
    d1Databases: Object.fromEntries(config.d1_databases.map(({ binding, database_id: id }) => [binding, id])),
    durableObjects: Object.fromEntries(
      config.durable_objects.bindings.map(({ name, class_name: className }) => [name, { className, useSQLite: true }]),
    ),
    resourcePersistencePath: join(state, "v3"),
    host: "localhost",
    port: Number(port),
  }),
);
await runtime.ready;

process.on("message", ({ number, question }: { number: number; question: Question }) => {
  void answer(question).then(
    (value) => process.send!({ number, value } satisfies Answer),
    (error: unknown) => process.send!({ number, error: String(error) } satisfies Answer),
  );
});
process.send!({ ready: true });

async function answer(question: Question): Promise<unknown> {
  if ("sql" in question) {
    const database = await runtime.getD1Database(question.database);
    return (await database.prepare(question.sql).all()).results;
  }
  const namespace = (await runtime.getDurableObjectNamespace("SIMULATED_ZONES")) as unknown as DurableObjectNamespace<SimulatedZone>;
  const zone = namespace.getByName(question.zone);
  if ("observe" in question) return zone.observe(question.observe, question.kind);
  if ("arrange" in question) return zone.arrange(question.arrange);
  return zone.effects();
}
