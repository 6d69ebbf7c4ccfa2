-- Contact points that their users change. One that was replaced or removed stays for as long as that can be undone.
ALTER TABLE contacts ADD COLUMN joined_at BIGINT;
ALTER TABLE contacts ADD COLUMN left_at BIGINT;

-- Changes that were made, under the digest of the link that undoes one; none where nobody was there to undo it.
CREATE TABLE contact_changes (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    digest BYTEA,
    added_id BYTEA,
    ended_id BYTEA,
    at BIGINT NOT NULL,
    undone_at BIGINT,
    PRIMARY KEY (user_id, id)
);

-- What is to become a contact point and awaits its code, and what awaits a device.
CREATE TABLE contact_wishes (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    channel TEXT NOT NULL,
    sealed_address BYTEA,
    sealed_code BYTEA,
    replaces_id BYTEA,
    confirmation_id BYTEA,
    wrong_codes BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX contact_wishes_old ON contact_wishes (created_at);
