-- The members of load balancers: instances of the same Cloud and region. What else is kept of a balancer stands in its attributes.
CREATE TABLE balancer_member(
  balancer_id INTEGER NOT NULL,
  member_id INTEGER NOT NULL, -- the instance
  port INTEGER NOT NULL,
  state INTEGER NOT NULL, -- what is wanted: 1 enabled, 2 disabled, 3 offline
  status INTEGER NOT NULL DEFAULT 0, -- what is observed: 0 unknown, 1 up, 2 down, 3 user_down
  since INTEGER, -- when that was first observed
  phase INTEGER NOT NULL DEFAULT 0, -- 0 being added, 1 there, 2 being changed, 3 being removed
  PRIMARY KEY(balancer_id, member_id, port)
) STRICT, WITHOUT ROWID;
CREATE INDEX balancer_member_of ON balancer_member(member_id);
