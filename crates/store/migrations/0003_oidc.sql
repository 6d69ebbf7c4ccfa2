-- The OpenID Connect provider: requests that wait, what was granted to whom, refresh tokens.

-- Authorization requests that were pushed, or that wait for their user to log in. Nobody is known yet.
CREATE TABLE authorization_requests (
    digest BYTEA NOT NULL PRIMARY KEY,
    client TEXT NOT NULL,
    request TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX authorization_requests_old ON authorization_requests (expires_at);

-- What a redeemed code gave: the family of its tokens.
CREATE TABLE grants (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    client TEXT NOT NULL,
    session_id BYTEA,
    scope TEXT NOT NULL,
    acr TEXT NOT NULL,
    amr TEXT NOT NULL,
    auth_at BIGINT NOT NULL,
    jkt TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE TABLE refresh_tokens (
    user_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    grant_id BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, digest)
);

-- Values that are good once, under their digests, until they are too old to be taken anyway.
CREATE TABLE replays (
    digest BYTEA NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX replays_old ON replays (expires_at);

-- A session gives a code to each client that asks; a login without a session still gives one code.
ALTER TABLE codes ADD COLUMN session_id BYTEA;
DROP INDEX codes_by_confirmation;
CREATE UNIQUE INDEX codes_by_confirmation ON codes (user_id, confirmation_id) WHERE session_id IS NULL;
