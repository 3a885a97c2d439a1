-- Profiles for a time: those whose time is over are found without reading the others.
CREATE INDEX membership_ends ON membership(ends) WHERE ends IS NOT NULL;
-- Who represents an organization: a few rows, however many people it has.
CREATE INDEX actor_representative ON actor(organization_id) WHERE instr(duties, 'security-representative') > 0;
-- The people of an organization, in the order in which they are listed.
CREATE INDEX actor_people ON actor(organization_id, name, id) WHERE kind = 'person';
