-- The directory: organizations, Clouds, Services, people, API accounts, keys and sessions. Never a resource. Times are ms since 1970.

CREATE TABLE organization(
  id INTEGER PRIMARY KEY, -- the organization part of every id that belongs to it
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK(kind IN ('customer', 'group')),
  state TEXT NOT NULL DEFAULT 'active' CHECK(state IN ('active', 'suspended', 'ended')),
  created INTEGER NOT NULL
) STRICT;

-- The next free sequence number of an organization's ids in the directory.
CREATE TABLE sequence(organization_id INTEGER PRIMARY KEY, next INTEGER NOT NULL) STRICT;

CREATE TABLE cloud(
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL REFERENCES organization(id),
  name TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'active' CHECK(state IN ('active', 'suspended', 'ended')),
  created INTEGER NOT NULL,
  UNIQUE(organization_id, name)
) STRICT;

CREATE TABLE service(
  id INTEGER PRIMARY KEY,
  cloud_id INTEGER NOT NULL REFERENCES cloud(id),
  name TEXT NOT NULL,
  environment INTEGER NOT NULL, -- contract/resource-types.ts: what a resource created in it gets unless said otherwise
  created INTEGER NOT NULL,
  UNIQUE(cloud_id, name)
) STRICT;

-- Whoever can act: a person or an API account. The last three columns are kept by the triggers below, so that one row answers who may what.
CREATE TABLE actor(
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL REFERENCES organization(id),
  kind TEXT NOT NULL CHECK(kind IN ('person', 'api-account')),
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('invited', 'active', 'suspended', 'ended')),
  created INTEGER NOT NULL,
  grants TEXT NOT NULL DEFAULT '[]',
  duties TEXT NOT NULL DEFAULT '[]',
  security_keys INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE person(
  id INTEGER PRIMARY KEY REFERENCES actor(id),
  email TEXT NOT NULL UNIQUE, -- lower case, NFC
  password TEXT, -- algorithm, parameters, salt and hash in one string; null until activation
  locale TEXT NOT NULL DEFAULT 'en' CHECK(locale IN ('en', 'fr'))
) STRICT;

CREATE TABLE api_account(
  id INTEGER PRIMARY KEY REFERENCES actor(id),
  client_id TEXT NOT NULL UNIQUE,
  secret_hash TEXT, -- SHA-256 of a generated 256-bit secret, base64url; null: none
  jwks TEXT -- the public keys of private_key_jwt, as a JWK set; null: none
) STRICT;

-- A profile on a Cloud. A membership that is not 'confirmed', not yet begun or ended gives nothing.
CREATE TABLE membership(
  actor_id INTEGER NOT NULL REFERENCES actor(id),
  cloud_id INTEGER NOT NULL REFERENCES cloud(id),
  profile TEXT NOT NULL CHECK(profile IN ('STD', 'DTM', 'OPE', 'POW')),
  state TEXT NOT NULL CHECK(state IN ('pending', 'confirmed', 'suspended')),
  begins INTEGER NOT NULL,
  ends INTEGER,
  granted_by INTEGER,
  reason TEXT,
  PRIMARY KEY(actor_id, cloud_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_cloud ON membership(cloud_id);

CREATE TABLE duty(
  actor_id INTEGER NOT NULL REFERENCES actor(id),
  duty TEXT NOT NULL CHECK(duty IN ('security-representative', 'service-delivery')),
  PRIMARY KEY(actor_id, duty)
) STRICT, WITHOUT ROWID;

CREATE TABLE security_key(
  id INTEGER PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES person(id),
  name TEXT NOT NULL,
  credential_id TEXT NOT NULL UNIQUE, -- base64url; unique over everybody (WebAuthn section 7.1)
  public_key BLOB NOT NULL, -- COSE
  algorithm INTEGER NOT NULL,
  sign_count INTEGER NOT NULL,
  transports TEXT NOT NULL, -- JSON list
  backup_eligible INTEGER NOT NULL,
  backed_up INTEGER NOT NULL,
  uv_initialized INTEGER NOT NULL,
  aaguid TEXT NOT NULL,
  attestation TEXT NOT NULL, -- the statement's format
  created INTEGER NOT NULL,
  last_used INTEGER,
  last_challenge TEXT, -- what it signed last: tells the same answer sent twice from a copy of the key
  locked INTEGER -- since when; a locked key counts for nothing
) STRICT;
CREATE INDEX security_key_person ON security_key(person_id);

CREATE TABLE session(
  token_hash TEXT PRIMARY KEY, -- SHA-256, base64url; the token itself is nowhere
  id TEXT NOT NULL, -- public: what operations and the sessions page name; it stays when the token changes
  person_id INTEGER NOT NULL REFERENCES person(id),
  created INTEGER NOT NULL, -- of the sign-in
  last_seen INTEGER NOT NULL,
  expires INTEGER NOT NULL, -- 12 h after the sign-in, whatever happens
  mfa_at INTEGER,
  superseded INTEGER, -- since when a step-up has replaced this token; it reads for 30 s more
  agent TEXT NOT NULL,
  network TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_person ON session(person_id);
CREATE INDEX session_id ON session(id);

-- Failures since the last success, by account and by network prefix; counted before a password is hashed.
CREATE TABLE sign_in_attempt(
  subject TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  last INTEGER NOT NULL,
  blocked_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE activation(
  token_hash TEXT PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES person(id),
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Challenges whose act commits here: enrolment and step-up.
CREATE TABLE challenge(
  hash TEXT PRIMARY KEY, -- base64url: what the key signs
  purpose TEXT NOT NULL,
  actor_id INTEGER NOT NULL,
  session TEXT NOT NULL, -- the session's public id, or the hash of the activation token
  nonce TEXT NOT NULL,
  revision INTEGER,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Refresh tokens of one authorization are a family: reuse of a spent one revokes all.
CREATE TABLE token_family(
  id TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES api_account(id),
  authenticated_by TEXT NOT NULL CHECK(authenticated_by IN ('secret', 'key')),
  scope TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL, -- absolute: no refresh moves it
  revoked INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX token_family_expires ON token_family(expires);

CREATE TABLE refresh_token(
  token_hash TEXT PRIMARY KEY,
  family_id TEXT NOT NULL REFERENCES token_family(id),
  expires INTEGER NOT NULL,
  spent INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_token_family ON refresh_token(family_id);

-- A client assertion (RFC 7523) is good once.
CREATE TABLE spent_assertion(
  account_id INTEGER NOT NULL,
  jti TEXT NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY(account_id, jti)
) STRICT, WITHOUT ROWID;
CREATE INDEX spent_assertion_expires ON spent_assertion(expires);

-- What the organizations' logs have not taken yet. AUTOINCREMENT: a number is never given twice, so a delivery can be recognized.
CREATE TABLE outbox(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  organization_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL -- worker/contract/log-entry.ts
) STRICT;

-- The commit's guard: INSERT INTO must SELECT changes(), 'what'. It aborts the batch unless the statement before hit one row, and writes nothing.
CREATE TABLE must(hit INTEGER NOT NULL, what TEXT NOT NULL) STRICT;
CREATE TRIGGER must_hit_one BEFORE INSERT ON must BEGIN
  SELECT CASE WHEN new.hit IS NOT 1 THEN RAISE(ABORT, 'must') ELSE RAISE(IGNORE) END;
END;

CREATE TRIGGER membership_added AFTER INSERT ON membership BEGIN
  UPDATE actor SET grants = (SELECT json_group_array(json_object('cloudId', m.cloud_id, 'cloudName', c.name, 'cloudState', c.state, 'profile', m.profile, 'state', m.state, 'begins', m.begins, 'ends', m.ends)) FROM membership m JOIN cloud c ON c.id = m.cloud_id WHERE m.actor_id = new.actor_id) WHERE id = new.actor_id;
END;
CREATE TRIGGER membership_changed AFTER UPDATE ON membership BEGIN
  UPDATE actor SET grants = (SELECT json_group_array(json_object('cloudId', m.cloud_id, 'cloudName', c.name, 'cloudState', c.state, 'profile', m.profile, 'state', m.state, 'begins', m.begins, 'ends', m.ends)) FROM membership m JOIN cloud c ON c.id = m.cloud_id WHERE m.actor_id = new.actor_id) WHERE id = new.actor_id;
END;
CREATE TRIGGER membership_removed AFTER DELETE ON membership BEGIN
  UPDATE actor SET grants = (SELECT json_group_array(json_object('cloudId', m.cloud_id, 'cloudName', c.name, 'cloudState', c.state, 'profile', m.profile, 'state', m.state, 'begins', m.begins, 'ends', m.ends)) FROM membership m JOIN cloud c ON c.id = m.cloud_id WHERE m.actor_id = old.actor_id) WHERE id = old.actor_id;
END;
CREATE TRIGGER cloud_changed AFTER UPDATE OF name, state ON cloud BEGIN
  UPDATE actor SET grants = (SELECT json_group_array(json_object('cloudId', m.cloud_id, 'cloudName', c.name, 'cloudState', c.state, 'profile', m.profile, 'state', m.state, 'begins', m.begins, 'ends', m.ends)) FROM membership m JOIN cloud c ON c.id = m.cloud_id WHERE m.actor_id = actor.id)
  WHERE id IN (SELECT actor_id FROM membership WHERE cloud_id = new.id);
END;

CREATE TRIGGER duty_added AFTER INSERT ON duty BEGIN
  UPDATE actor SET duties = (SELECT json_group_array(duty) FROM duty WHERE actor_id = new.actor_id) WHERE id = new.actor_id;
END;
CREATE TRIGGER duty_removed AFTER DELETE ON duty BEGIN
  UPDATE actor SET duties = (SELECT json_group_array(duty) FROM duty WHERE actor_id = old.actor_id) WHERE id = old.actor_id;
END;

CREATE TRIGGER security_key_added AFTER INSERT ON security_key BEGIN
  UPDATE actor SET security_keys = (SELECT count(*) FROM security_key WHERE person_id = new.person_id AND locked IS NULL) WHERE id = new.person_id;
END;
CREATE TRIGGER security_key_changed AFTER UPDATE OF locked ON security_key BEGIN
  UPDATE actor SET security_keys = (SELECT count(*) FROM security_key WHERE person_id = new.person_id AND locked IS NULL) WHERE id = new.person_id;
END;
CREATE TRIGGER security_key_removed AFTER DELETE ON security_key BEGIN
  UPDATE actor SET security_keys = (SELECT count(*) FROM security_key WHERE person_id = old.person_id AND locked IS NULL) WHERE id = old.person_id;
END;
