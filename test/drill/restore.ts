/** A region is lost and brought back: what was done since is shown, decided about, and in the log; nothing is replayed, and nothing is given out twice. */
import type { LogExport } from "../../worker/contract/log-entry.ts";
import type { Restoration } from "../../worker/contract/shapes/restorations.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { families } from "../../worker/contract/resource-types.ts";
import { say, type Report, type Stage } from "./stage.ts";

export async function restore(stage: Stage, report: Report): Promise<void> {
  const { planted } = stage;
  const care = planted.clouds.find(({ name }) => name === "Asclepia Care")!;
  const service = planted.services.find(({ cloudId }) => cloudId === care.id)!.id;
  const own = planted.resources.filter(
    ({ cloudId, region, family, id }) =>
      cloudId === care.id &&
      region === "EB" &&
      families[family].category === "INSTANCE" &&
      !planted.members.some(({ instance }) => instance.id === id),
  );
  const running = own.find(({ status }) => status === "ACTIVE")!;
  const idle = own.find(({ status }) => status === "INACTIVE")!;
  const creation = (name: string, at = "EB-HDS-A") => ({
    method: "POST",
    json: { name, serviceId: service, productCode: "debian13", resourceId: "2cpu4gb", az: at, environment: "TEST" },
  });
  const of = (id: number) => `/itcare/compute/instances/${id}`;

  await stage.done("paul", "/itcare/compute/instances", creation("before-the-copy"));
  await stage.command("scripts/backup.ts", "--region", "EB");
  const point = new Date().toISOString();
  report.see("a copy of EB while it runs", true, point);

  await stage.done("odile", of(running.id), { method: "PATCH", json: { operation: "stop" } });
  const alias = { alias: "drill.cloud.itcare.example", domain: "cloud.itcare.example" };
  await stage.done("odile", `${of(running.id)}/dns`, { method: "POST", json: alias });
  const { resourceId: added } = await stage.done("paul", "/itcare/compute/instances", creation("after-the-copy"));
  await stage.done("paul", of(idle.id), { method: "DELETE" });
  const elsewhere = await stage.done("paul", "/itcare/compute/instances", creation("in-toulouse", "ET-HDS-A"));
  report.see("since then", true, `${running.name} stopped and named, after-the-copy created, ${idle.name} deleted`);

  await stage.stop();
  await stage.command("scripts/restore.ts", "--region", "EB", "--at", point, "--port", String(stage.port));
  await stage.start();
  const refused = await stage.ask("odile", of(running.id), { method: "PATCH", json: { operation: "stop" } });
  const { errorCode, change } = (await refused.json()) as { errorCode: string; change: string };
  report.see("EB refuses, and says who decides", refused.status === 503 && errorCode === "REGION_RESTORED", change);
  report.see("EB can be read", (await stage.ask("odile", of(running.id))).status === 200);
  report.see("ET goes on", (await stage.ask("paul", of(elsewhere.resourceId))).status === 200);
  await stage.minute();

  const listed = await stage.ask("sybil", "/itcare/organization/restorations");
  const { content } = (await listed.json()) as { content: Restoration[] };
  for (const { name, difference, known } of content[0]?.items ?? [])
    say(`    ${difference.padEnd(8)} ${name}: ${known.map(({ label, by, at }) => `${label} by ${by.name} at ${at}`).join(", ")}`);
  const found = Object.fromEntries((content[0]?.items ?? []).map(({ id, difference }) => [id, difference]));
  report.see(
    "shown: what the log and the zones know more, and nothing else",
    Object.keys(found).length === 3 && found[running.id] === "changed" && found[added] === "added" && found[idle.id] === "removed",
  );
  const others = (await (await stage.ask("bea", "/itcare/organization/restorations")).json()) as { content: Restoration[] };
  report.see("Borealis has nothing to decide and goes on", others.content.length === 0);

  const settled = await stage.ask("sybil", "/itcare/organization/restorations/EB", {
    method: "PATCH",
    json: { operation: "settle", options: { facts: "actual" } },
  });
  report.see("Sybil signs: what is there is taken over", settled.status === 200, await settled.text());
  const seen = async (id: number) => {
    const answer = await stage.ask("odile", of(id));
    return answer.status === 200 ? ((await answer.json()) as { status: string; dns?: unknown; network?: { dns: { alias: string }[] } }) : null;
  };
  const stopped = await seen(running.id);
  report.see("the stopped one is stopped, and has its name", stopped?.status === "INACTIVE" && JSON.stringify(stopped).includes(alias.alias));
  report.see("the created one is there", (await seen(added))?.status === "ACTIVE");
  report.see("the deleted one is gone", (await seen(idle.id)) === null);
  await stage.done("odile", of(running.id), { method: "PATCH", json: { operation: "start" } });
  const { resourceId: later } = await stage.done("paul", "/itcare/compute/instances", creation("after-the-restore"));
  report.see("everything can be asked again; ids go on far beyond", later > added + 1_000, later);

  const log = (await (await stage.ask("sybil", "/itcare/log/export")).json()) as LogExport;
  const verdict = await verifyExport(log);
  const numbers = log.entries.flatMap(({ source }) => (source.database === "REGION_EB" ? [source.number] : []));
  const once = new Set(numbers).size === numbers.length;
  report.see(
    "the log verifies, tells each event once, and has the decision",
    verdict.valid && once && JSON.stringify(log).includes("settle-restoration"),
  );
}
