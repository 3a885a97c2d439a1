-- Hosts of URLs, unique across the product, held as names of aliases are (0002): the same columns say the same. They are two books, for a name can lead to
-- one thing in DNS while another is being made ready to serve it.
CREATE TABLE url_host_name(
  name TEXT PRIMARY KEY, -- the host, in lower case
  holder INTEGER NOT NULL, -- the load balancer
  token TEXT NOT NULL,
  until INTEGER,
  extended INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX url_host_name_until ON url_host_name(until) WHERE until IS NOT NULL;
