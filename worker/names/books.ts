/** The books of names that are unique across the product, and what a region knows of each: whether it has what a name is for, and which it has freed. */
import { readAlias, readFreed } from "../../db/region/read/aliases.ts";
import { readFreedHosts, readHost } from "../../db/region/read/url-hosts.ts";
import { clearFreed } from "../../db/region/write/aliases.ts";
import { clearFreedHost } from "../../db/region/write/url-hosts.ts";
import type { Book } from "../../db/directory/read/names.ts";

export interface Freed {
  name: string;
  holder: number;
}

interface InRegion {
  has(database: D1Database, name: string, holder: number): Promise<boolean>;
  freed(database: D1Database, limit: number): Promise<Freed[]>;
  clear(database: D1Database, freed: Freed): Promise<void>;
}

export const books: Record<Book, InRegion> = {
  alias: { has: async (database, name, holder) => (await readAlias(database, name, holder)) !== null, freed: readFreed, clear: clearFreed },
  host: {
    has: async (database, name, holder) => (await readHost(database, name))?.balancer_id === holder,
    freed: readFreedHosts,
    clear: clearFreedHost,
  },
};

export const bookList = Object.keys(books) as Book[];
