/** A commit that takes names: each is reserved before it, confirmed after it, and let go again when it has failed. All of them, or none. */
import type { Book } from "../../db/directory/read/names.ts";
import type { Env } from "../env.ts";
import { Problem } from "../gate/problem.ts";
import { confirmName, releaseName, reserveName, type Reserved } from "./reservation.ts";

export interface Wanted {
  book: Book;
  name: string;
  /** The field of the request that asks for it. */
  field: string;
}

export interface Holding {
  env: Env;
  /** The resource that they are for. */
  holder: number;
  /** Unique to the request. */
  token: string;
  waitUntil(work: Promise<unknown>): void;
}

/** It is taken, and by whom is nobody's business. */
export function nameTaken({ name, field }: Pick<Wanted, "name" | "field">, detail = `The name '${name}' is taken.`): Problem {
  return new Problem("name_taken", { field, detail, change: "Choose another name." });
}

/** The region was too slow: it commits to no name that the directory holds no longer. */
export function reservationLost(names: readonly Pick<Wanted, "name">[]): Problem {
  const which = names.map(({ name }) => `'${name}'`).join(" and ");
  return new Problem("unavailable", {
    detail: `The region took too long: ${which} could not be held for it any longer. Nothing was done.`,
    change: "Repeat the request.",
  });
}

/**
 * @param commit takes all of them in the region, before `until` by its clock
 * @throws Problem("name_taken") when another has one of them, and whatever the commit throws
 */
export async function holdingNames<Result>(
  wanted: readonly Wanted[],
  { env, holder, token, waitUntil }: Holding,
  commit: (until: number) => Promise<Result>,
): Promise<Result> {
  const held: Reserved[] = [];
  try {
    for (const { book, name, field } of wanted) {
      const reserved = await reserveName(env, { book, name, holder, token, now: Date.now() });
      if (!reserved) throw nameTaken({ name, field });
      held.push(reserved);
    }
    const result = await commit(Math.min(...held.map(({ until }) => until)));
    waitUntil(Promise.all(held.map((reserved) => confirmName(env, reserved))));
    return result;
  } catch (error) {
    // Before the answer: whoever tries again at once finds them free.
    await Promise.all(held.map((reserved) => releaseName(env, reserved, error)));
    throw error;
  }
}
