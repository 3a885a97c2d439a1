-- The copies of the directory's Services, as far as its feed has been taken.
ALTER TABLE service ADD COLUMN description TEXT;
ALTER TABLE service ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE service ADD COLUMN closing INTEGER NOT NULL DEFAULT 0; -- 1: it is being deleted, and nothing new comes into it

CREATE TABLE feed_taken(id INTEGER PRIMARY KEY CHECK(id = 1), number INTEGER NOT NULL) STRICT;
INSERT INTO feed_taken(id, number) VALUES(1, 0);

-- A resource belongs to a Service of its Cloud that is open when it comes into it. So what counts a closed Service's resources counts no fewer later.
CREATE TRIGGER resource_comes BEFORE INSERT ON resource BEGIN
  SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM service WHERE id = new.service_id AND cloud_id = new.cloud_id AND closing = 0) THEN RAISE(ABORT, 'must') END;
END;
CREATE TRIGGER resource_changes_service BEFORE UPDATE OF service_id ON resource WHEN old.service_id <> new.service_id BEGIN
  SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM service WHERE id = new.service_id AND cloud_id = new.cloud_id AND closing = 0) THEN RAISE(ABORT, 'must') END;
END;

-- A tag that no resource has any more leaves the dictionary: a key that gets a new value every day stays short.
CREATE TRIGGER tag_unused AFTER UPDATE OF counts ON tag WHEN new.counts NOT GLOB '*:[1-9]*' BEGIN
  DELETE FROM tag WHERE id = new.id;
END;
