-- What a Cloud has of what its quotas bound, and those of its quotas that were set for this region: a copy of the directory's. Both are JSON by the names
-- of worker/contract/quotas.ts: {"instances": 12, "cpus": 40, …}.
ALTER TABLE cloud ADD COLUMN used TEXT NOT NULL DEFAULT '{}';
ALTER TABLE cloud ADD COLUMN quotas TEXT NOT NULL DEFAULT '{}';
-- What the operation that runs on an instance, or the plan, may come to take: {"cpu": 8, "ram": 32, "snapshots": 2}. It counts until that has ended.
ALTER TABLE resource ADD COLUMN claim TEXT;

UPDATE cloud SET used = (
  SELECT json_object('instances', count(*), 'cpus', coalesce(sum(attributes ->> '$.cpu'), 0), 'ram', coalesce(sum(attributes ->> '$.ram'), 0),
    'storage', coalesce(sum(attributes ->> '$.storage'), 0),
    'snapshots', (SELECT count(*) FROM snapshot CROSS JOIN resource AS owner ON owner.id = snapshot.resource_id WHERE owner.cloud_id = cloud.id),
    'loadBalancers', (SELECT count(*) FROM resource AS balancer INDEXED BY resource_cloud_type WHERE balancer.cloud_id = cloud.id AND balancer.type = 30),
    'dnsAliases', (SELECT count(*) FROM alias CROSS JOIN resource AS owner ON owner.id = alias.resource_id WHERE owner.cloud_id = cloud.id))
  FROM resource INDEXED BY resource_cloud_category WHERE resource.cloud_id = cloud.id AND resource.type / 10 = 0);

-- A creation writes no row more for it: the Cloud's row is written anyway.
DROP TRIGGER resource_added;
CREATE TRIGGER resource_added AFTER INSERT ON resource BEGIN
  INSERT INTO tag(organization_id, key, value)
    SELECT (new.id >> 32) % 131072, pair.value ->> 'key', pair.value ->> 'value' FROM json_each(new.tags) AS pair WHERE true ON CONFLICT DO NOTHING;
  UPDATE cloud SET
    counts = json_set(counts,
      '$.s' || new.status, coalesce(json_extract(counts, '$.s' || new.status), 0) + 1,
      '$.e' || new.environment, coalesce(json_extract(counts, '$.e' || new.environment), 0) + 1,
      '$.t' || new.type, coalesce(json_extract(counts, '$.t' || new.type), 0) + 1,
      '$.z' || new.zone, coalesce(json_extract(counts, '$.z' || new.zone), 0) + 1,
      '$.k' || coalesce(new.key_set, 0), coalesce(json_extract(counts, '$.k' || coalesce(new.key_set, 0)), 0) + 1),
    cells = json_set(cells,
      '$.v' || new.service_id, coalesce(json_extract(cells, '$.v' || new.service_id), 0) + 1,
      '$.s' || new.status || 'e' || new.environment || 't' || new.type || 'z' || new.zone,
      coalesce(json_extract(cells, '$.s' || new.status || 'e' || new.environment || 't' || new.type || 'z' || new.zone), 0) + 1),
    used = CASE
      WHEN new.type / 10 = 0 THEN json_set(used,
        '$.instances', coalesce(used ->> '$.instances', 0) + 1,
        '$.cpus', coalesce(used ->> '$.cpus', 0) + coalesce(new.attributes ->> '$.cpu', 0),
        '$.ram', coalesce(used ->> '$.ram', 0) + coalesce(new.attributes ->> '$.ram', 0),
        '$.storage', coalesce(used ->> '$.storage', 0) + coalesce(new.attributes ->> '$.storage', 0))
      WHEN new.type = 30 THEN json_set(used, '$.loadBalancers', coalesce(used ->> '$.loadBalancers', 0) + 1)
      ELSE used END
  WHERE id = new.cloud_id;
  INSERT INTO resource_name(rowid, name, facets) SELECT id, name, facets FROM resource_words WHERE id = new.id;
  -- What says nothing of its keys is counted under 0 for the moment.
  INSERT INTO key_set(organization_id, keys) SELECT organization_id, keys FROM resource_keys WHERE id = new.id AND new.key_set IS NULL ON CONFLICT DO NOTHING;
  UPDATE resource SET key_set = (SELECT key_set.id FROM resource_keys AS own CROSS JOIN key_set ON key_set.organization_id = own.organization_id AND key_set.keys = own.keys
    WHERE own.id = new.id) WHERE id = new.id AND new.key_set IS NULL;
END;
DROP TRIGGER resource_removed;
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
      json_extract(cells, '$.s' || old.status || 'e' || old.environment || 't' || old.type || 'z' || old.zone) - 1),
    -- Its snapshots have gone before it; its aliases go after it.
    used = CASE
      WHEN old.type / 10 = 0 THEN json_set(used,
        '$.instances', (used ->> '$.instances') - 1,
        '$.cpus', (used ->> '$.cpus') - max(coalesce(old.attributes ->> '$.cpu', 0), coalesce(old.claim ->> '$.cpu', 0)),
        '$.ram', (used ->> '$.ram') - max(coalesce(old.attributes ->> '$.ram', 0), coalesce(old.claim ->> '$.ram', 0)),
        '$.storage', (used ->> '$.storage') - coalesce(old.attributes ->> '$.storage', 0),
        '$.snapshots', coalesce(used ->> '$.snapshots', 0) - coalesce(old.claim ->> '$.snapshots', 0),
        '$.dnsAliases', coalesce(used ->> '$.dnsAliases', 0) - (SELECT count(*) FROM alias INDEXED BY alias_resource WHERE resource_id = old.id))
      WHEN old.type = 30 THEN json_set(used,
        '$.loadBalancers', (used ->> '$.loadBalancers') - 1,
        '$.dnsAliases', coalesce(used ->> '$.dnsAliases', 0) - (SELECT count(*) FROM alias INDEXED BY alias_resource WHERE resource_id = old.id))
      ELSE used END
  WHERE id = old.cloud_id;
  DELETE FROM resource_name WHERE rowid = old.id;
END;

CREATE TRIGGER resource_takes_otherwise AFTER UPDATE OF attributes, claim ON resource WHEN new.type / 10 = 0 AND (
  max(coalesce(old.attributes ->> '$.cpu', 0), coalesce(old.claim ->> '$.cpu', 0)) <> max(coalesce(new.attributes ->> '$.cpu', 0), coalesce(new.claim ->> '$.cpu', 0))
  OR max(coalesce(old.attributes ->> '$.ram', 0), coalesce(old.claim ->> '$.ram', 0)) <> max(coalesce(new.attributes ->> '$.ram', 0), coalesce(new.claim ->> '$.ram', 0))
  OR coalesce(old.attributes ->> '$.storage', 0) <> coalesce(new.attributes ->> '$.storage', 0)
  OR coalesce(old.claim ->> '$.snapshots', 0) <> coalesce(new.claim ->> '$.snapshots', 0)) BEGIN
  UPDATE cloud SET used = json_set(used,
    '$.cpus', (used ->> '$.cpus') - max(coalesce(old.attributes ->> '$.cpu', 0), coalesce(old.claim ->> '$.cpu', 0))
      + max(coalesce(new.attributes ->> '$.cpu', 0), coalesce(new.claim ->> '$.cpu', 0)),
    '$.ram', (used ->> '$.ram') - max(coalesce(old.attributes ->> '$.ram', 0), coalesce(old.claim ->> '$.ram', 0))
      + max(coalesce(new.attributes ->> '$.ram', 0), coalesce(new.claim ->> '$.ram', 0)),
    '$.storage', (used ->> '$.storage') - coalesce(old.attributes ->> '$.storage', 0) + coalesce(new.attributes ->> '$.storage', 0),
    '$.snapshots', coalesce(used ->> '$.snapshots', 0) - coalesce(old.claim ->> '$.snapshots', 0) + coalesce(new.claim ->> '$.snapshots', 0))
  WHERE id = new.cloud_id;
END;
CREATE TRIGGER resource_claim_over AFTER UPDATE OF open_operation ON resource WHEN new.open_operation IS NULL AND new.claim IS NOT NULL BEGIN
  UPDATE resource SET claim = NULL WHERE id = new.id;
END;

-- A snapshot that a plan has claimed is one less to come.
CREATE TRIGGER snapshot_counted AFTER INSERT ON snapshot BEGIN
  UPDATE cloud SET used = json_set(used, '$.snapshots', coalesce(used ->> '$.snapshots', 0) + 1) WHERE id = (SELECT cloud_id FROM resource WHERE id = new.resource_id);
  UPDATE resource SET claim = json_set(claim, '$.snapshots', (claim ->> '$.snapshots') - 1) WHERE id = new.resource_id AND claim ->> '$.snapshots' > 0;
END;
CREATE TRIGGER snapshot_uncounted AFTER DELETE ON snapshot BEGIN
  UPDATE cloud SET used = json_set(used, '$.snapshots', (used ->> '$.snapshots') - 1) WHERE id = (SELECT cloud_id FROM resource WHERE id = old.resource_id);
END;
CREATE TRIGGER alias_counted AFTER INSERT ON alias BEGIN
  UPDATE cloud SET used = json_set(used, '$.dnsAliases', coalesce(used ->> '$.dnsAliases', 0) + 1) WHERE id = (SELECT cloud_id FROM resource WHERE id = new.resource_id);
END;
CREATE TRIGGER alias_uncounted AFTER DELETE ON alias BEGIN
  UPDATE cloud SET used = json_set(used, '$.dnsAliases', (used ->> '$.dnsAliases') - 1) WHERE id = (SELECT cloud_id FROM resource WHERE id = old.resource_id);
END;
