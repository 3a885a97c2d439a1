-- The search index knows more than parts of names, so that any mix of filters finds its few resources, or its newest ones, without passing the others.
-- `name` is in lower case, as NOCASE compares. `facets` holds one group of three characters for each thing that is asked for exactly: a control
-- character, which no name has, and two that say the value. 1 to 12: the name's characters 1 and 2, 3 and 4, … up to 24, so that a group says where it
-- stands; 14 Cloud, 15 Service, 16 status, 17 environment, 18 type, 19 zone, 20 each tag of the dictionary, as numbers in base 16384 from U+4E00; 21 to
-- 24: characters 1 and 2, … up to 8 of each tag's key (db/region/read/matching.ts).
DROP TABLE resource_name;
CREATE VIRTUAL TABLE resource_name USING fts5(name, facets, content='', contentless_delete=1, tokenize='trigram case_sensitive 1', detail=none);

CREATE VIEW resource_words(id, name, facets) AS SELECT id, lower(name),
  char(1) || substr(lower(name), 1, 2) || char(2) || substr(lower(name), 3, 2) || char(3) || substr(lower(name), 5, 2)
  || char(4) || substr(lower(name), 7, 2) || char(5) || substr(lower(name), 9, 2) || char(6) || substr(lower(name), 11, 2)
  || char(7) || substr(lower(name), 13, 2) || char(8) || substr(lower(name), 15, 2) || char(9) || substr(lower(name), 17, 2)
  || char(10) || substr(lower(name), 19, 2) || char(11) || substr(lower(name), 21, 2) || char(12) || substr(lower(name), 23, 2)
  || char(14, 19968 + (cloud_id >> 14) % 16384, 19968 + cloud_id % 16384)
  || char(15, 19968 + (service_id >> 14) % 16384, 19968 + service_id % 16384)
  || char(16, 19968, 19968 + status) || char(17, 19968, 19968 + environment) || char(18, 19968, 19968 + type) || char(19, 19968, 19968 + zone)
  || coalesce((SELECT group_concat(char(20, 19968 + (tag.id >> 14) % 16384, 19968 + tag.id % 16384)
      || char(21) || substr(tag.key, 1, 2) || char(22) || substr(tag.key, 3, 2) || char(23) || substr(tag.key, 5, 2) || char(24) || substr(tag.key, 7, 2), '')
    FROM json_each(resource.tags) AS pair
    CROSS JOIN tag ON tag.organization_id = (resource.id >> 32) % 131072 AND tag.key = pair.value ->> 'key' AND tag.value = pair.value ->> 'value'), '')
FROM resource;
INSERT INTO resource_name(rowid, name, facets) SELECT id, name, facets FROM resource_words;

DROP TRIGGER resource_added;
-- A tag joins the dictionary before it is looked for there; whoever writes `resource_tag` finds it known.
CREATE TRIGGER resource_added AFTER INSERT ON resource BEGIN
  INSERT INTO tag(organization_id, key, value)
    SELECT (new.id >> 32) % 131072, pair.value ->> 'key', pair.value ->> 'value' FROM json_each(new.tags) AS pair WHERE true ON CONFLICT DO NOTHING;
  UPDATE cloud SET
    counts = json_set(counts,
      '$.s' || new.status, coalesce(json_extract(counts, '$.s' || new.status), 0) + 1,
      '$.e' || new.environment, coalesce(json_extract(counts, '$.e' || new.environment), 0) + 1,
      '$.t' || new.type, coalesce(json_extract(counts, '$.t' || new.type), 0) + 1,
      '$.z' || new.zone, coalesce(json_extract(counts, '$.z' || new.zone), 0) + 1),
    cells = json_set(cells,
      '$.v' || new.service_id, coalesce(json_extract(cells, '$.v' || new.service_id), 0) + 1,
      '$.s' || new.status || 'e' || new.environment || 't' || new.type || 'z' || new.zone,
      coalesce(json_extract(cells, '$.s' || new.status || 'e' || new.environment || 't' || new.type || 'z' || new.zone), 0) + 1)
  WHERE id = new.cloud_id;
  INSERT INTO resource_name(rowid, name, facets) SELECT id, name, facets FROM resource_words WHERE id = new.id;
END;
-- The counters of what moves: resource_moved.
CREATE TRIGGER resource_found_elsewhere AFTER UPDATE OF status, environment, service_id, tags ON resource
WHEN old.status <> new.status OR old.environment <> new.environment OR old.service_id <> new.service_id OR old.tags <> new.tags BEGIN
  INSERT INTO tag(organization_id, key, value)
    SELECT (new.id >> 32) % 131072, pair.value ->> 'key', pair.value ->> 'value' FROM json_each(new.tags) AS pair WHERE old.tags <> new.tags
    ON CONFLICT DO NOTHING;
  UPDATE resource_name SET (name, facets) = (SELECT name, facets FROM resource_words WHERE id = new.id) WHERE rowid = new.id;
END;
