-- PINs that their owners chose and proved for a card, until a device has confirmed them.
CREATE TABLE new_pins (
    user_id BYTEA NOT NULL,
    confirmation_id BYTEA NOT NULL,
    device_id BYTEA NOT NULL,
    sealed_pin BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, confirmation_id)
);
CREATE INDEX new_pins_old ON new_pins (expires_at);
