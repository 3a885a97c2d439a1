import { readId } from "../../contract/ids.ts";
import type { Json } from "../../contract/operation.ts";
import type { CreateSnapshot } from "../../contract/shapes/snapshots.ts";
import type { NewSnapshot } from "../../../db/region/write/snapshots.ts";

/** What the operation that makes a snapshot holds of it. Without a label it is called by its number. */
export function newSnapshot(operationId: number, { label, description, lifetime }: Omit<CreateSnapshot, "changeReference">): Json {
  const kept: NewSnapshot = {
    snapshot: operationId,
    label: label ?? `snapshot ${readId(operationId)!.sequence}`,
    description: description ?? null,
    lifetime,
  };
  return { ...kept };
}
