-- The desk's queue of users who said "it wasn't me": who of the desk takes care of one, and since when. It counts for the
-- lock that was there at that moment, so nothing has to be taken back with a lock.
ALTER TABLE users ADD COLUMN alarm_agent BYTEA;
ALTER TABLE users ADD COLUMN alarm_taken_at BIGINT;
CREATE INDEX users_disowned ON users (password_locked_at, user_id) WHERE password_locked_at IS NOT NULL;

-- The desk's queue of messages that could not be delivered: until when one is of use, when it was last sent again, and when
-- it was put aside.
ALTER TABLE outbox ADD COLUMN expires_at BIGINT;
ALTER TABLE outbox ADD COLUMN again_at BIGINT;
ALTER TABLE outbox ADD COLUMN aside_at BIGINT;
CREATE INDEX outbox_undelivered ON outbox (failed_at, id)
    WHERE failed_at IS NOT NULL AND sent_at IS NULL AND aside_at IS NULL;
CREATE INDEX outbox_undelivered_by_id ON outbox (id) WHERE failed_at IS NOT NULL;
