-- Names of aliases, unique across the product. A name is reserved here before the region that will hold its alias commits, confirmed after, and let go
-- when the region has no such alias any more. `holder` says for whom: the resource, whose id names its region and organization; what the alias is, and
-- whether there is one, only the region knows.
CREATE TABLE alias_name(
  name TEXT PRIMARY KEY, -- the whole name, in lower case, without the final dot
  holder INTEGER NOT NULL,
  token TEXT NOT NULL, -- of the reservation as it stands: whoever lets a name go lets go what was seen, and nothing that came since
  until INTEGER, -- a reservation: the region commits by then, or never; null: confirmed
  extended INTEGER NOT NULL DEFAULT 0 -- how often its own holder has reserved it anew
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_name_until ON alias_name(until) WHERE until IS NOT NULL;
