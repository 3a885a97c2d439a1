/** The acts on one's own security keys. Each is told to the log with the signature of a key that was there; none leaves an action behind. */
import type * as z from "zod";
import { listKeys } from "../../../db/directory/read/security-keys.ts";
import { addKey, removeKey, renameKey } from "../../../db/directory/write/security-keys.ts";
import type { mySecurityKey } from "../../contract/shapes/account.ts";
import type { Handler } from "../../gate/context.ts";
import { parametersOf } from "../../gate/parameters.ts";
import { Problem } from "../../gate/problem.ts";
import { notifyLog } from "../../log/notify.ts";
import { postMails } from "../../mail/send.ts";
import { dryRunAnswer } from "../resources/accepted.ts";
import { newId } from "../resources/direct.ts";
import { committing, lastKey, notOpen } from "./own-keys.ts";

/** A further key, enrolled in this session and signed for with one that was there. */
export const addSecurityKey: Handler<"add-security-key"> = async (permit, { body, params, prepared, idempotency }, { env, waitUntil }) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { key, ceremony } = prepared;
  const { organizationId } = permit.target;
  const id = await newId(env, "DIRECTORY", organizationId);
  const answer: z.infer<typeof mySecurityKey> = {
    id,
    name: body.name,
    createdAt: new Date(permit.now).toISOString(),
    lastUsedAt: null,
    lockedAt: null,
    synced: key.backedUp,
    transports: [...key.transports],
  };
  const remembered = idempotency && { ...idempotency, status: 201 as const, answer: JSON.stringify(answer) };
  const act = { parameters: parametersOf(body, params, prepared), remembered };
  await committing(permit, env, () => addKey(env.DIRECTORY, permit, { id, key, name: body.name, ceremony }, act), notOpen);
  await notifyLog(env, organizationId, waitUntil);
  postMails(env, waitUntil);
  return Response.json(answer, { status: 201 });
};

export const renameSecurityKey: Handler<"rename-security-key"> = async (permit, { body, params, prepared, idempotency }, { env, waitUntil }) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { id } = prepared.key;
  const act = { parameters: parametersOf(body, params, prepared), remembered: idempotency && { ...idempotency, status: 204 as const, answer: "" } };
  await committing(permit, env, () => renameKey(env.DIRECTORY, permit, { id, name: body.options.name }, act), gone);
  await notifyLog(env, permit.target.organizationId, waitUntil);
  return new Response(null, { status: 204 });
};

/** The key counts for nothing from now on; what it signed before stays signed. */
export const removeSecurityKey: Handler<"remove-security-key"> = async (permit, { body, params, prepared, idempotency }, { env, waitUntil }) => {
  if (permit.dryRun) return dryRunAnswer(permit);
  const { key, mayBeLast } = prepared;
  const { id, organizationId } = permit.target;
  const act = { parameters: parametersOf(body, params, prepared), remembered: idempotency && { ...idempotency, status: 204 as const, answer: "" } };
  const isThere = async () => (await listKeys(env.DIRECTORY, id)).some((one) => one.id === key.id);
  await committing(
    permit,
    env,
    () => removeKey(env.DIRECTORY, permit, { id: key.id, name: key.name, credentialId: key.credentialId, mayBeLast }, act),
    async () => ((await isThere()) ? lastKey() : gone()),
  );
  await notifyLog(env, organizationId, waitUntil);
  postMails(env, waitUntil);
  return new Response(null, { status: 204 });
};

function gone(): Problem {
  return new Problem("not_found", { detail: "You have no such security key." });
}
