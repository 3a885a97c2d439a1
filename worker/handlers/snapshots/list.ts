import type { SnapshotItem } from "../../contract/shapes/snapshots.ts";
import { snapshotName, snapshotStatusList } from "../../contract/snapshots.ts";
import { readSnapshots, type SnapshotRow } from "../../../db/region/read/snapshots.ts";
import type { Handler } from "../../gate/context.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";

/** The newest first. 204 when there are none: existing clients expect no body then. */
export const listSnapshots: Handler<"list-snapshots"> = async ({ target }, _input, { env }) => {
  const rows = await readRegion(regionOfId(target.id)!, () => readSnapshots(databaseOf(env, target.id), target.id));
  return rows.length === 0 ? new Response(null, { status: 204 }) : Response.json(rows.map(toItem));
};

function toItem(row: SnapshotRow): SnapshotItem {
  return {
    id: snapshotName(row.id, row.resource_id),
    label: row.label,
    description: row.description,
    author: row.author,
    status: snapshotStatusList[row.status]!,
    creationDate: iso(row.created),
    recoveryDate: row.recovered === null ? null : iso(row.recovered),
    expirationDate: iso(row.expires),
    size: row.size_gb,
    changeReference: row.change_reference,
  };
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
