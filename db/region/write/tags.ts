/** A resource's pairs in the dictionary and in the lists by tag. The resource's own column keeps them too, as the API gives them. */
import { sql } from "drizzle-orm";
import type { TagPair } from "../../../worker/contract/tags.ts";
import type { Write } from "../../commit.ts";
import { tag } from "../schema/index.ts";

interface Tagged {
  id: number;
  organizationId: number;
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
