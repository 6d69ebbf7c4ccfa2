-- A keyed digest of the address, by which the desk finds a user who says it. Filled by the server, which has the key.
ALTER TABLE contacts ADD COLUMN lookup BYTEA;
CREATE INDEX contacts_by_lookup ON contacts (lookup);
