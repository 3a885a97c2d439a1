/** Where a walk through a list stands, as an opaque text: the key of the last row, its page, and a hash of what was asked. */
import { fromBase64Url, toBase64Url } from "../contract/operation.ts";
import { Problem } from "../gate/problem.ts";
import type { Position } from "../../db/region/read/sorts.ts";

export interface Cursor {
  position: Position;
  /** The number of the page that begins after it. */
  page: number;
}

/** @param asked a hash of the filters, the order and the size: a cursor is good for nothing else */
export function writeCursor({ position, page }: Cursor, asked: string): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify([1, asked, page, position.id, position.key])));
}

/** @throws Problem("invalid_field_value") for a text that is no cursor, or one of another list */
export function readCursor(text: string, asked: string): Cursor {
  const value = parse(text);
  if (!Array.isArray(value) || value.length !== 5 || value[0] !== 1) throw refuse("It is not one that this list has given.");
  const [, of, page, id, key] = value as unknown[];
  if (of !== asked) throw refuse("It belongs to a list with other filters, another order or another size.");
  if (!Number.isSafeInteger(page) || !Number.isSafeInteger(id) || (typeof key !== "string" && typeof key !== "number"))
    throw refuse("It is not one that this list has given.");
  return { page: page as number, position: { id: id as number, key } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(fromBase64Url(text)));
  } catch {
    return null;
  }
}

function refuse(detail: string): Problem {
  return new Problem("invalid_field_value", {
    field: "cursor",
    detail: `Error on field 'cursor'. ${detail}`,
    change: "Begin again without a cursor.",
  });
}
