-- What is about to end is told once for each end: `told` is the end that was told of.
ALTER TABLE membership ADD COLUMN told INTEGER;
ALTER TABLE api_credential ADD COLUMN told INTEGER;
CREATE INDEX membership_untold ON membership(ends) WHERE ends IS NOT NULL AND told IS NOT ends;
CREATE INDEX api_credential_untold ON api_credential(ends) WHERE ends IS NOT NULL AND removed IS NULL AND told IS NOT ends;

-- Since when somebody has a duty, by whom and why. Null: it is from before that was kept.
ALTER TABLE duty ADD COLUMN begins INTEGER;
ALTER TABLE duty ADD COLUMN granted_by INTEGER;
ALTER TABLE duty ADD COLUMN reason TEXT;
