import { deleteExpired } from "../../../db/directory/write/oauth.ts";
import type { Env } from "../../env.ts";

/** Deletes what has expired of families, refresh tokens and spent assertions; called every minute. @param now ms since 1970 */
export async function sweepOAuth(env: Env, now: number): Promise<void> {
  await deleteExpired(env.DIRECTORY, now);
}
