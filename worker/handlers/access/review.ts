/** The access review: page by page, or as a file. A page looks at a stated number of holders; the next one goes on from there. */
import { listHoldingAccounts, listHoldingPeople, type HolderRow } from "../../../db/directory/read/access.ts";
import type { Holder, Holding } from "../../contract/shapes/access.ts";
import type { Inputs } from "../../contract/shapes/index.ts";
import type { Env } from "../../env.ts";
import type { Handler } from "../../gate/context.ts";
import { organizationLog } from "../../log/notify.ts";
import { exportOf } from "./export.ts";
import { holderOf } from "./holders.ts";

type Filters = Omit<Inputs["export-access"]["query"], "format">;

export interface ReviewPage {
  content: Holder[];
  next: string | null;
}

export const reviewAccess: Handler<"review-access"> = async ({ actor, now }, { query }, { env }) => {
  const { after = null, size, ...filters } = query;
  return Response.json(await readPage(env, actor.organizationId, filters, after, size, now));
};

/** Holders in a file are read so many at a time. */
const AT_ONCE = 100;

export const exportAccess: Handler<"export-access"> = ({ actor, now }, { query }, { env }) => {
  const { format, ...filters } = query;
  const page = (after: string | null) => readPage(env, actor.organizationId, filters, after, AT_ONCE, now);
  return exportOf(page, format, { organization: { id: actor.organizationId, name: actor.organizationName }, filters, now });
};

/** People come first, by name, then programs: where the ones end the others begin. */
async function readPage(env: Env, organizationId: number, filters: Filters, after: string | null, size: number, now: number): Promise<ReviewPage> {
  const [from, id] = after === null ? [filters.kind ?? "person", null] : [after.split(":")[0] as Holder["kind"], Number(after.split(":")[1])];
  const people = from === "person" && filters.kind !== "api-account" ? await listHoldingPeople(env.DIRECTORY, organizationId, id, size) : [];
  const left = size - people.length;
  const begun = from === "api-account" ? (id ?? 0) : 0;
  const accounts = left > 0 && filters.kind !== "person" ? await listHoldingAccounts(env.DIRECTORY, organizationId, begun, left, now) : [];
  const told = await organizationLog(env, organizationId).readUses([...people, ...accounts].map((row) => row.id));
  const made = (kind: Holder["kind"]) => (row: HolderRow) =>
    holderOf(
      row,
      kind,
      told.filter(({ actorId }) => actorId === row.id),
      filters.unusedDays,
      now,
    ) ?? [];
  const content = [...people.flatMap(made("person")), ...accounts.flatMap(made("api-account"))].flatMap((holder) => narrowed(holder, filters));
  if (left > accounts.length) return { content, next: null };
  const last = accounts.at(-1) ? (["api-account", accounts.at(-1)!.id] as const) : (["person", people.at(-1)!.id] as const);
  return { content, next: last.join(":") };
}

/** With the holdings that are asked for; whoever has none of them is left out. */
function narrowed(holder: Holder, { cloudId, note }: Filters): Holder[] {
  if (cloudId === undefined && note === undefined) return [holder];
  const fits = (held: Holding) => (cloudId === undefined || held.cloudId === cloudId) && (note === undefined || held.notes.includes(note));
  const holdings = holder.holdings.filter(fits);
  return holdings.length === 0 ? [] : [{ ...holder, holdings }];
}
