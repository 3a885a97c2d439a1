-- What protects a resource: the sum of the codes of worker/contract/protection.ts. NULL until its zone has made it.
ALTER TABLE resource ADD COLUMN protection INTEGER;
UPDATE resource SET protection = 0 WHERE open_label IS NULL OR open_label NOT LIKE 'create-%';
UPDATE resource SET attributes = json_set(attributes, '$.monitoringEnabled', json('false'), '$.alertingEnabled', json('false'), '$.onCallSupervision', json('false'),
  '$.backupPolicyId', NULL, '$.noBackupReason', NULL, '$.noMonitoringReason', NULL, '$.noReplicationReason', NULL, '$.patchParty', NULL) WHERE type < 10;
CREATE INDEX resource_cloud_protection ON resource(cloud_id, protection, name) WHERE protection IS NOT NULL;

-- Counted as {"p0": 12, "p9": 3} in the Cloud's `counts`: how many resources have just this sum.
UPDATE cloud SET counts = json_set(counts, '$.p0', (SELECT count(*) FROM resource INDEXED BY resource_cloud_protection WHERE cloud_id = cloud.id AND protection = 0));
CREATE TRIGGER resource_protection_added AFTER INSERT ON resource WHEN new.protection IS NOT NULL BEGIN
  UPDATE cloud SET counts = json_set(counts, '$.p' || new.protection, coalesce(json_extract(counts, '$.p' || new.protection), 0) + 1) WHERE id = new.cloud_id;
END;
CREATE TRIGGER resource_protection_removed AFTER DELETE ON resource WHEN old.protection IS NOT NULL BEGIN
  UPDATE cloud SET counts = json_set(counts, '$.p' || old.protection, json_extract(counts, '$.p' || old.protection) - 1) WHERE id = old.cloud_id;
END;
CREATE TRIGGER resource_protection_lost AFTER UPDATE OF protection ON resource WHEN old.protection IS NOT NULL AND old.protection IS NOT new.protection BEGIN
  UPDATE cloud SET counts = json_set(counts, '$.p' || old.protection, json_extract(counts, '$.p' || old.protection) - 1) WHERE id = old.cloud_id;
END;
CREATE TRIGGER resource_protection_gained AFTER UPDATE OF protection ON resource WHEN new.protection IS NOT NULL AND old.protection IS NOT new.protection BEGIN
  UPDATE cloud SET counts = json_set(counts, '$.p' || new.protection, coalesce(json_extract(counts, '$.p' || new.protection), 0) + 1) WHERE id = new.cloud_id;
END;
