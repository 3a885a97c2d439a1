/** The log's tables, as steps: a log that was begun under an earlier one takes those that it lacks, when it next wakes. */

/** A span gets its one row when it is complete. */
export const SPAN = 256;

const begun = `
CREATE TABLE IF NOT EXISTS entry(
  sequence INTEGER PRIMARY KEY,
  audience INTEGER NOT NULL, -- chain.ts: audienceOf
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  label TEXT, -- the act's, or the name of what happened to somebody's identity
  actor_id INTEGER, -- of what has ended: who asked for it
  target_id INTEGER, -- what was created, or else what it was done to
  source_database TEXT NOT NULL,
  source_number INTEGER NOT NULL,
  hash TEXT NOT NULL,
  text TEXT NOT NULL -- the whole entry, RFC 8785
) STRICT;
CREATE TABLE IF NOT EXISTS span(
  number INTEGER PRIMARY KEY, -- sequences 256·number + 1 to 256·number + 256
  oldest INTEGER NOT NULL,
  newest INTEGER NOT NULL,
  counts TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS delivered(database TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refusal(key TEXT PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL, event TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS name(id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unreadable(database TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
`;

/** What the explorer filters by, each with an index: its rows are in the chain's order, so the newest at or before any place is one row away. */
const explored = `
ALTER TABLE span DROP COLUMN counts;
ALTER TABLE entry ADD COLUMN outcome TEXT NOT NULL DEFAULT ''; -- facets.ts
ALTER TABLE entry ADD COLUMN proof TEXT;
ALTER TABLE entry ADD COLUMN within_id INTEGER; -- of a creation: in what
ALTER TABLE entry ADD COLUMN operation_id INTEGER;
ALTER TABLE entry ADD COLUMN credential TEXT; -- of what happened to a security key; facets.ts: credentialOf
UPDATE entry SET
  label = COALESCE(label, json_extract(text, '$.event.name')),
  outcome = CASE kind WHEN 'act-accepted' THEN 'accepted' WHEN 'act-refused' THEN 'refused' WHEN 'act-ended' THEN lower(json_extract(text, '$.event.status'))
    WHEN 'member-observed' THEN 'observed' ELSE kind END,
  proof = json_extract(text, '$.event.proof'),
  within_id = CASE WHEN json_extract(text, '$.event.created') IS NULL THEN NULL ELSE CAST(json_extract(text, '$.event.target.id') AS INTEGER) END,
  operation_id = CAST(json_extract(text, '$.event.operationId') AS INTEGER),
  credential = CASE json_extract(text, '$.event.name') WHEN 'key-vouched' THEN 'vouched ' ELSE '' END
    || COALESCE(json_extract(text, '$.event.facts.credentialId'), CASE WHEN json_extract(text, '$.event.name') LIKE 'account-key-%' THEN json_extract(text, '$.event.facts.publicKey') END),
  audience = CASE WHEN audience = 0 THEN COALESCE(actor_id, 0) ELSE audience END;
CREATE INDEX entry_audience ON entry(audience);
CREATE INDEX entry_outcome ON entry(outcome);
CREATE INDEX entry_label ON entry(label) WHERE label IS NOT NULL;
CREATE INDEX entry_actor ON entry(actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX entry_target ON entry(target_id) WHERE target_id IS NOT NULL;
CREATE INDEX entry_within ON entry(within_id) WHERE within_id IS NOT NULL;
CREATE INDEX entry_proof ON entry(proof) WHERE proof IS NOT NULL;
CREATE INDEX entry_operation ON entry(operation_id) WHERE operation_id IS NOT NULL;
CREATE INDEX entry_credential ON entry(credential) WHERE credential IS NOT NULL;
UPDATE entry SET actor_id = (SELECT a.actor_id FROM entry a INDEXED BY entry_operation WHERE a.operation_id = entry.operation_id AND a.kind = 'act-accepted')
  WHERE kind = 'act-ended';
CREATE TABLE used(
  actor_id INTEGER NOT NULL,
  cloud_id INTEGER NOT NULL, -- 0: what concerns no Cloud, signing in among it
  label TEXT NOT NULL,
  at INTEGER NOT NULL, -- the last time
  times INTEGER NOT NULL,
  PRIMARY KEY(actor_id, cloud_id, label)
) STRICT, WITHOUT ROWID;
INSERT INTO used SELECT actor_id, COALESCE(json_extract(text, '$.event.cloudId'), 0), label, max(at), count(*) FROM entry
  WHERE kind = 'act-accepted' OR (kind = 'identity' AND label IN ('activated', 'signed-in', 'stepped-up', 'token-issued')) GROUP BY 1, 2, 3;
`;

const steps: readonly string[] = [begun, explored];

export function prepareSchema(storage: DurableObjectStorage): void {
  const done = storage.kv.get<number>("schema") ?? 0;
  if (done === steps.length) return;
  storage.transactionSync(() => {
    for (const step of steps.slice(done)) storage.sql.exec(step);
    storage.kv.put("schema", steps.length);
  });
}
