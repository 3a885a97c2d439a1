/**
 * Brings one region back to an earlier moment. What its facts do not know any more is shown to each organization, whose security representative decides about it
 * (GET and PATCH /itcare/organization/restorations); until then the region can be read, and nothing is changed in it. Nothing is replayed by itself.
 *
 *   npm run restore -- --region EB --at 2026-11-22T10:00:00Z            a local start, stopped: the newest copy of `npm run backup` at or before
 *   npm run restore -- --region EB --at 2026-11-22T10:00:00Z --remote   production: D1's Time Travel, by wrangler
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { isRegion, regionList } from "../worker/contract/topology.ts";
import { bringBack, bringBackRemote, kept } from "./lib/earlier.ts";
import { giveUp, root } from "./lib/own-node.mjs";
import { isFree } from "./lib/server.ts";

const { values: options } = parseArgs({
  options: {
    region: { type: "string", default: "" },
    at: { type: "string", default: "" },
    home: { type: "string" },
    port: { type: "string", default: "8787" },
    remote: { type: "boolean" },
  },
});
const home = options.home ? resolve(options.home) : join(root, ".wrangler");
const region = options.region.toUpperCase();
const at = Date.parse(options.at);
if (!isRegion(region)) giveUp(`--region is one of ${regionList.join(", ")}.`);
if (Number.isNaN(at)) giveUp("--at is a moment, as 2026-11-22T10:00:00Z.");

if (options.remote) await bringBackRemote(region, at);
else {
  if (!(await isFree(Number(options.port))))
    giveUp(`Something runs on port ${options.port}: stop npm start first, or say with --port where it runs.`);
  const point = kept(home, region).findLast((moment) => moment <= at);
  if (point === undefined) giveUp(`There is no copy of ${region} from then or before: npm run backup -- --list`);
  await bringBack(home, region, point);
  console.log(`Region ${region} is as it was at ${new Date(point).toISOString()}.`);
}
console.log(
  "It is held until each organization's security representative has decided: in the console under Log, or by PATCH /itcare/organization/restorations/:region.",
);
