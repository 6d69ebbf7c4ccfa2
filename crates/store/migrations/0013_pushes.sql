-- Pushes left unanswered since the user's last success, by whose they are. `users.unanswered_pushes` is their sum.
CREATE TABLE unanswered_pushes (
    user_id BYTEA NOT NULL,
    budget TEXT NOT NULL,
    unanswered BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, budget)
);
