-- DNS aliases of instances and load balancers. An alias has the id of the operation that makes it. That its name is nobody else's is held by the
-- directory (alias_name); here it is unique within the region.
CREATE TABLE alias(
  id INTEGER PRIMARY KEY,
  resource_id INTEGER NOT NULL,
  name TEXT NOT NULL, -- the whole name, in lower case, without the final dot
  domain TEXT NOT NULL,
  address TEXT NOT NULL, -- what it resolves to
  author TEXT NOT NULL, -- the full name
  status INTEGER NOT NULL, -- 0 being made, 1 there, 2 being deleted
  created INTEGER NOT NULL,
  change_reference TEXT
) STRICT;
CREATE UNIQUE INDEX alias_name ON alias(name);
CREATE INDEX alias_resource ON alias(resource_id, name);

-- Names that no alias has any more, until the directory has let them go.
CREATE TABLE alias_freed(name TEXT NOT NULL, resource_id INTEGER NOT NULL, PRIMARY KEY(name, resource_id)) STRICT, WITHOUT ROWID;

-- The resource shows its aliases where the API has them: an instance in its network, a load balancer by itself.
CREATE TRIGGER alias_shown AFTER UPDATE OF status ON alias WHEN old.status = 0 AND new.status > 0 BEGIN
  UPDATE resource SET attributes = json_set(attributes, CASE type WHEN 30 THEN '$.dns' ELSE '$.network.dns' END, json((
    SELECT json_group_array(json_object('alias', name, 'domain', domain) ORDER BY name) FROM alias WHERE resource_id = new.resource_id AND status > 0
  ))) WHERE id = new.resource_id;
END;
CREATE TRIGGER alias_there AFTER INSERT ON alias WHEN new.status > 0 BEGIN
  UPDATE resource SET attributes = json_set(attributes, CASE type WHEN 30 THEN '$.dns' ELSE '$.network.dns' END, json((
    SELECT json_group_array(json_object('alias', name, 'domain', domain) ORDER BY name) FROM alias WHERE resource_id = new.resource_id AND status > 0
  ))) WHERE id = new.resource_id;
END;
CREATE TRIGGER alias_gone AFTER DELETE ON alias WHEN old.status > 0 BEGIN
  UPDATE resource SET attributes = json_set(attributes, CASE type WHEN 30 THEN '$.dns' ELSE '$.network.dns' END, json((
    SELECT json_group_array(json_object('alias', name, 'domain', domain) ORDER BY name) FROM alias WHERE resource_id = old.resource_id AND status > 0
  ))) WHERE id = old.resource_id;
END;
