-- Load balancers show their aliases where instances do, in their network.
DROP TRIGGER alias_shown;
DROP TRIGGER alias_there;
DROP TRIGGER alias_gone;
CREATE TRIGGER alias_shown AFTER UPDATE OF status ON alias WHEN old.status = 0 AND new.status > 0 BEGIN
  UPDATE resource SET attributes = json_set(attributes, '$.network.dns', json((
    SELECT json_group_array(json_object('alias', name, 'domain', domain) ORDER BY name) FROM alias WHERE resource_id = new.resource_id AND status > 0
  ))) WHERE id = new.resource_id;
END;
CREATE TRIGGER alias_there AFTER INSERT ON alias WHEN new.status > 0 BEGIN
  UPDATE resource SET attributes = json_set(attributes, '$.network.dns', json((
    SELECT json_group_array(json_object('alias', name, 'domain', domain) ORDER BY name) FROM alias WHERE resource_id = new.resource_id AND status > 0
  ))) WHERE id = new.resource_id;
END;
CREATE TRIGGER alias_gone AFTER DELETE ON alias WHEN old.status > 0 BEGIN
  UPDATE resource SET attributes = json_set(attributes, '$.network.dns', json((
    SELECT json_group_array(json_object('alias', name, 'domain', domain) ORDER BY name) FROM alias WHERE resource_id = old.resource_id AND status > 0
  ))) WHERE id = old.resource_id;
END;
