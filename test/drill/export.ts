/** An organization takes away everything that it has: whole, its own, and no secret in it. */
import { withDatabases } from "../../scripts/lib/databases.ts";
import { say, type Report, type Stage } from "./stage.ts";

export async function exportEverything(stage: Stage, report: Report): Promise<void> {
  const opened = await stage.ask("sybil", "/itcare/organization/exports", { method: "POST" });
  report.see("Sybil signs for the export", opened.status === 201);
  const { path } = (await opened.json()) as { path: string };
  report.see("Bea cannot download it", (await stage.ask("bea", path)).status === 404);
  const text = await (await stage.ask("sybil", path)).text();
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind?: string; region?: string; whole?: boolean; lines?: number });
  const end = lines.at(-1)!;
  report.see("the last line says that the file is whole", end.kind === "end" && end.whole === true && end.lines === lines.length, end);
  const tally = Map.groupBy(lines, ({ kind, region }) => `${kind ?? "head"}${region ? ` in ${region}` : ""}`);
  for (const [kind, some] of tally) say(`    ${String(some.length).padStart(5)} ${kind}`);

  await stage.stop();
  await withDatabases(stage.state, async ({ DIRECTORY, REGION_EB, REGION_ET }) => {
    const count = async (database: D1Database, query: string) => (await database.prepare(query).first<number>("n"))!;
    for (const [region, database] of [
      ["EB", REGION_EB],
      ["ET", REGION_ET],
    ] as const) {
      const there = await count(database, "SELECT count(*) AS n FROM resource r JOIN cloud c ON c.id = r.cloud_id WHERE c.organization_id = 1");
      report.see(`every resource of ${region}`, tally.get(`resource in ${region}`)?.length === there, there);
    }
    const people = await count(DIRECTORY, "SELECT count(*) AS n FROM actor WHERE organization_id = 1 AND kind = 'person'");
    report.see("every person", tally.get("person")?.length === people, people);
    const { results: secrets } = await DIRECTORY.prepare(
      "SELECT password AS secret FROM person UNION SELECT secret_hash FROM api_credential UNION SELECT token_hash FROM session",
    ).all<{ secret: string | null }>();
    report.see(
      "no secret, and no hash of one",
      secrets.every(({ secret }) => !secret || !text.includes(secret)),
      `${secrets.length} looked for`,
    );
    const { results: names } = await DIRECTORY.prepare(
      "SELECT name FROM organization WHERE id <> 1 UNION SELECT name FROM actor WHERE organization_id <> 1 UNION SELECT name FROM cloud WHERE organization_id <> 1",
    ).all<{ name: string }>();
    const foreign = names.filter(({ name }) => text.includes(`"${name}"`));
    report.see("nothing of another organization", foreign.length === 0, `${names.length} names looked for`);
  });
}
