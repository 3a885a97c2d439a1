-- A region: its resources and what is done to them. The same schema in every region. Times are ms since 1970; codes are those of worker/contract.

-- A copy of the directory's Clouds, with how many resources of which kind each holds, kept by the triggers below. `counts` answers a total with any
-- one filter: {"s1": 12, "e1": 7, "t3": 2, "z1": 5, …} for status, environment, type (family) and zone. `cells` answers one with any mix of them, and
-- with a Service: {"s1e1t3z1": 2, "v4294967301": 7, …}. `services` is how many Services it has.
CREATE TABLE cloud(
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  counts TEXT NOT NULL DEFAULT '{}',
  cells TEXT NOT NULL DEFAULT '{}',
  services INTEGER NOT NULL DEFAULT 0
) STRICT;

-- A copy of the directory's Services, so that a list needs no third step. A Cloud's copy comes before those of its Services.
CREATE TABLE service(
  id INTEGER PRIMARY KEY,
  cloud_id INTEGER NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
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
CREATE INDEX resource_cloud_status ON resource(cloud_id, status, name);
CREATE INDEX resource_cloud_environment ON resource(cloud_id, environment, name);
CREATE INDEX resource_cloud_type ON resource(cloud_id, type, name);
-- The codes of a category's families share their tens: worker/contract/resource-types.ts.
CREATE INDEX resource_cloud_category ON resource(cloud_id, type / 10, name);
CREATE INDEX resource_cloud_zone ON resource(cloud_id, zone, name);
CREATE INDEX resource_service ON resource(service_id, name);
CREATE INDEX resource_address ON resource(json_extract(attributes, '$.ipAddress'), cloud_id) WHERE json_extract(attributes, '$.ipAddress') IS NOT NULL;

CREATE TABLE tag(
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  counts TEXT NOT NULL DEFAULT '{}', -- how many resources of which Cloud have it: {"4294967297": 3, …}
  UNIQUE(organization_id, key, value)
) STRICT;

CREATE TABLE resource_tag(
  tag_id INTEGER NOT NULL,
  cloud_id INTEGER NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE, -- the resource's
  resource_id INTEGER NOT NULL,
  PRIMARY KEY(tag_id, cloud_id, name, resource_id)
) STRICT, WITHOUT ROWID;

-- Parts of names, three characters and more.
CREATE VIRTUAL TABLE resource_name USING fts5(name, content='', contentless_delete=1, tokenize='trigram', detail=none);

-- The key of the row before a page, so that a walk through all pages costs the same per page.
CREATE TABLE page_boundary(
  query TEXT NOT NULL, -- a hash of who asked for what
  page INTEGER NOT NULL,
  name TEXT NOT NULL, -- empty where the order is by id
  id INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY(query, page)
) STRICT, WITHOUT ROWID;
CREATE INDEX page_boundary_expires ON page_boundary(expires);

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

CREATE TRIGGER service_added AFTER INSERT ON service BEGIN
  UPDATE cloud SET services = services + 1 WHERE id = new.cloud_id;
END;
CREATE TRIGGER service_removed AFTER DELETE ON service BEGIN
  UPDATE cloud SET services = services - 1 WHERE id = old.cloud_id;
END;

CREATE TRIGGER resource_added AFTER INSERT ON resource BEGIN
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
  INSERT INTO resource_name(rowid, name) VALUES(new.id, new.name);
END;
CREATE TRIGGER resource_removed AFTER DELETE ON resource BEGIN
  UPDATE cloud SET
    counts = json_set(counts,
      '$.s' || old.status, json_extract(counts, '$.s' || old.status) - 1,
      '$.e' || old.environment, json_extract(counts, '$.e' || old.environment) - 1,
      '$.t' || old.type, json_extract(counts, '$.t' || old.type) - 1,
      '$.z' || old.zone, json_extract(counts, '$.z' || old.zone) - 1),
    cells = json_set(cells,
      '$.v' || old.service_id, json_extract(cells, '$.v' || old.service_id) - 1,
      '$.s' || old.status || 'e' || old.environment || 't' || old.type || 'z' || old.zone,
      json_extract(cells, '$.s' || old.status || 'e' || old.environment || 't' || old.type || 'z' || old.zone) - 1)
  WHERE id = old.cloud_id;
  DELETE FROM resource_name WHERE rowid = old.id;
END;
-- Only status, environment and Service move. What did not move is counted down and up again by the same.
CREATE TRIGGER resource_moved AFTER UPDATE OF status, environment, service_id ON resource
WHEN old.status <> new.status OR old.environment <> new.environment OR old.service_id <> new.service_id BEGIN
  UPDATE cloud SET
    counts = json_set(counts,
      '$.s' || old.status, json_extract(counts, '$.s' || old.status) - (old.status <> new.status),
      '$.s' || new.status, coalesce(json_extract(counts, '$.s' || new.status), 0) + (old.status <> new.status),
      '$.e' || old.environment, json_extract(counts, '$.e' || old.environment) - (old.environment <> new.environment),
      '$.e' || new.environment, coalesce(json_extract(counts, '$.e' || new.environment), 0) + (old.environment <> new.environment)),
    cells = json_set(cells,
      '$.v' || old.service_id, json_extract(cells, '$.v' || old.service_id) - (old.service_id <> new.service_id),
      '$.v' || new.service_id, coalesce(json_extract(cells, '$.v' || new.service_id), 0) + (old.service_id <> new.service_id),
      '$.s' || old.status || 'e' || old.environment || 't' || old.type || 'z' || old.zone,
      json_extract(cells, '$.s' || old.status || 'e' || old.environment || 't' || old.type || 'z' || old.zone)
        - (old.status <> new.status OR old.environment <> new.environment),
      '$.s' || new.status || 'e' || new.environment || 't' || new.type || 'z' || new.zone,
      coalesce(json_extract(cells, '$.s' || new.status || 'e' || new.environment || 't' || new.type || 'z' || new.zone), 0)
        + (old.status <> new.status OR old.environment <> new.environment))
  WHERE id = new.cloud_id;
END;
CREATE TRIGGER resource_kept BEFORE UPDATE OF cloud_id, type, zone, name ON resource
WHEN old.cloud_id <> new.cloud_id OR old.type <> new.type OR old.zone <> new.zone OR old.name <> new.name BEGIN
  SELECT RAISE(ABORT, 'a resource stays in its Cloud, type and zone, and keeps its name');
END;

CREATE TRIGGER resource_tag_added AFTER INSERT ON resource_tag BEGIN
  UPDATE tag SET counts = json_set(counts, '$.' || new.cloud_id, coalesce(json_extract(counts, '$.' || new.cloud_id), 0) + 1) WHERE id = new.tag_id;
END;
CREATE TRIGGER resource_tag_removed AFTER DELETE ON resource_tag BEGIN
  UPDATE tag SET counts = json_set(counts, '$.' || old.cloud_id, json_extract(counts, '$.' || old.cloud_id) - 1) WHERE id = old.tag_id;
END;
