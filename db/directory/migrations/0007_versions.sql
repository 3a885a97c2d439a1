-- Grows with every change that people make: what is signed names it, and what If-Match compares.
ALTER TABLE actor ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE organization ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE cloud ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
