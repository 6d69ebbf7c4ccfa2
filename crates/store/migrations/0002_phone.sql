-- The phone: its keys beside the device, its sessions, its activation, what it signed, and the places a user is seen at.

ALTER TABLE users ADD COLUMN unanswered_pushes BIGINT NOT NULL DEFAULT 0;

ALTER TABLE devices ADD COLUMN signing_key TEXT;
ALTER TABLE devices ADD COLUMN platform TEXT;
ALTER TABLE devices ADD COLUMN sealed_approve BYTEA;

-- The phone whose approval is awaited; who waits for news, counted so that the later one wins; when a confirmed one
-- gave what it gives.
ALTER TABLE confirmations ADD COLUMN pending_on BYTEA;
ALTER TABLE confirmations ADD COLUMN waiter BIGINT NOT NULL DEFAULT 0;
ALTER TABLE confirmations ADD COLUMN given_at BIGINT;
CREATE INDEX confirmations_pending ON confirmations (user_id, expires_at) WHERE pending_on IS NOT NULL;

CREATE TABLE phone_sessions (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    device_id BYTEA NOT NULL,
    access_digest BYTEA NOT NULL,
    access_expires_at BIGINT NOT NULL,
    refresh_digest BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX phone_sessions_by_access ON phone_sessions (user_id, access_digest);
CREATE UNIQUE INDEX phone_sessions_by_refresh ON phone_sessions (user_id, refresh_digest);

CREATE TABLE activations (
    user_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    thumbprint TEXT NOT NULL,
    sealed_code BYTEA NOT NULL,
    sealed_agreement BYTEA NOT NULL,
    wrong_answers BIGINT NOT NULL,
    device_id BYTEA,
    challenge TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (user_id, digest)
);
CREATE INDEX activations_open ON activations (expires_at) WHERE ended_at IS NULL;

-- What a phone signed, as it signed it.
CREATE TABLE evidence (
    user_id BYTEA NOT NULL,
    confirmation_id BYTEA NOT NULL,
    device_id BYTEA NOT NULL,
    statement TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (user_id, confirmation_id)
);

-- Networks and programs that a user has logged in from, as keyed digests.
CREATE TABLE places (
    user_id BYTEA NOT NULL,
    place BYTEA NOT NULL,
    last_seen_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, place)
);
