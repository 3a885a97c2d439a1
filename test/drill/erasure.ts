/** Names go a stated time after people have ended and requests were decided, everywhere; the chain stays, and verifies. */
import type { LogExport } from "../../worker/contract/log-entry.ts";
import { retention } from "../../worker/contract/retention.ts";
import { verifyExport } from "../../worker/contract/verifier/verify.ts";
import { say, type Report, type Stage } from "./stage.ts";

const logOf = async (stage: Stage) => (await (await stage.ask("sybil", "/itcare/log/export")).json()) as LogExport;

export async function erasure(stage: Stage, report: Report): Promise<void> {
  const mona = stage.idOf("mona");
  const care = stage.planted.clouds.find(({ name }) => name === "Asclepia Care")!.id;
  const wanted = {
    kind: "person",
    name: "Ines Okoye",
    email: "ines.okoye@asclepia.example",
    profiles: [{ cloudId: care, profile: "STD" }],
    reason: "for the drill",
  };
  const asked = await stage.ask("sybil", "/itcare/organization/requests", { method: "POST", json: wanted });
  const { id: request } = (await asked.json()) as { id: number };
  const refusal = { operation: "refuse", options: { reason: "a drill" } };
  report.see("a request is refused", (await stage.ask("david", `/itcare/requests/${request}`, { method: "PATCH", json: refusal })).status === 200);
  const ended = await stage.ask("sybil", `/itcare/organization/people/${mona}`, { method: "DELETE", json: { reason: "a drill" } });
  report.see("Mona's account is ended", ended.status === 204);
  const before = await logOf(stage);
  report.see("beside the log stands her name", before.names[mona] === "Mona Petit");

  await stage.minute();
  report.see("a minute later it still does", (await logOf(stage)).names[mona] === "Mona Petit");
  await stage.stop();
  await stage.databases(async ({ DIRECTORY }) => {
    await DIRECTORY.prepare("UPDATE actor SET ended = ended - ? WHERE id = ?").bind(retention.person.for, mona).run();
    await DIRECTORY.prepare("UPDATE account_request SET decided = decided - ? WHERE id = ?").bind(retention.request.for, request).run();
  });
  say("    the stated times have passed");
  await stage.start();
  await stage.minute();
  await stage.minute();
  const after = await logOf(stage);
  report.see("her name is gone from beside the log", after.names[mona] === undefined);
  report.see("and so is the name in the request", !Object.values(after.names).some((name) => name.includes("Okoye")));
  const verdict = await verifyExport(after);
  const same = JSON.stringify(after.entries.slice(0, before.entries.length)) === JSON.stringify(before.entries);
  report.see("the chain is what it was, and verifies", verdict.valid && same, `${after.entries.length} entries`);
  await stage.stop();
  await stage.databases(async (databases) => {
    for (const [name, database] of Object.entries(databases)) {
      const { results: tables } = await (database as D1Database)
        .prepare(
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'resource_name%'",
        )
        .all<{ name: string }>();
      const holding: string[] = [];
      for (const { name: table } of tables) {
        const { results } = await (database as D1Database).prepare(`SELECT * FROM "${table}"`).all();
        if (/Mona Petit|Okoye|ines\.okoye/i.test(JSON.stringify(results))) holding.push(table);
      }
      // Mails are forgotten on their own day; the mailbox is a local start's alone, and answers are kept for a day.
      const left = holding.filter((table) => !["mail", "mailbox", "idempotency"].includes(table));
      report.see(`no table of ${name} has either name`, left.length === 0, left.join(", "));
    }
  });
}
