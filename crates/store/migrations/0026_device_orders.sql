-- Orders of devices that are mailed. An order's id is its device's.
CREATE TABLE device_orders (
    user_id BYTEA NOT NULL,
    device_id BYTEA NOT NULL,
    confirmation_id BYTEA NOT NULL,
    class TEXT NOT NULL,
    sealed_address BYTEA NOT NULL,
    deposit_currency TEXT,
    deposit_minor BIGINT,
    replaces_id BYTEA,
    sealed_pin BYTEA,
    serial TEXT,
    state TEXT NOT NULL,
    mailed_at BIGINT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, device_id)
);
CREATE INDEX device_orders_on_their_way ON device_orders (state, mailed_at);
