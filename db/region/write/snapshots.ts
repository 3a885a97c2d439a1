/** The writes of snapshots, beside those of their instance; a deletion that nobody asked for demands that the snapshot's time is over. */
import { sql } from "drizzle-orm";
import { isSnapshotAct } from "../../../worker/contract/lifecycle.ts";
import { DAY, snapshotStatuses } from "../../../worker/contract/snapshots.ts";
import { commit, type Write } from "../../commit.ts";
import { insert } from "../../statement.ts";
import { WAITING, type OperationRow } from "../read/operations.ts";
import type { ExpiredSnapshot } from "../read/snapshots.ts";
import { snapshot } from "../schema/index.ts";
import { insertOperation, OPERATION_DEADLINE } from "../../act.ts";
import type { Ended, Ending } from "./settle.ts";

/** How long after a deletion that was opened by the clock another one is tried, in ms. */
const NEXT_TRY = 60 * 60_000;

/** What the operation of an act on a snapshot holds for its zone: which one, and for a new one what is kept of it. */
export interface AboutSnapshot {
  snapshot: number;
}
export interface NewSnapshot extends AboutSnapshot {
  label: string;
  description: string | null;
  /** In days. */
  lifetime: number;
}

/**
 * A new one has the id of its operation, and its time begins now. How many there are cannot have changed since they were counted: that would have
 * moved the revision, or the instance is held by a plan. One that is there must not be about to change.
 */
export function openSnapshot(opened: OperationRow, now: number): Write[] {
  const { label: act, resource_id: instanceId } = opened;
  if (!isSnapshotAct(act)) return [];
  const about = JSON.parse(opened.parameters) as AboutSnapshot;
  if (act !== "create-snapshot") return [take(about.snapshot, instanceId, act === "recover-snapshot" ? "RECOVERY" : "DELETION")];
  const { label, description, lifetime } = about as NewSnapshot;
  const expires = now + lifetime * DAY;
  const row = {
    id: opened.id,
    resourceId: instanceId,
    label,
    description,
    author: opened.actor_name,
    status: snapshotStatuses.PREPARATION,
    created: now,
    expires,
    due: expires,
    changeReference: opened.change_reference,
  };
  return [{ query: insert(snapshot, row) }];
}

function take(id: number, instanceId: number, to: "RECOVERY" | "DELETION"): Write {
  return {
    query: sql`UPDATE snapshot SET status = ${snapshotStatuses[to]} WHERE id = ${id} AND resource_id = ${instanceId} AND status = ${snapshotStatuses.ACTIVE}`,
    must: "snapshot",
  };
}

/**
 * Opens the deletion of a snapshot whose time is over. Should the zone not do it, it is tried again later.
 * @throws MustHitOne when something runs on the instance, or the snapshot has gone
 */
export async function expireSnapshot(
  database: D1Database,
  expired: ExpiredSnapshot,
  operation: { id: number; organizationId: number },
  now: number,
): Promise<void> {
  const row: OperationRow = {
    id: operation.id,
    organization_id: operation.organizationId,
    cloud_id: expired.cloud_id,
    service_id: expired.service_id,
    resource_id: expired.resource_id,
    resource_name: expired.resource_name,
    resource_type: expired.resource_type,
    zone: expired.zone,
    label: "delete-snapshot",
    status: WAITING,
    message: null,
    parameters: JSON.stringify({ snapshot: expired.id }),
    change_reference: expired.change_reference,
    actor_kind: "schedule",
    actor_id: 0,
    actor_name: "ITCare",
    created: now,
    updated: now,
    completed: null,
    deadline: now + OPERATION_DEADLINE,
    fence: 0,
    step: 0,
    plan_id: null,
    position: null,
  };
  await commit(database, [
    {
      query: sql`UPDATE resource SET revision = revision + 1, open_operation = ${row.id}, open_label = ${row.label}, updated = ${now}
        WHERE id = ${row.resource_id} AND open_operation IS NULL`,
      must: "resource",
    },
    {
      query: sql`UPDATE snapshot SET status = ${snapshotStatuses.DELETION}, due = ${now + NEXT_TRY} WHERE id = ${expired.id} AND due <= ${now}`,
      must: "snapshot",
    },
    insertOperation(row),
  ]);
}

/** What becomes of the snapshot that an operation was about: what the zone observed, or, where nothing was done, what it was before. */
export function settleSnapshot({ label, parameters }: Ended, { status, observed }: Ending, now: number): Write[] {
  if (!isSnapshotAct(label)) return [];
  const { snapshot: id } = JSON.parse(parameters) as { snapshot: number };
  const seen = observed?.kind === "instance" ? observed.snapshots.find((snapshot) => snapshot.id === id) : undefined;
  const isThere = observed === undefined ? label !== "create-snapshot" : seen !== undefined;
  if (!isThere) return [{ query: sql`DELETE FROM snapshot WHERE id = ${id}` }];
  const size = seen ? sql`, size_gb = ${seen.size}` : sql``;
  const recovered = label === "recover-snapshot" && status === "SUCCESS" ? sql`, recovered = ${now}` : sql``;
  return [{ query: sql`UPDATE snapshot SET status = ${snapshotStatuses.ACTIVE} ${size} ${recovered} WHERE id = ${id}` }];
}
