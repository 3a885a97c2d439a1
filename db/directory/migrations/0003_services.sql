-- Services are made, changed and closed here. The regions' copies follow by the feed: what each region has not taken yet, in the order of the commits.
ALTER TABLE service ADD COLUMN description TEXT;
ALTER TABLE service ADD COLUMN version INTEGER NOT NULL DEFAULT 1; -- grows with every change: what is signed, and what If-Match compares
ALTER TABLE service ADD COLUMN closing INTEGER; -- the operation that deletes it: nothing new comes into it; null: it is open
-- Names that differ in upper and lower case alone would be told apart by nobody.
CREATE UNIQUE INDEX service_cloud_name ON service(cloud_id, name COLLATE NOCASE);
CREATE INDEX service_closing ON service(closing) WHERE closing IS NOT NULL;

-- AUTOINCREMENT: a number is never given twice, so a region knows what it has taken.
CREATE TABLE feed(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  region INTEGER NOT NULL,
  body TEXT NOT NULL -- db/feed.ts
) STRICT;
CREATE INDEX feed_region ON feed(region, number);

-- Acts that commit here: the same columns as in a region, so that they are read and told by the same means.
CREATE TABLE operation(
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL,
  cloud_id INTEGER NOT NULL,
  service_id INTEGER NOT NULL,
  resource_id INTEGER NOT NULL, -- what it is done to: the Service
  resource_name TEXT NOT NULL,
  resource_type INTEGER NOT NULL, -- 0: a Service
  zone INTEGER NOT NULL,
  label TEXT NOT NULL,
  status INTEGER NOT NULL DEFAULT 0,
  message TEXT,
  parameters TEXT NOT NULL,
  change_reference TEXT,
  actor_kind TEXT NOT NULL,
  actor_id INTEGER NOT NULL,
  actor_name TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  completed INTEGER,
  deadline INTEGER NOT NULL,
  fence INTEGER NOT NULL DEFAULT 0,
  step INTEGER NOT NULL DEFAULT 0,
  plan_id INTEGER,
  position INTEGER
) STRICT;
CREATE INDEX operation_cloud ON operation(cloud_id, created) WHERE plan_id IS NULL;
CREATE INDEX operation_plan ON operation(plan_id, position) WHERE plan_id IS NOT NULL;
CREATE INDEX operation_resource ON operation(resource_id, created);

CREATE TABLE idempotency(
  principal TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  answer TEXT NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY(principal, method, path, key)
) STRICT, WITHOUT ROWID;
