-- Messages are sent: what could not be is marked with the kind of its reason. A message to the desk carries sixteen zero
-- octets as contact_id. Old ones are forgotten.
ALTER TABLE outbox ADD COLUMN failed_at BIGINT;
ALTER TABLE outbox ADD COLUMN failure TEXT;
DROP INDEX outbox_unsent;
CREATE INDEX outbox_old ON outbox (created_at);
