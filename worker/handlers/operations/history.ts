import { readHistoryOf, toAction, type OperationRow } from "../../../db/region/read/operations.ts";
import type { HistoryItem } from "../../contract/shapes/operations.ts";
import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";
import { pageResponse } from "../envelope.ts";

/** A page is found by passing all rows before it, up to so many. */
const REACH = 10_000;

/** What was done to one resource of any family, the newest first. */
export const readHistory: Handler<"read-history"> = async ({ target }, { query }, { env }) => {
  const { page, size, sort } = query;
  const offset = page * size;
  if (offset > REACH)
    throw new Problem("page_out_of_reach", {
      field: "page",
      detail: `Page ${page} begins at row ${offset}: farther than ${REACH} rows from the newest.`,
      change: "Ask for the actions themselves (GET /itcare/actions), or for the log.",
    });
  const { rows, total, more } = await readRegion(regionOfId(target.id)!, () => readHistoryOf(databaseOf(env, target.id), target.id, offset, size));
  const items = rows.map((row) => JSON.stringify(toItem(row)));
  return pageResponse(items, { number: page, size, total, more, sorted: sort !== undefined, nextCursor: null, missing: [] });
};

function toItem(row: OperationRow): HistoryItem {
  return { ...toAction(row), duration: row.completed === null ? null : Math.round((row.completed - row.created) / 1000) };
}
