-- The phone app as a web app: its own session, the platform's authenticator in place of a PIN, and activations that a
-- signed-in page or another device vouches for.

-- Until when a session goes on unused; null for one that idles.
ALTER TABLE sessions ADD COLUMN stays_until BIGINT;

-- The credential of a phone's platform authenticator: its id, its public key and its counter, as JSON.
ALTER TABLE devices ADD COLUMN credential TEXT;

-- What is proven beside the password: null for a code that was sent, `session` for an invitation from a signed-in page,
-- `device` for another device's confirmation.
ALTER TABLE activations ADD COLUMN proof TEXT;
ALTER TABLE activations ADD COLUMN confirmation_id BYTEA;

-- Invitations to activate the phone app, shown on a signed-in page: a handle for the picture, a short id to be typed.
CREATE TABLE invitations (
    user_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    session_id BYTEA NOT NULL,
    sealed_shown BYTEA NOT NULL,
    wrong_ids BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, digest)
);
CREATE INDEX invitations_old ON invitations (expires_at);
