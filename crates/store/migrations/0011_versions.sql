-- How often a unit of work wrote the user's rows: one that decided on what it read of them finds out by this whether it
-- still holds.
ALTER TABLE users ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
