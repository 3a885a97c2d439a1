import { listAccounts, readAccount, readGround, readUse } from "../../../db/directory/read/api-accounts.ts";
import type { Handler } from "../../gate/context.ts";
import { etagOf } from "../../gate/precondition.ts";
import { accountInFull, accountOf } from "./view.ts";

export const listApiAccounts: Handler<"list-api-accounts"> = async ({ actor, now }, _input, { env }) => {
  const { organizationId } = actor;
  const [rows, ground] = await Promise.all([listAccounts(env.DIRECTORY, organizationId, now), readGround(env.DIRECTORY, organizationId)]);
  return Response.json({ accounts: rows.map((row) => accountOf(row, now)), ...ground });
};

export const readApiAccount: Handler<"read-api-account"> = async ({ target, now }, _input, { env }) => {
  const [row, uses] = await Promise.all([readAccount(env.DIRECTORY, target.id, now), readUse(env.DIRECTORY, target.id)]);
  return Response.json(accountInFull(row!, uses, now), { headers: { etag: etagOf(target.revision, 0) } });
};
