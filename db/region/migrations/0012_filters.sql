-- The network in which a resource has its address; NULL until its zone has given it one. What else is known of it stands in the attributes.
ALTER TABLE resource ADD COLUMN network INTEGER;
UPDATE resource SET network = attributes ->> '$.network.technicalID' WHERE attributes ->> '$.ipAddress' IS NOT NULL;
CREATE INDEX resource_cloud_network ON resource(cloud_id, network, name) WHERE network IS NOT NULL;
CREATE INDEX network_name ON network(organization_id, name);

CREATE TRIGGER resource_made_with_address AFTER INSERT ON resource WHEN new.network IS NULL AND new.attributes ->> '$.ipAddress' IS NOT NULL
  AND new.attributes ->> '$.network.technicalID' IS NOT NULL BEGIN
  UPDATE resource SET network = attributes ->> '$.network.technicalID' WHERE id = new.id;
END;
CREATE TRIGGER resource_gets_address AFTER UPDATE OF attributes ON resource WHEN new.network IS NULL AND new.attributes ->> '$.ipAddress' IS NOT NULL
  AND new.attributes ->> '$.network.technicalID' IS NOT NULL BEGIN
  UPDATE resource SET network = attributes ->> '$.network.technicalID' WHERE id = new.id;
END;

-- Counted as {"n4294967300": 7} in the Cloud's `counts`: how many resources have their address in this network.
UPDATE cloud SET counts = json_patch(counts, (SELECT json_group_object('n' || network, n) FROM
  (SELECT network, count(*) AS n FROM resource INDEXED BY resource_cloud_network WHERE cloud_id = cloud.id AND network IS NOT NULL GROUP BY network)));
CREATE TRIGGER resource_network_added AFTER INSERT ON resource WHEN new.network IS NOT NULL BEGIN
  UPDATE cloud SET counts = json_set(counts, '$.n' || new.network, coalesce(json_extract(counts, '$.n' || new.network), 0) + 1) WHERE id = new.cloud_id;
END;
CREATE TRIGGER resource_network_given AFTER UPDATE OF network ON resource WHEN old.network IS NULL AND new.network IS NOT NULL BEGIN
  UPDATE cloud SET counts = json_set(counts, '$.n' || new.network, coalesce(json_extract(counts, '$.n' || new.network), 0) + 1) WHERE id = new.cloud_id;
END;
CREATE TRIGGER resource_network_removed AFTER DELETE ON resource WHEN old.network IS NOT NULL BEGIN
  UPDATE cloud SET counts = json_set(counts, '$.n' || old.network, json_extract(counts, '$.n' || old.network) - 1) WHERE id = old.cloud_id;
END;
CREATE TRIGGER resource_network_kept BEFORE UPDATE OF network ON resource WHEN old.network IS NOT NULL AND old.network IS NOT new.network BEGIN
  SELECT RAISE(ABORT, 'a resource stays in its network');
END;

-- What protects a resource, one thing at a time: each is asked for, or for its lack, in the order of names. The codes are those of
-- worker/contract/protection.ts; the counters are the sums that 0004 counts.
DROP INDEX resource_cloud_protection;
CREATE INDEX resource_cloud_backup ON resource(cloud_id, protection & 1, name) WHERE protection IS NOT NULL;
CREATE INDEX resource_cloud_replication ON resource(cloud_id, protection & 2, name) WHERE protection IS NOT NULL;
CREATE INDEX resource_cloud_patch_party ON resource(cloud_id, protection & 4, name) WHERE protection IS NOT NULL;

-- The search index knows them too: 25 the sum without monitoring, 26 the network.
DROP VIEW resource_words;
CREATE VIEW resource_words(id, name, facets) AS SELECT id, lower(name),
  char(1) || substr(lower(name), 1, 2) || char(2) || substr(lower(name), 3, 2) || char(3) || substr(lower(name), 5, 2)
  || char(4) || substr(lower(name), 7, 2) || char(5) || substr(lower(name), 9, 2) || char(6) || substr(lower(name), 11, 2)
  || char(7) || substr(lower(name), 13, 2) || char(8) || substr(lower(name), 15, 2) || char(9) || substr(lower(name), 17, 2)
  || char(10) || substr(lower(name), 19, 2) || char(11) || substr(lower(name), 21, 2) || char(12) || substr(lower(name), 23, 2)
  || char(14, 19968 + (cloud_id >> 14) % 16384, 19968 + cloud_id % 16384)
  || char(15, 19968 + (service_id >> 14) % 16384, 19968 + service_id % 16384)
  || char(16, 19968, 19968 + status) || char(17, 19968, 19968 + environment) || char(18, 19968, 19968 + type) || char(19, 19968, 19968 + zone)
  || CASE WHEN protection IS NULL THEN '' ELSE char(25, 19968, 19968 + (protection & 7)) END
  || CASE WHEN network IS NULL THEN '' ELSE char(26, 19968 + (network >> 14) % 16384, 19968 + network % 16384) END
  || coalesce((SELECT group_concat(char(20, 19968 + (tag.id >> 14) % 16384, 19968 + tag.id % 16384)
      || char(21) || substr(tag.key, 1, 2) || char(22) || substr(tag.key, 3, 2) || char(23) || substr(tag.key, 5, 2) || char(24) || substr(tag.key, 7, 2), '')
    FROM json_each(resource.tags) AS pair
    CROSS JOIN tag ON tag.organization_id = (resource.id >> 32) % 131072 AND tag.key = pair.value ->> 'key' AND tag.value = pair.value ->> 'value'), '')
FROM resource;
UPDATE resource_name SET (name, facets) = (SELECT words.name, words.facets FROM resource_words AS words WHERE words.id = resource_name.rowid)
  WHERE rowid IN (SELECT id FROM resource);

DROP TRIGGER resource_found_elsewhere;
CREATE TRIGGER resource_found_elsewhere AFTER UPDATE OF status, environment, service_id, tags, protection, network ON resource
WHEN old.status <> new.status OR old.environment <> new.environment OR old.service_id <> new.service_id OR old.tags <> new.tags
  OR (old.protection & 7) IS NOT (new.protection & 7) OR old.network IS NOT new.network BEGIN
  INSERT INTO tag(organization_id, key, value)
    SELECT (new.id >> 32) % 131072, pair.value ->> 'key', pair.value ->> 'value' FROM json_each(new.tags) AS pair WHERE old.tags <> new.tags
    ON CONFLICT DO NOTHING;
  UPDATE resource_name SET (name, facets) = (SELECT name, facets FROM resource_words WHERE id = new.id) WHERE rowid = new.id;
END;
