import { AlreadyThere } from "../../../db/commit.ts";
import { createAlias as write } from "../../../db/region/write/aliases.ts";
import type { Handler } from "../../gate/context.ts";
import { holdingNames, nameTaken, reservationLost } from "../../names/holding.ts";
import { quotaOr } from "../quotas/require.ts";
import { openOperation } from "../resources/open-operation.ts";

/** Gives the resource another name. The directory holds the name before the region commits to it, so that of two who want it one gets it. */
export const createAlias: Handler<"create-dns" | "create-dns-lb"> = async (permit, input, context) => {
  const { name, domain, address } = input.prepared;
  if (permit.dryRun) return openOperation(permit, input, {}, context);
  const wanted = { book: "alias", name, field: "alias" } as const;
  const holding = { ...context, holder: permit.target.id, token: permit.requestId };
  try {
    return await holdingNames([wanted], holding, (reservedUntil) =>
      openOperation(permit, input, { name, domain, address }, context, {
        by: null,
        write: (database, act) => write(database, permit, { name, domain, address, reservedUntil }, act),
        lost: () => quotaOr(context.env, permit.target, { dnsAliases: 1 }, () => reservationLost([wanted])),
      }),
    );
  } catch (error) {
    if (error instanceof AlreadyThere && error.index.includes("alias.name")) throw nameTaken(wanted);
    throw error;
  }
};
