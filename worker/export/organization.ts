/**
 * Everything that an organization has, line by line (NDJSON): what the directory knows, what each region knows, and where its log stands. Read a page at a
 * time while it is sent, so that it needs no more memory the larger it is. A region or a log that is away is named, and the last line says whether the file is whole.
 */
import { directoryKinds, readExportedRows as readInDirectory } from "../../db/directory/read/exports.ts";
import { readExportedRows as readInRegion, regionKinds } from "../../db/region/read/exports.ts";
import { DIRECTORY, makeId } from "../contract/ids.ts";
import type { ExportHead } from "../contract/shapes/exports.ts";
import { regionList, regions, type Region } from "../contract/topology.ts";
import type { Env } from "../env.ts";
import { organizationLog } from "../log/notify.ts";
import { readRegion, regionDatabase } from "../routing/regions.ts";

/** Rows at once. */
const PAGE = 500;

interface Exported {
  env: Env;
  organization: ExportHead["organization"];
  /** Added to each line of a region. */
  now: number;
}

type Lines = AsyncGenerator<string[], void, undefined>;

export function organizationStream(exported: Exported): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const pages = everything(exported);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pages.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value.map((line) => `${line}\n`).join("")));
    },
    cancel: () => void pages.return(),
  });
}

async function* everything({ env, organization, now }: Exported): Lines {
  const missing: string[] = [];
  let lines = 1;
  yield [JSON.stringify({ format: "itcare-organization/1", organization, exportedAt: new Date(now).toISOString() } satisfies ExportHead)];
  const parts: [string, () => Lines][] = [
    ["DIRECTORY", () => ofDirectory(env, organization.id)],
    ...regionList.map((region): [string, () => Lines] => [region, () => ofRegion(env, region, organization.id)]),
    ["LOG", () => ofLog(env, organization.id)],
  ];
  for (const [part, read] of parts) {
    try {
      for await (const page of read()) {
        lines += page.length;
        yield page;
      }
    } catch (error) {
      console.error(`The export of organization ${organization.id} goes on without ${part}:`, error);
      missing.push(part);
      lines += 1;
      yield [JSON.stringify({ kind: "missing", part, detail: `${part} does not answer: what it has is not in this file, or not all of it.` })];
    }
  }
  yield [JSON.stringify({ kind: "end", lines: lines + 1, whole: missing.length === 0, missing })];
}

async function* ofDirectory(env: Env, organization: number): Lines {
  for (const kind of directoryKinds) yield* paged(DIRECTORY, organization, (after, last) => readInDirectory(env.DIRECTORY, kind, after, last, PAGE));
}

async function* ofRegion(env: Env, region: Region, organization: number): Lines {
  const own = `{"region":"${region}",`;
  for (const kind of regionKinds)
    for await (const page of paged(regions[region].code, organization, (after, last) =>
      readRegion(region, () => readInRegion(regionDatabase(env, region), kind, after, last, PAGE)),
    ))
      yield page.map((line) => own + line.slice(1));
}

/** The log has an export of its own, which anybody can verify; here stands where it ends, so that the two can be laid side by side. */
async function* ofLog(env: Env, organization: number): Lines {
  const head = await organizationLog(env, organization).readHead();
  yield [JSON.stringify({ kind: "log", head, export: "/itcare/log/export?format=ndjson" })];
}

async function* paged(region: number, organization: number, read: (after: number, last: number) => Promise<{ id: number; line: string }[]>): Lines {
  const last = makeId({ region, organization, sequence: 2 ** 32 - 1 });
  let after = makeId({ region, organization, sequence: 0 }) - 1;
  for (let full = true; full;) {
    const rows = await read(after, last);
    if (rows.length > 0) yield rows.map(({ line }) => line);
    full = rows.length === PAGE;
    after = rows.at(-1)?.id ?? after;
  }
}
