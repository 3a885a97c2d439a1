-- What an organization asks of the provider: an account for a person, a further Cloud; and what the provider asks of itself: a new organization.
CREATE TABLE account_request(
  id INTEGER PRIMARY KEY,
  organization_id INTEGER NOT NULL REFERENCES organization(id), -- who asks
  kind TEXT NOT NULL CHECK(kind IN ('person', 'cloud', 'organization')),
  about TEXT NOT NULL, -- the address or the name, folded: what is open is asked for once
  wanted TEXT NOT NULL, -- JSON: worker/contract/requests.ts
  reason TEXT NOT NULL,
  asked_by INTEGER NOT NULL REFERENCES actor(id),
  asked INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'asked' CHECK(state IN ('asked', 'accepted', 'refused', 'withdrawn')),
  decided_by INTEGER REFERENCES actor(id), -- who accepted, refused or withdrew it
  decided INTEGER,
  decision TEXT, -- why it was refused
  made INTEGER, -- the person, the Cloud or the organization that came of it
  version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX account_request_open ON account_request(organization_id, kind, about) WHERE state = 'asked';
CREATE INDEX account_request_organization ON account_request(organization_id, asked, id);
CREATE INDEX account_request_state ON account_request(state, asked, id);
CREATE INDEX account_request_asked ON account_request(asked, id);
