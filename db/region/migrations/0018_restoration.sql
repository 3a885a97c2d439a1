-- Organizations whose facts in this region are those of an earlier moment, until somebody has decided about what their log and the zones know more. Until then
-- nothing is asked of the region for them and nothing runs in it: the triggers that refuse it come with the first restore (db/region/write/restoration.ts), so
-- that no act pays for them before. Empty but after a restore.
CREATE TABLE restoration(
  organization_id INTEGER PRIMARY KEY,
  point INTEGER NOT NULL, -- the moment whose facts these are
  restored INTEGER NOT NULL,
  outbox INTEGER NOT NULL -- the last number that the outbox had given then: what the log has with a later one, these facts do not know
) STRICT;
