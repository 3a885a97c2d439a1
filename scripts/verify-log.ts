/**
 * npm run verify-log -- export.json [--head <file | sequence:hash>]
 *
 * Checks an exported log, JSON or NDJSON, from itself alone. With an earlier head (as the console shows it, or a file: the answer of GET /itcare/log/head, or an earlier
 * export) it also checks that nothing before it was changed. Ends with 0 when all is well, 1 when it is not, 2 when it cannot be run.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { LogExport, LogHead } from "../worker/contract/log-entry.ts";
import { readExport } from "../worker/contract/verifier/document.ts";
import { verifyExport, type EarlierHead } from "../worker/contract/verifier/verify.ts";

const usage = "Usage: npm run verify-log -- export.json [--head <file | sequence:hash>]";

function readJson(path: string): unknown {
  try {
    return readExport(readFileSync(path, "utf8"));
  } catch (error) {
    return fail(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function readHead(given: string): EarlierHead {
  const written = /^(\d+):([A-Za-z0-9_-]{43})$/.exec(given);
  if (written) return { sequence: Number(written[1]), hash: written[2]! };
  const file = readJson(given) as Partial<LogExport & LogHead> | null;
  const head = file?.head ?? file;
  if (typeof head?.sequence !== "number" || typeof head.hash !== "string") return fail(`${given} holds no head of a log.`);
  const hashes = file?.head && file.entries?.map(({ hash }) => hash);
  return { organizationId: head.organizationId, sequence: head.sequence, hash: head.hash, hashes };
}

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { head: { type: "string" } } });
  } catch {
    return fail(usage);
  }
}

const given = readArguments();
const [path] = given.positionals;
if (!path || given.positionals.length > 1) fail(usage);

const document = readJson(path) as LogExport;
const earlier = given.values.head === undefined ? undefined : readHead(given.values.head);
const verdict = await verifyExport(document, earlier);

if (!verdict.valid) {
  console.error(verdict.firstBad === null ? "NOT VALID." : `NOT VALID: the first bad entry is ${verdict.firstBad}.`);
  console.error(verdict.reason);
  process.exit(1);
}
const { organization, head } = document;
console.log(`Valid: ${verdict.entries} entries of ${organization.name} (organization ${organization.id}), without a gap.`);
console.log(
  `${verdict.signatures} signatures of security keys and of programs verified${verdict.origins.length > 0 ? `, made on ${verdict.origins.join(", ")}` : ""}.`,
);
if (earlier) console.log(`Nothing up to ${earlier.sequence} has changed since the earlier head.`);
else console.log("No earlier head was given: this cannot tell whether the whole chain was rewritten.");
console.log(`Keep this head and give it next time with --head: ${head.sequence}:${head.hash}`);
