/** A resource's pairs in the dictionary and in the lists by tag. The resource's own column keeps them too, as the API gives them. */
import { sql, type SQL } from "drizzle-orm";
import type { TagPair } from "../../../worker/contract/tags.ts";
import type { Write } from "../../commit.ts";
import { tag } from "../schema/index.ts";

interface Tagged {
  id: number;
  organizationId: number;
}

/** The set of their keys joins the dictionary; what has it already writes nothing. */
export function knowKeys({ organizationId }: Pick<Tagged, "organizationId">, pairs: readonly TagPair[]): Write {
  return {
    query: sql`INSERT INTO key_set (organization_id, keys) SELECT CAST(${organizationId} AS INTEGER), ${keysOf(pairs)} WHERE true ON CONFLICT DO NOTHING`,
  };
}

/** The number of that set. */
export function keySetOf({ organizationId }: Pick<Tagged, "organizationId">, pairs: readonly TagPair[]): SQL {
  return sql`(SELECT key_set.id FROM key_set WHERE key_set.organization_id = CAST(${organizationId} AS INTEGER) AND key_set.keys = ${keysOf(pairs)})`;
}

/** As 0016_tag_keys.sql has them. */
function keysOf(pairs: readonly TagPair[]): SQL {
  const keys = JSON.stringify(pairs.map(({ key }) => key));
  return sql`(SELECT json_group_array(value) FROM (SELECT DISTINCT value FROM json_each(${keys}) ORDER BY 1))`;
}

/** Pairs join the organization's dictionary first. None: nothing is written. */
export function linkTags({ id, organizationId }: Tagged, pairs: readonly TagPair[]): Write[] {
  if (pairs.length === 0) return [];
  const list = JSON.stringify(pairs);
  return [
    {
      query: sql`INSERT INTO ${tag} (organization_id, key, value)
        SELECT CAST(${organizationId} AS INTEGER), value ->> 'key', value ->> 'value' FROM json_each(${list}) WHERE true ON CONFLICT DO NOTHING`,
    },
    {
      query: sql`INSERT INTO resource_tag (tag_id, cloud_id, name, resource_id)
        SELECT tag.id, resource.cloud_id, resource.name, resource.id FROM json_each(${list}) AS pair
        CROSS JOIN tag ON tag.organization_id = CAST(${organizationId} AS INTEGER) AND tag.key = pair.value ->> 'key' AND tag.value = pair.value ->> 'value'
        CROSS JOIN resource ON resource.id = CAST(${id} AS INTEGER)`,
    },
  ];
}

/** A pair that no resource has any more leaves the dictionary by itself. The rows are found by their whole key. */
export function unlinkTags({ id, organizationId }: Tagged, pairs: readonly TagPair[]): Write[] {
  if (pairs.length === 0) return [];
  return [
    {
      query: sql`DELETE FROM resource_tag WHERE (tag_id, cloud_id, name, resource_id) IN (
        SELECT tag.id, resource.cloud_id, resource.name, resource.id FROM json_each(${JSON.stringify(pairs)}) AS pair
        CROSS JOIN tag ON tag.organization_id = CAST(${organizationId} AS INTEGER) AND tag.key = pair.value ->> 'key' AND tag.value = pair.value ->> 'value'
        CROSS JOIN resource ON resource.id = CAST(${id} AS INTEGER))`,
    },
  ];
}
