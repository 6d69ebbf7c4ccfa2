-- How often a unit of work wrote the user's rows: one that decided on what it read of them finds out by this whether it
-- still holds.
ALTER TABLE users ADD COLUMN version BIGINT NOT NULL DEFAULT 0;

-- Every token that is taken moves a bucket's moment: the index cost more than it saved. Forgetting full buckets looks at
-- all of them, once in a while.
DROP INDEX throttle_full;
