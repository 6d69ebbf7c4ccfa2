-- Agents of the secure-login desk: users with roles. Two accounts of one person are not two people.
CREATE TABLE agents (
    user_id BYTEA NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    roles TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    ended_at BIGINT
);

-- What needs two people.
CREATE TABLE desk_cases (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    act TEXT NOT NULL,
    state TEXT NOT NULL,
    first_id BYTEA NOT NULL,
    second_id BYTEA,
    sealed_reason BYTEA NOT NULL,
    sealed_check BYTEA NOT NULL,
    objection BYTEA NOT NULL,
    device_id BYTEA,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    waits_until BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX desk_cases_by_id ON desk_cases (id);
CREATE INDEX desk_cases_by_state ON desk_cases (state, waits_until);

-- What is lent for a while: until when it takes the place of a device, and when it ends.
ALTER TABLE devices ADD COLUMN full_until BIGINT;
ALTER TABLE devices ADD COLUMN expires_at BIGINT;
CREATE INDEX devices_lent ON devices (expires_at);

-- A session that leads to the page of the online code card, and nowhere else.
ALTER TABLE sessions ADD COLUMN card_only_at BIGINT;
