-- Users who were erased: their row stays, without anything of a person, since what is kept of money and of the log names it.
ALTER TABLE users ADD COLUMN erased_at BIGINT;

-- Keyed digests of their names: none of these is given again, and none can be read.
CREATE TABLE erased_names (
    digest BYTEA NOT NULL PRIMARY KEY,
    erased_at BIGINT NOT NULL
);
