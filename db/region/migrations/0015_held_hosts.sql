-- Hosts are unique across the product: the directory holds them (url_host_name), as it holds the names of aliases.
ALTER TABLE url_host ADD COLUMN held INTEGER NOT NULL DEFAULT 0; -- 1: reserved there before it was taken here; 0: from before, still to be told
CREATE INDEX url_host_unheld ON url_host(host) WHERE held = 0;

-- Hosts that no URL has any more, until the directory has let them go.
CREATE TABLE url_host_freed(host TEXT NOT NULL, balancer_id INTEGER NOT NULL, PRIMARY KEY(host, balancer_id)) STRICT, WITHOUT ROWID;
CREATE TRIGGER url_host_gone AFTER DELETE ON url_host BEGIN
  INSERT OR IGNORE INTO url_host_freed (host, balancer_id) VALUES (old.host, old.balancer_id);
END;
