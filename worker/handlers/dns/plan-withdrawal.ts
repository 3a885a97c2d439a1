/** Which aliases go with a resource. They are named before anybody signs, and stand in what is signed: what pointed here will point nowhere. */
import type { Actor, ResourceTarget } from "../../contract/actor.ts";
import { aliasStatuses } from "../../contract/domains.ts";
import { readAliases } from "../../../db/region/read/aliases.ts";
import type { Env } from "../../env.ts";
import type { Consequences } from "../../gate/parameters.ts";
import { Problem } from "../../gate/problem.ts";
import { databaseOf, readRegion, regionOfId } from "../../routing/regions.ts";

export interface Withdrawal {
  aliases: string[];
  consequences?: Consequences;
}

/** @throws Problem("operation_in_progress") while one of them is being made or deleted: whether it would be left behind cannot be said */
export async function planWithdrawal(_actor: Actor, { id, name }: ResourceTarget, _body: unknown, env: Env): Promise<Withdrawal> {
  const rows = await readRegion(regionOfId(id)!, () => readAliases(databaseOf(env, id), id));
  const moving = rows.find(({ status }) => status !== aliasStatuses.ACTIVE);
  if (moving) {
    throw new Problem("operation_in_progress", {
      detail: `${name} cannot be deleted now: its alias ${moving.name} is being ${moving.status === aliasStatuses.DELETION ? "deleted" : "made"}.`,
      change: "Wait until that has ended.",
    });
  }
  const aliases = rows.map((row) => row.name);
  return aliases.length > 0 ? { aliases, consequences: { aliases } } : { aliases };
}
