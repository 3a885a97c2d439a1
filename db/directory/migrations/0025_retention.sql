-- Since when what has ended is kept, and since when its names are gone (worker/contract/retention.ts). What ended before this was known ends now.
ALTER TABLE actor ADD COLUMN ended INTEGER;
ALTER TABLE actor ADD COLUMN erased INTEGER;
UPDATE actor SET ended = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE state = 'ended';
CREATE INDEX actor_kept ON actor(ended) WHERE ended IS NOT NULL AND erased IS NULL;

ALTER TABLE organization ADD COLUMN ended INTEGER;
ALTER TABLE organization ADD COLUMN erased INTEGER;
UPDATE organization SET ended = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE state = 'ended';
CREATE INDEX organization_kept ON organization(ended) WHERE ended IS NOT NULL AND erased IS NULL;

ALTER TABLE account_request ADD COLUMN erased INTEGER;
CREATE INDEX account_request_kept ON account_request(decided) WHERE decided IS NOT NULL AND erased IS NULL;

-- Exports of everything that an organization has, each opened by a signed act and downloaded within minutes.
CREATE TABLE organization_export(
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL REFERENCES organization(id),
  asked_by INTEGER NOT NULL REFERENCES actor(id), -- nobody else downloads it
  asked INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT;
