-- Tokens of clients of the institution's API, which act in their own name.
CREATE TABLE client_tokens (
    digest BYTEA NOT NULL PRIMARY KEY,
    client TEXT NOT NULL,
    scope TEXT NOT NULL,
    -- The thumbprint of the key that it is bound to.
    jkt TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX client_tokens_over ON client_tokens (expires_at);
