-- Where phones want to be woken: one subscription with a push service for each. The endpoint is a capability, so it is
-- sealed with its keys; of one that is over only what is told of it stays.

CREATE TABLE push_subscriptions (
    user_id BYTEA NOT NULL,
    device_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    origin TEXT NOT NULL,
    sealed_target BYTEA,
    created_at BIGINT NOT NULL,
    last_sent_at BIGINT,
    last_result TEXT,
    PRIMARY KEY (user_id, device_id)
);
