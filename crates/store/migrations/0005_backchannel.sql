-- Requests of clients' back ends (CIBA), and what a grant's user confirmed.

CREATE TABLE backchannel_requests (
    user_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    confirmation_id BYTEA NOT NULL,
    client TEXT NOT NULL,
    scope TEXT NOT NULL,
    sealed_notification BYTEA,
    poll_interval BIGINT NOT NULL,
    polled_at BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    redeemed_at BIGINT,
    PRIMARY KEY (user_id, digest)
);
CREATE UNIQUE INDEX backchannel_requests_by_confirmation ON backchannel_requests (user_id, confirmation_id);
CREATE INDEX backchannel_requests_old ON backchannel_requests (expires_at);

-- The confirmation whose details a grant's tokens repeat; none where nothing but a login was confirmed.
ALTER TABLE grants ADD COLUMN confirmation_id BYTEA;

-- What the user says to a client so that its back end may ask at all (CIBA, user_code), hashed like a password.
ALTER TABLE users ADD COLUMN user_code_phc TEXT;
