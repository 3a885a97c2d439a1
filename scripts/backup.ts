/**
 * Keeps a copy of the regions of a local start, also while it runs. In production there is nothing to do: D1 keeps every minute of the last 30 days.
 *
 *   npm run backup                      both regions
 *   npm run backup -- --region EB       one; --home DIR as `npm start` has it; --list says which there are
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { isRegion, regionList } from "../worker/contract/topology.ts";
import { keep, kept } from "./lib/earlier.ts";
import { giveUp, root } from "./lib/own-node.mjs";

const { values: options } = parseArgs({ options: { region: { type: "string" }, home: { type: "string" }, list: { type: "boolean" } } });
const home = options.home ? resolve(options.home) : join(root, ".wrangler");
const wanted = options.region?.toUpperCase();
if (wanted !== undefined && !isRegion(wanted)) giveUp(`--region is one of ${regionList.join(", ")}.`);

for (const region of regionList.filter((one) => wanted === undefined || one === wanted)) {
  if (!options.list)
    await keep(home, region).catch((error: Error) => giveUp(`Region ${region} is not there: has npm start ever run? (${error.message})`));
  console.log(
    `${region}: ${
      kept(home, region)
        .map((at) => new Date(at).toISOString())
        .join(", ") || "none"
    }`,
  );
}
