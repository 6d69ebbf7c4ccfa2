-- Checks of who is on the line with the desk: each is the confirmation of the same id.
CREATE TABLE calls (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    agent_id BYTEA NOT NULL,
    state TEXT NOT NULL,
    device_id BYTEA,
    asked_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX calls_by_id ON calls (id);

-- By what a user knows an agent who is on the line.
ALTER TABLE agents ADD COLUMN first_name TEXT;

-- The device that showed who was on the line when a case was proposed.
ALTER TABLE desk_cases ADD COLUMN proof_id BYTEA;
