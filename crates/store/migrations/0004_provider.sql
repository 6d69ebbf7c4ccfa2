-- The provider from day to day: what is delivered to clients, sessions that end, signing keys that change, clients that
-- are registered in the database.

-- Requests to clients, queued in the unit of work that causes them. next_at is null once it is over: delivered or
-- given up. Rows about nobody carry sixteen zero octets as user_id.
CREATE TABLE deliveries (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    client TEXT NOT NULL,
    url TEXT NOT NULL,
    sealed_bearer BYTEA,
    sealed_body BYTEA NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    next_at BIGINT,
    done_at BIGINT,
    gave_up_at BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX deliveries_over ON deliveries (created_at) WHERE next_at IS NULL;

-- What a session's end takes along, and sessions that ended by themselves.
CREATE INDEX grants_by_session ON grants (user_id, session_id) WHERE session_id IS NOT NULL;
-- A session that ended because its browser logged in anew names the one that goes on in its place.
ALTER TABLE sessions ADD COLUMN succeeded_by BYTEA;
CREATE INDEX sessions_succeeded ON sessions (user_id, succeeded_by) WHERE succeeded_by IS NOT NULL;
CREATE INDEX sessions_idle ON sessions (last_seen_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_overall ON sessions (expires_at) WHERE ended_at IS NULL;

-- From when a key signs; null stands for created_at.
ALTER TABLE signing_keys ADD COLUMN signs_at BIGINT;

-- Client programs that are not in the configuration.
CREATE TABLE clients (
    id TEXT NOT NULL PRIMARY KEY,
    registration TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
