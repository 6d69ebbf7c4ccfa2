-- Data-encryption keys, each wrapped by the key-encryption key of that id. A retired key still opens what it sealed.
CREATE TABLE data_keys (
    id BIGINT PRIMARY KEY,
    kek_id BYTEA NOT NULL,
    wrapped BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
