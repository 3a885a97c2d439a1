-- A row of the feed that its region answers to and cannot take: how often that was tried, what the region said, and since when the others pass it.
-- Every row tells all of a Service, so the next change of the same Service makes up for it.
ALTER TABLE feed ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN problem TEXT;
ALTER TABLE feed ADD COLUMN aside INTEGER;
CREATE INDEX feed_aside ON feed(region) WHERE aside IS NOT NULL;
DROP INDEX feed_region;
CREATE INDEX feed_region ON feed(region, number) WHERE aside IS NULL;
