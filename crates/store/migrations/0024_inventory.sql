-- What came into the depot together: one file. Its serial numbers are there for nobody until all of them are (ready_at).
CREATE TABLE inventory_batches (
    id BYTEA NOT NULL PRIMARY KEY,
    -- The name of the file.
    source TEXT NOT NULL,
    -- Customers already hold these devices: classes that are not issued any more.
    adopted_at BIGINT,
    -- Who brought them in, as the audit log writes it.
    actor TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ready_at BIGINT
);
CREATE INDEX inventory_batches_unready ON inventory_batches (created_at) WHERE ready_at IS NULL;

-- The devices of the depot, by serial number.
CREATE TABLE inventory (
    serial TEXT NOT NULL PRIMARY KEY,
    batch_id BYTEA NOT NULL,
    class TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Who has it, and as which device, while it is assigned.
    holder_id BYTEA,
    device_id BYTEA,
    algorithm TEXT NOT NULL,
    moving TEXT NOT NULL,
    -- What its maker says of it and of its key.
    terms TEXT NOT NULL,
    sealed_key BYTEA NOT NULL,
    sealed_pin BYTEA,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX inventory_by_state ON inventory (state, serial);
CREATE INDEX inventory_by_batch ON inventory (batch_id, serial);

-- What happened to a serial number since it came in.
CREATE TABLE inventory_events (
    serial TEXT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    holder_id BYTEA,
    device_id BYTEA,
    -- Who did it, as the audit log writes it.
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (serial, version)
);
