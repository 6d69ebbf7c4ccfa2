-- Links that were sent to whoever forgot the password. Each is of use once.
CREATE TABLE password_links (
    user_id BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, digest)
);
CREATE INDEX password_links_old ON password_links (expires_at);

-- New passwords that wait for a device to confirm them.
CREATE TABLE password_changes (
    user_id BYTEA NOT NULL,
    confirmation_id BYTEA NOT NULL,
    password_phc TEXT NOT NULL,
    session_id BYTEA,
    mark_id BYTEA,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, confirmation_id)
);
CREATE INDEX password_changes_old ON password_changes (expires_at);
