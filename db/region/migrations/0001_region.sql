-- A region: its resources and what is done to them. The same schema in every region. Times are ms since 1970; codes are those of worker/contract.

-- A copy of the directory's Clouds, with how many resources of which kind each holds: {"s1": 12, "e1": 7, "t3": 2, "z1": 5, …} for status, environment,
-- type (family) and zone. Kept by the triggers below; one row answers a total with any one filter.
CREATE TABLE cloud(
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  counts TEXT NOT NULL DEFAULT '{}'
) STRICT;

-- A copy of the directory's Services, so that a list needs no third step.
CREATE TABLE service(
  id INTEGER PRIMARY KEY,
  cloud_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  environment INTEGER NOT NULL
) STRICT;
CREATE INDEX service_cloud_name ON service(cloud_id, name);

CREATE TABLE network(
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL,
  zone INTEGER NOT NULL,
  name TEXT NOT NULL, -- the VLAN's, as EB_1125_DMZ8
  cidr TEXT NOT NULL,
  scope TEXT NOT NULL
) STRICT;
CREATE INDEX network_organization ON network(organization_id, zone);

-- The next free sequence number of an organization's ids in this region.
CREATE TABLE sequence(organization_id INTEGER PRIMARY KEY, next INTEGER NOT NULL) STRICT;

CREATE TABLE resource(
  id INTEGER PRIMARY KEY,
  cloud_id INTEGER NOT NULL,
  service_id INTEGER NOT NULL,
  type INTEGER NOT NULL, -- the family's code
  status INTEGER NOT NULL,
  environment INTEGER NOT NULL,
  zone INTEGER NOT NULL, -- 0: none
  name TEXT NOT NULL COLLATE NOCASE,
  revision INTEGER NOT NULL DEFAULT 1, -- what people and programs changed
  observation INTEGER NOT NULL DEFAULT 0, -- what the engine changed; voids no signature
  open_operation INTEGER, -- the operation that runs on it
  open_label TEXT, -- and that operation's label
  created INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  updated INTEGER NOT NULL,
  tags TEXT NOT NULL DEFAULT '[]', -- JSON as the API gives it
  attributes TEXT NOT NULL DEFAULT '{}' -- JSON as the API gives it
) STRICT;
CREATE UNIQUE INDEX resource_cloud_name ON resource(cloud_id, name);
CREATE INDEX resource_cloud_status_environment ON resource(cloud_id, status, environment, name);
CREATE INDEX resource_cloud_type ON resource(cloud_id, type, name);
CREATE INDEX resource_cloud_zone ON resource(cloud_id, zone, name);
CREATE INDEX resource_service ON resource(service_id, name);

CREATE TABLE tag(
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  UNIQUE(organization_id, key, value)
) STRICT;

CREATE TABLE resource_tag(
  tag_id INTEGER NOT NULL,
  cloud_id INTEGER NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE, -- the resource's
  resource_id INTEGER NOT NULL,
  PRIMARY KEY(tag_id, cloud_id, name, resource_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tag_count(tag_id INTEGER NOT NULL, cloud_id INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(tag_id, cloud_id)) STRICT, WITHOUT ROWID;

-- Every mix of status, environment, type and zone, counted.
CREATE TABLE cube(
  cloud_id INTEGER NOT NULL, status INTEGER NOT NULL, environment INTEGER NOT NULL, type INTEGER NOT NULL, zone INTEGER NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY(cloud_id, status, environment, type, zone)
) STRICT, WITHOUT ROWID;

-- Parts of names, three characters and more.
CREATE VIRTUAL TABLE resource_name USING fts5(name, content='', contentless_delete=1, tokenize='trigram', detail=none);

-- The key of the row before a page, so that a walk through all pages costs the same per page.
CREATE TABLE page_boundary(
  query TEXT NOT NULL, -- a hash of who asked for what
  page INTEGER NOT NULL,
  name TEXT NOT NULL,
  id INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY(query, page)
) STRICT, WITHOUT ROWID;

CREATE TABLE operation(
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL,
  cloud_id INTEGER NOT NULL,
  service_id INTEGER NOT NULL,
  resource_id INTEGER NOT NULL,
  resource_name TEXT NOT NULL,
  resource_type INTEGER NOT NULL,
  zone INTEGER NOT NULL, -- 0: the region's own controller runs it
  label TEXT NOT NULL,
  status INTEGER NOT NULL DEFAULT 0, -- 0 waiting, 1 running, 2 SUCCESS, 3 ERROR
  message TEXT,
  parameters TEXT NOT NULL, -- JSON: what the zone needs to know
  change_reference TEXT,
  actor_kind TEXT NOT NULL,
  actor_id INTEGER NOT NULL,
  actor_name TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  completed INTEGER,
  deadline INTEGER NOT NULL,
  fence INTEGER NOT NULL DEFAULT 0, -- grows with every claim; the engine refuses a lower one
  step INTEGER NOT NULL DEFAULT 0 -- how many steps are known to be done
) STRICT;
CREATE INDEX operation_open ON operation(zone, created) WHERE status < 2;
CREATE INDEX operation_cloud ON operation(cloud_id, created);
CREATE INDEX operation_resource ON operation(resource_id, created);

-- Challenges whose act commits here: the signatures over operations of this region.
CREATE TABLE challenge(
  hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  actor_id INTEGER NOT NULL,
  session TEXT NOT NULL,
  nonce TEXT NOT NULL,
  revision INTEGER,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Idempotency-Key: the answer that was given, for a day.
CREATE TABLE idempotency(
  principal TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, key TEXT NOT NULL,
  fingerprint TEXT NOT NULL, -- hash of the body
  status INTEGER NOT NULL,
  answer TEXT NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY(principal, method, path, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  organization_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE must(hit INTEGER NOT NULL, what TEXT NOT NULL) STRICT;
CREATE TRIGGER must_hit_one BEFORE INSERT ON must BEGIN
  SELECT CASE WHEN new.hit IS NOT 1 THEN RAISE(ABORT, 'must') ELSE RAISE(IGNORE) END;
END;

CREATE TRIGGER resource_added AFTER INSERT ON resource BEGIN
  UPDATE cloud SET counts = json_set(counts,
    '$.s' || new.status, coalesce(json_extract(counts, '$.s' || new.status), 0) + 1,
    '$.e' || new.environment, coalesce(json_extract(counts, '$.e' || new.environment), 0) + 1,
    '$.t' || new.type, coalesce(json_extract(counts, '$.t' || new.type), 0) + 1,
    '$.z' || new.zone, coalesce(json_extract(counts, '$.z' || new.zone), 0) + 1) WHERE id = new.cloud_id;
  INSERT INTO cube VALUES(new.cloud_id, new.status, new.environment, new.type, new.zone, 1) ON CONFLICT DO UPDATE SET n = n + 1;
  INSERT INTO resource_name(rowid, name) VALUES(new.id, new.name);
END;
CREATE TRIGGER resource_removed AFTER DELETE ON resource BEGIN
  UPDATE cloud SET counts = json_set(counts,
    '$.s' || old.status, json_extract(counts, '$.s' || old.status) - 1,
    '$.e' || old.environment, json_extract(counts, '$.e' || old.environment) - 1,
    '$.t' || old.type, json_extract(counts, '$.t' || old.type) - 1,
    '$.z' || old.zone, json_extract(counts, '$.z' || old.zone) - 1) WHERE id = old.cloud_id;
  UPDATE cube SET n = n - 1 WHERE cloud_id = old.cloud_id AND status = old.status AND environment = old.environment AND type = old.type AND zone = old.zone;
  DELETE FROM resource_name WHERE rowid = old.id;
END;
-- A resource stays in its Cloud, its type and its zone: only status and environment move.
CREATE TRIGGER resource_moved AFTER UPDATE OF status, environment ON resource WHEN old.status <> new.status OR old.environment <> new.environment BEGIN
  UPDATE cloud SET counts = json_set(counts, '$.s' || old.status, json_extract(counts, '$.s' || old.status) - 1, '$.e' || old.environment, json_extract(counts, '$.e' || old.environment) - 1) WHERE id = old.cloud_id;
  UPDATE cloud SET counts = json_set(counts, '$.s' || new.status, coalesce(json_extract(counts, '$.s' || new.status), 0) + 1, '$.e' || new.environment, coalesce(json_extract(counts, '$.e' || new.environment), 0) + 1) WHERE id = new.cloud_id;
  UPDATE cube SET n = n - 1 WHERE cloud_id = old.cloud_id AND status = old.status AND environment = old.environment AND type = old.type AND zone = old.zone;
  INSERT INTO cube VALUES(new.cloud_id, new.status, new.environment, new.type, new.zone, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER resource_kept BEFORE UPDATE OF cloud_id, type, zone ON resource WHEN old.cloud_id <> new.cloud_id OR old.type <> new.type OR old.zone <> new.zone BEGIN
  SELECT RAISE(ABORT, 'a resource stays in its Cloud, type and zone');
END;

CREATE TRIGGER resource_tag_added AFTER INSERT ON resource_tag BEGIN
  INSERT INTO tag_count VALUES(new.tag_id, new.cloud_id, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER resource_tag_removed AFTER DELETE ON resource_tag BEGIN
  UPDATE tag_count SET n = n - 1 WHERE tag_id = old.tag_id AND cloud_id = old.cloud_id;
END;
