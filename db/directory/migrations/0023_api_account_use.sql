-- What an API account has done, by Cloud and row of the privilege matrix, so that nobody holds more than is used. Cloud 0: what is of no Cloud, lists for example.
CREATE TABLE api_use(
  account_id INTEGER NOT NULL REFERENCES api_account(id),
  cloud_id INTEGER NOT NULL,
  label TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL, -- to the hour
  PRIMARY KEY(account_id, cloud_id, label)
) STRICT, WITHOUT ROWID;

-- The API accounts of an organization.
CREATE INDEX actor_api_account ON actor(organization_id) WHERE kind = 'api-account';

-- The longest time for which a credential of the organization's API accounts may be given.
ALTER TABLE organization ADD COLUMN credential_days INTEGER NOT NULL DEFAULT 365;
