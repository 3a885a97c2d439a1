-- The last representative of an organization has lost every key: two people of Service Delivery restore them, a day after the organization was told.
CREATE TABLE recovery(
  id INTEGER PRIMARY KEY, -- of the organization that it concerns
  organization_id INTEGER NOT NULL REFERENCES organization(id),
  person_id INTEGER NOT NULL REFERENCES person(id),
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('asked', 'approved', 'cancelled', 'done')),
  asked_by INTEGER NOT NULL,
  asked INTEGER NOT NULL,
  approved_by INTEGER CHECK(approved_by <> asked_by),
  approved INTEGER,
  effective INTEGER, -- not before
  ended INTEGER
) STRICT;
CREATE UNIQUE INDEX recovery_open ON recovery(person_id) WHERE state IN ('asked', 'approved');
CREATE INDEX recovery_effective ON recovery(effective) WHERE state = 'approved';
CREATE INDEX recovery_organization ON recovery(organization_id);
