import { AlreadyThere } from "../../../db/commit.ts";
import { createAlias as write } from "../../../db/region/write/aliases.ts";
import type { Handler } from "../../gate/context.ts";
import { confirmName, releaseName, reserveName } from "../../names/reservation.ts";
import { openOperation } from "../resources/open-operation.ts";
import { nameTaken } from "./plan.ts";

/** Gives the resource another name. The directory holds the name before the region commits to it, so that of two who want it one gets it. */
export const createAlias: Handler<"create-dns" | "create-dns-lb"> = async (permit, input, context) => {
  const { name, domain, address } = input.prepared;
  if (permit.dryRun) return openOperation(permit, input, {}, context);
  const reserved = await reserveName(context.env, { name, holder: permit.target.id, token: permit.requestId, now: Date.now() });
  if (!reserved) throw nameTaken(name);
  try {
    const accepted = await openOperation(permit, input, { name, domain, address }, context, {
      by: null,
      write: (database, act) => write(database, permit, { name, domain, address, reservedUntil: reserved.until }, act),
    });
    context.waitUntil(confirmName(context.env, reserved));
    return accepted;
  } catch (error) {
    context.waitUntil(releaseName(context.env, reserved, error));
    if (error instanceof AlreadyThere && error.index.includes("alias.name")) throw nameTaken(name);
    throw error;
  }
};
