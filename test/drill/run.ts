/**
 * `npm run drill -- restore|export|erasure`: plays one of them on a throw-away local start, says what it sees, and fails when that is not what it should be.
 * Without a name all three, one after the other.
 */
import { erasure } from "./erasure.ts";
import { exportEverything } from "./export.ts";
import { restore } from "./restore.ts";
import { Report, say, Stage } from "./stage.ts";

const drills: Record<string, (stage: Stage, report: Report) => Promise<void>> = { restore, export: exportEverything, erasure };

const [wanted] = process.argv.slice(2);
if (wanted !== undefined && !drills[wanted]) {
  console.error(`A drill is one of ${Object.keys(drills).join(", ")}.`);
  process.exit(1);
}
let failed = 0;
for (const name of wanted ? [wanted] : Object.keys(drills)) {
  const begun = Date.now();
  say(`\n${name}`);
  const [stage, report] = [new Stage(), new Report()];
  try {
    await stage.open();
    await drills[name]!(stage, report);
  } catch (error) {
    report.see("it came to its end", false, error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await stage.stop();
  }
  say(`${report.failed === 0 ? "passed" : `${report.failed} failed`}, ${Math.round((Date.now() - begun) / 1_000)} s`);
  failed += report.failed;
}
process.exit(failed === 0 ? 0 : 1);
