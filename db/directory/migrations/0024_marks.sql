-- What the whole database is: 'demo', a local start's, whose passwords are printed. No production serves from it.
CREATE TABLE mark(name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
