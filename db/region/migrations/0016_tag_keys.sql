-- Which tag keys a resource has, as one number: resources share few sets of keys, whatever their values are. What has a key, or lacks it, is then some
-- ranges in the order of names, and is counted, however many values the key has.
CREATE TABLE key_set(
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL,
  keys TEXT NOT NULL, -- JSON: each key once, in order
  UNIQUE(organization_id, keys)
) STRICT;
CREATE VIEW resource_keys(id, organization_id, keys) AS SELECT id, (id >> 32) % 131072,
  (SELECT json_group_array(key) FROM (SELECT DISTINCT pair.value ->> 'key' AS key FROM json_each(resource.tags) AS pair ORDER BY 1)) FROM resource;

ALTER TABLE resource ADD COLUMN key_set INTEGER;
INSERT INTO key_set(organization_id, keys) SELECT DISTINCT organization_id, keys FROM resource_keys;
UPDATE resource SET key_set = (SELECT key_set.id FROM resource_keys AS own CROSS JOIN key_set ON key_set.organization_id = own.organization_id AND key_set.keys = own.keys
  WHERE own.id = resource.id);
CREATE INDEX resource_cloud_keys ON resource(cloud_id, key_set, name);

-- Counted as {"k4": 7} in the Cloud's `counts`: how many resources have just these keys. A creation says which, and so writes no row more for it.
UPDATE cloud SET counts = json_patch(counts, (SELECT json_group_object('k' || key_set, n) FROM
  (SELECT key_set, count(*) AS n FROM resource INDEXED BY resource_cloud_keys WHERE cloud_id = cloud.id GROUP BY key_set)));
DROP TRIGGER resource_added;
CREATE TRIGGER resource_added AFTER INSERT ON resource BEGIN
  INSERT INTO tag(organization_id, key, value)
    SELECT (new.id >> 32) % 131072, pair.value ->> 'key', pair.value ->> 'value' FROM json_each(new.tags) AS pair WHERE true ON CONFLICT DO NOTHING;
  UPDATE cloud SET
    counts = json_set(counts,
      '$.s' || new.status, coalesce(json_extract(counts, '$.s' || new.status), 0) + 1,
      '$.e' || new.environment, coalesce(json_extract(counts, '$.e' || new.environment), 0) + 1,
      '$.t' || new.type, coalesce(json_extract(counts, '$.t' || new.type), 0) + 1,
      '$.z' || new.zone, coalesce(json_extract(counts, '$.z' || new.zone), 0) + 1,
      '$.k' || coalesce(new.key_set, 0), coalesce(json_extract(counts, '$.k' || coalesce(new.key_set, 0)), 0) + 1),
    cells = json_set(cells,
      '$.v' || new.service_id, coalesce(json_extract(cells, '$.v' || new.service_id), 0) + 1,
      '$.s' || new.status || 'e' || new.environment || 't' || new.type || 'z' || new.zone,
      coalesce(json_extract(cells, '$.s' || new.status || 'e' || new.environment || 't' || new.type || 'z' || new.zone), 0) + 1)
  WHERE id = new.cloud_id;
  INSERT INTO resource_name(rowid, name, facets) SELECT id, name, facets FROM resource_words WHERE id = new.id;
  -- What says nothing of its keys is counted under 0 for the moment.
  INSERT INTO key_set(organization_id, keys) SELECT organization_id, keys FROM resource_keys WHERE id = new.id AND new.key_set IS NULL ON CONFLICT DO NOTHING;
  UPDATE resource SET key_set = (SELECT key_set.id FROM resource_keys AS own CROSS JOIN key_set ON key_set.organization_id = own.organization_id AND key_set.keys = own.keys
    WHERE own.id = new.id) WHERE id = new.id AND new.key_set IS NULL;
END;
CREATE TRIGGER resource_tagged AFTER UPDATE OF tags ON resource WHEN old.tags <> new.tags BEGIN
  INSERT INTO key_set(organization_id, keys) SELECT organization_id, keys FROM resource_keys WHERE id = new.id ON CONFLICT DO NOTHING;
  UPDATE resource SET key_set = (SELECT key_set.id FROM resource_keys AS own CROSS JOIN key_set ON key_set.organization_id = own.organization_id AND key_set.keys = own.keys
    WHERE own.id = new.id)
  WHERE id = new.id AND (SELECT keys FROM key_set WHERE id = new.key_set) IS NOT (SELECT keys FROM resource_keys WHERE id = new.id);
END;
-- A set that no resource of the organization has any more is forgotten, and so is a count of none: sets come and go.
CREATE TRIGGER resource_keys_changed AFTER UPDATE OF key_set ON resource WHEN old.key_set IS NOT new.key_set BEGIN
  UPDATE cloud SET counts = json_patch(counts, json_object(
    'k' || coalesce(old.key_set, 0), nullif(json_extract(counts, '$.k' || coalesce(old.key_set, 0)) - 1, 0),
    'k' || new.key_set, coalesce(json_extract(counts, '$.k' || new.key_set), 0) + 1)) WHERE id = new.cloud_id;
  DELETE FROM key_set WHERE id = old.key_set
    AND NOT EXISTS (SELECT 1 FROM cloud WHERE id BETWEEN (old.cloud_id >> 32) << 32 AND ((old.cloud_id >> 32) + 1) << 32 AND counts ->> ('$.k' || old.key_set) > 0);
END;
CREATE TRIGGER resource_keys_removed AFTER DELETE ON resource BEGIN
  UPDATE cloud SET counts = json_patch(counts, json_object('k' || old.key_set, nullif(json_extract(counts, '$.k' || old.key_set) - 1, 0))) WHERE id = old.cloud_id;
  DELETE FROM key_set WHERE id = old.key_set
    AND NOT EXISTS (SELECT 1 FROM cloud WHERE id BETWEEN (old.cloud_id >> 32) << 32 AND ((old.cloud_id >> 32) + 1) << 32 AND counts ->> ('$.k' || old.key_set) > 0);
END;
