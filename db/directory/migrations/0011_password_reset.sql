-- The one-time link by which somebody who has forgotten a password chooses a new one. Only the token's hash is here; the mail has it until it is sent.
CREATE TABLE password_reset(
  token_hash TEXT PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES person(id),
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX password_reset_person ON password_reset(person_id);
