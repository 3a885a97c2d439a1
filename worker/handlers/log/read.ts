import type { Handler } from "../../gate/context.ts";
import { Problem } from "../../gate/problem.ts";
import { organizationLog } from "../../log/notify.ts";
import { REACH } from "../../log/read.ts";
import { readerOf } from "./reader.ts";

/** The log, newest first, as the actor may see it. Filters look at a stated number of entries; `from` and `to` narrow what they look at. */
export const readLog: Handler<"read-log"> = async ({ actor }, { query }, { env }) => {
  const { page, size, ...filter } = query;
  const found = await organizationLog(env, actor.organizationId).readPage(readerOf(actor), filter, page, size);
  if (!found) {
    throw new Problem("page_out_of_reach", {
      detail: `With these filters more than ${REACH} entries would have to be looked at.`,
      change: "Narrow the time with from and to.",
    });
  }
  const { entries, names, total } = found;
  const totalPages = Math.ceil(total / size);
  return Response.json({
    content: entries.map((text) => JSON.parse(text) as unknown),
    names,
    totalElements: total,
    totalPages,
    number: page,
    size,
    numberOfElements: entries.length,
    first: page === 0,
    last: page >= totalPages - 1,
    empty: entries.length === 0,
    sort: { empty: false, sorted: true, unsorted: false },
  });
};
