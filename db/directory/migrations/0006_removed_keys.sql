-- A security key that its owner has removed counts for nothing, like a locked one, and its row stays: a credential id is enrolled once, ever.
ALTER TABLE security_key ADD COLUMN removed INTEGER;
