-- Changes of a phone's PIN that wait for their two responses.
CREATE TABLE pin_changes (
    user_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    device_id BYTEA NOT NULL,
    sealed_agreement BYTEA NOT NULL,
    challenge TEXT NOT NULL,
    wrong_answers BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (user_id, digest)
);
CREATE INDEX pin_changes_old ON pin_changes (expires_at);

-- What is open of one user.
CREATE INDEX confirmations_open_of_user ON confirmations (user_id, expires_at) WHERE ended_at IS NULL;
