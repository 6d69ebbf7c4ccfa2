-- Where the institution's back ends are told what happens to money.
CREATE TABLE webhooks (
    id BYTEA NOT NULL PRIMARY KEY,
    client TEXT NOT NULL,
    url TEXT NOT NULL,
    -- The types of events that go there, a JSON list; an empty one stands for all.
    events TEXT NOT NULL,
    -- By which messages are signed.
    sealed_secret BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);

-- What was told, or is to be: each with its deliveries' outcome. It holds ids and states, and nothing personal.
CREATE TABLE webhook_messages (
    webhook_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    event TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    last_result TEXT,
    created_at BIGINT NOT NULL,
    next_at BIGINT,
    PRIMARY KEY (webhook_id, id)
);
CREATE INDEX webhook_messages_by_age ON webhook_messages (created_at);
