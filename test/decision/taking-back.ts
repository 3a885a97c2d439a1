/**
 * Databases that run every commit to its last statement and then take it back. What would have been done counts as done, and everything is as before:
 * one thing can be asked for by everybody, one after the other, and every statement of the commit has really been run.
 */
import type { Env } from "../../worker/env.ts";

export interface TakingBack {
  env: Env;
  /** True once a commit would have stood. */
  reached(): boolean;
}

/** The key's counter moves before the act, and alone; what guards a statement is no write of its own. */
const isBeside = (text: string): boolean => /^\s*(UPDATE \S*security_key\S* SET \S*sign_count|INSERT INTO must)/i.test(text);

export function takingBack(env: Env): TakingBack {
  let reached = false;
  const wrap = (database: D1Database): D1Database => {
    const writes = new WeakSet<D1PreparedStatement>();
    const prepare = (text: string): D1PreparedStatement => {
      const statement = database.prepare(text);
      if (!/\b(INSERT|UPDATE|DELETE)\b/i.test(text)) return statement;
      if (isBeside(text)) return statement;
      writes.add(statement);
      const bind = statement.bind.bind(statement);
      statement.bind = (...values) => {
        const bound = bind(...values);
        writes.add(bound);
        return bound;
      };
      return statement;
    };
    const batch = async (statements: D1PreparedStatement[]) => {
      if (!statements.some((statement) => writes.has(statement))) return database.batch(statements);
      try {
        return await database.batch([...statements, database.prepare(`SELECT json_extract('{', '$')`)]);
      } catch (error) {
        if (String(error).includes("malformed JSON")) reached = true;
        throw error;
      }
    };
    return new Proxy(database, {
      get: (target, name) => {
        if (name === "prepare") return prepare;
        if (name === "batch") return batch;
        const member: unknown = Reflect.get(target, name);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
  };
  return {
    env: { ...env, DIRECTORY: wrap(env.DIRECTORY), REGION_EB: wrap(env.REGION_EB), REGION_ET: wrap(env.REGION_ET) },
    reached: () => reached,
  };
}
