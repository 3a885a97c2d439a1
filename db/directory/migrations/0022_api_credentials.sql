-- What an API account proves itself by: several at a time, secrets and public keys, each with an end. A key is registered once per account, ever, and a
-- credential that was removed keeps its row: an export of the log can say which of a key's signatures counted.
CREATE TABLE api_credential(
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES api_account(id),
  kind TEXT NOT NULL CHECK(kind IN ('secret', 'key')),
  name TEXT NOT NULL,
  secret_hash TEXT, -- SHA-256 of a generated 256-bit secret, base64url
  jwk TEXT, -- the public key as it was registered, with its kid and alg
  public_key TEXT, -- the same key in the form of RFC 7638, which two registrations of one key share
  created INTEGER NOT NULL,
  ends INTEGER, -- null: from before credentials had an end
  removed INTEGER,
  last_used INTEGER,
  last_network TEXT
) STRICT;
CREATE UNIQUE INDEX api_credential_account ON api_credential(account_id, public_key);

-- A family began with one of them, and ends with it.
ALTER TABLE token_family ADD COLUMN credential_id INTEGER;
CREATE INDEX token_family_credential ON token_family(credential_id) WHERE credential_id IS NOT NULL;

INSERT INTO api_credential(account_id, kind, name, secret_hash, created)
  SELECT id, 'secret', 'Secret', secret_hash, CAST(unixepoch('subsec') * 1000 AS INTEGER) FROM api_account WHERE secret_hash IS NOT NULL;
INSERT INTO api_credential(account_id, kind, name, jwk, public_key, created)
  SELECT account.id, 'key', coalesce(key.value ->> 'kid', 'Key'), key.value,
    CASE key.value ->> 'kty'
      WHEN 'EC' THEN json_object('crv', key.value ->> 'crv', 'kty', 'EC', 'x', key.value ->> 'x', 'y', key.value ->> 'y')
      WHEN 'OKP' THEN json_object('crv', key.value ->> 'crv', 'kty', 'OKP', 'x', key.value ->> 'x')
      ELSE json_object('e', key.value ->> 'e', 'kty', 'RSA', 'n', key.value ->> 'n')
    END,
    CAST(unixepoch('subsec') * 1000 AS INTEGER)
  FROM api_account account, json_each(account.jwks, '$.keys') key WHERE account.jwks IS NOT NULL;
INSERT INTO outbox(organization_id, at, body)
  SELECT actor.organization_id, credential.created, json_object(
    'event', json_object('kind', 'identity', 'name', 'account-key-registered', 'actor', json_object('kind', 'api-account', 'id', actor.id, 'session', account.client_id),
      'at', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'cloudId', NULL, 'facts', json_object('publicKey', credential.public_key, 'ends', NULL)),
    'names', json_object(CAST(actor.id AS TEXT), actor.name))
  FROM api_credential credential JOIN api_account account ON account.id = credential.account_id JOIN actor ON actor.id = account.id
  WHERE credential.kind = 'key';

ALTER TABLE api_account DROP COLUMN secret_hash;
ALTER TABLE api_account DROP COLUMN jwks;
