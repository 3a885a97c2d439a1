-- Snapshots of instances. A snapshot has the id of the operation that makes it; the public one is <instance>-snap-<the id's sequence>.
CREATE TABLE snapshot(
  id INTEGER PRIMARY KEY,
  resource_id INTEGER NOT NULL, -- the instance
  label TEXT NOT NULL,
  description TEXT,
  author TEXT NOT NULL, -- the full name
  status INTEGER NOT NULL, -- 0 being made, 1 there, 2 being recovered, 3 being deleted
  created INTEGER NOT NULL,
  recovered INTEGER,
  expires INTEGER NOT NULL,
  due INTEGER NOT NULL, -- when its deletion is to be opened; later than `expires` once that was tried
  size_gb INTEGER, -- as the zone has observed it
  change_reference TEXT
) STRICT;
CREATE INDEX snapshot_resource ON snapshot(resource_id, created);
CREATE INDEX snapshot_due ON snapshot(due);
