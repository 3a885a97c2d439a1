-- The one-time link by which a person who has lost every security key enrols a new one, with the password beside it. One at a time for each person.
CREATE TABLE enrolment(
  person_id INTEGER PRIMARY KEY REFERENCES person(id),
  token_hash TEXT NOT NULL UNIQUE, -- SHA-256, base64url; the token itself is nowhere
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT;
