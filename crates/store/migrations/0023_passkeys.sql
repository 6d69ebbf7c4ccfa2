-- What passkeys signed: the statement whose hash was the challenge, and the assertion over it.
CREATE TABLE passkey_evidence (
    user_id BYTEA NOT NULL,
    confirmation_id BYTEA NOT NULL,
    device_id BYTEA NOT NULL,
    statement TEXT NOT NULL,
    authenticator_data BYTEA NOT NULL,
    client_data BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (user_id, confirmation_id, device_id)
);
