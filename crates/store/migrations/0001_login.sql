-- Users, their devices, logins and what they give. Written in PostgreSQL's words; see README.md of this folder.
-- Every table that belongs to a user leads its key with the user's id.

-- Which user a name belongs to: the way in for whoever has only a name.
CREATE TABLE usernames (
    username TEXT NOT NULL PRIMARY KEY,
    user_id BYTEA NOT NULL
);

CREATE TABLE users (
    user_id BYTEA NOT NULL PRIMARY KEY,
    username TEXT NOT NULL,
    password_phc TEXT NOT NULL,
    password_locked_at BIGINT,
    locale TEXT NOT NULL,
    default_device BYTEA,
    created_at BIGINT NOT NULL
);

CREATE TABLE contacts (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    channel TEXT NOT NULL,
    sealed_address BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, id)
);

CREATE TABLE devices (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    class TEXT NOT NULL,
    label TEXT NOT NULL,
    serial TEXT NOT NULL,
    state TEXT NOT NULL,
    algorithm TEXT,
    sealed_key BYTEA,
    sealed_pin BYTEA,
    moving TEXT NOT NULL,
    failures BIGINT NOT NULL,
    failed_at BIGINT,
    created_at BIGINT NOT NULL,
    activated_at BIGINT,
    last_used_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (user_id, id)
);

CREATE TABLE confirmations (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    handle_digest BYTEA NOT NULL,
    operation TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    wrong_answers BIGINT NOT NULL,
    budget BYTEA,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX confirmations_by_handle ON confirmations (user_id, handle_digest);
CREATE INDEX confirmations_open ON confirmations (expires_at) WHERE ended_at IS NULL;

CREATE TABLE user_failures (
    user_id BYTEA NOT NULL,
    budget BYTEA NOT NULL,
    moments TEXT NOT NULL,
    PRIMARY KEY (user_id, budget)
);

CREATE TABLE marks (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    client TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX marks_by_digest ON marks (user_id, digest);

CREATE TABLE sessions (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    confirmation_id BYTEA NOT NULL,
    agent TEXT NOT NULL,
    address TEXT NOT NULL,
    acr TEXT NOT NULL,
    amr TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE UNIQUE INDEX sessions_by_digest ON sessions (user_id, digest);
-- One confirmation gives one session, whatever happens at the same time.
CREATE UNIQUE INDEX sessions_by_confirmation ON sessions (user_id, confirmation_id);

CREATE TABLE codes (
    user_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    confirmation_id BYTEA NOT NULL,
    client TEXT NOT NULL,
    redemption TEXT NOT NULL,
    acr TEXT NOT NULL,
    amr TEXT NOT NULL,
    auth_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT,
    grant_id BYTEA NOT NULL,
    PRIMARY KEY (user_id, digest)
);
CREATE UNIQUE INDEX codes_by_confirmation ON codes (user_id, confirmation_id);

CREATE TABLE tokens (
    user_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    grant_id BYTEA NOT NULL,
    client TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (user_id, digest)
);
CREATE INDEX tokens_by_grant ON tokens (user_id, grant_id);

-- Rows about nobody (an unknown username) carry sixteen zero octets as user_id.
CREATE TABLE audit (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (user_id, id)
);

CREATE TABLE outbox (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    contact_id BYTEA NOT NULL,
    message TEXT NOT NULL,
    sealed_arguments BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX outbox_unsent ON outbox (created_at) WHERE sent_at IS NULL;

-- Token buckets by keyed digest of what they limit: the moment at which the bucket is full again.
CREATE TABLE throttle (
    bucket BYTEA NOT NULL PRIMARY KEY,
    full_at BIGINT NOT NULL
);
CREATE INDEX throttle_full ON throttle (full_at);

CREATE TABLE server_secrets (
    name TEXT NOT NULL PRIMARY KEY,
    sealed_value BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL,
    sealed_private BYTEA NOT NULL,
    public_jwk TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);
