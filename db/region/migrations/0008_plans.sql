-- Plans: several operations on one resource, asked for as one and run in order. The plan is an operation itself, which no controller claims; what
-- it consists of are operations too, the first of them open, the others with the status 4 until the one before them has ended in SUCCESS.
-- Status 4: an item that waits for its predecessor, or a plan that has not ended. Outside `operation_open`: nobody claims it.
ALTER TABLE operation ADD COLUMN plan_id INTEGER; -- an item's: the operation of its plan
ALTER TABLE operation ADD COLUMN position INTEGER; -- an item's: 1, 2, 3, …
CREATE INDEX operation_plan ON operation(plan_id, position) WHERE plan_id IS NOT NULL;

-- The actions of a Cloud are listed without the items of plans, which their plan tells.
DROP INDEX operation_cloud;
CREATE INDEX operation_cloud ON operation(cloud_id, created) WHERE plan_id IS NULL;
