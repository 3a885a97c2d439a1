/** Exceptions of API accounts whose secrets act. An act on the account itself: its revision moves with it, and the next request knows. */
import { sql } from "drizzle-orm";
import type { Permit } from "../../../worker/contract/permit.ts";
import type { StoredException } from "../read/secret-exceptions.ts";
import { commitGoverned, type GovernedAct } from "./governed.ts";

/** @throws MustHitOne when the challenge is spent or the account has changed since */
export async function giveException(
  directory: D1Database,
  permit: Permit<"give-secret-exception">,
  exception: StoredException,
  act: GovernedAct,
): Promise<void> {
  await commitGoverned(directory, permit, act, [
    { query: sql`UPDATE api_account SET exception = ${JSON.stringify(exception)} WHERE id = ${permit.target.id}`, must: "the account" },
  ]);
}

/** @throws MustHitOne when the challenge is spent, the account has changed since, or it has no exception */
export async function endException(directory: D1Database, permit: Permit<"end-secret-exception">, act: GovernedAct): Promise<void> {
  await commitGoverned(directory, permit, act, [
    { query: sql`UPDATE api_account SET exception = NULL WHERE id = ${permit.target.id} AND exception IS NOT NULL`, must: "the exception" },
  ]);
}
