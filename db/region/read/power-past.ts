/** What operations say of an instance's power in the past: how the embedded engine learns what happened before it was asked anything. */
import { sql } from "drizzle-orm";
import { idList, readAll } from "../../statement.ts";
import { SUCCESS } from "./operations.ts";

export interface PowerChange {
  /** ms since 1970 */
  at: number;
  cause: "found" | "start" | "stop" | "reset";
  power: "on" | "off";
}

/** How far back it is of any use, in ms. */
const BACK = 90 * 24 * 60 * 60_000;

const causes = { "start-instance": "start", "stop-instance": "stop", "reset-instance": "reset" } as const;

interface Row {
  resource_id: number;
  label: keyof typeof causes;
  completed: number;
}

export interface FoundInstance {
  id: number;
  created: number;
  updated: number;
  power: "on" | "off";
}

/** By the instance's id; oldest first, the first when it came to be. */
export async function readPowerPast(database: D1Database, found: readonly FoundInstance[], now: number): Promise<Map<number, PowerChange[]>> {
  const rows =
    found.length === 0
      ? []
      : await readAll<Row>(
          database,
          sql`SELECT o.resource_id, o.label, o.completed FROM operation o INDEXED BY operation_resource
            WHERE o.resource_id IN ${idList(found.map(({ id }) => id))} AND o.created > ${now - BACK} AND o.status = ${SUCCESS}
              AND o.label IN ('start-instance', 'stop-instance', 'reset-instance') ORDER BY o.resource_id, o.completed`,
        );
  const byId = Map.groupBy(rows, ({ resource_id }) => resource_id);
  return new Map(found.map((instance) => [instance.id, pastOf(instance, byId.get(instance.id) ?? [])]));
}

function pastOf({ created, updated, power }: FoundInstance, operations: readonly Row[]): PowerChange[] {
  const changes = operations.map(({ label, completed }): PowerChange => {
    const cause = causes[label];
    return { at: completed, cause, power: cause === "stop" ? "off" : "on" };
  });
  const [first] = changes;
  const before = first ? (first.cause === "start" ? "off" : "on") : power;
  const past: PowerChange[] = [{ at: created, cause: "found", power: before }, ...changes];
  // Whatever else happened to it, it is now as the database says.
  return past.at(-1)!.power === power ? past : [...past, { at: Math.max(updated, past.at(-1)!.at), cause: "found", power }];
}
