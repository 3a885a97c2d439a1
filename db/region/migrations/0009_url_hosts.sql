-- The hosts of the URLs of load balancers, in lower case and without a scheme: each is served by one balancer.
CREATE TABLE url_host(host TEXT PRIMARY KEY, balancer_id INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO url_host (host, balancer_id)
  SELECT replace(replace(lower(url.value ->> '$.name'), 'https://', ''), 'http://', ''), resource.id
  FROM resource, json_each(resource.attributes, '$.urls') AS url WHERE resource.type = 30 ORDER BY resource.id;
