-- Which device a serial number of a class belongs to: one, whoever holds it. A device that has ended gives it back.
CREATE TABLE serials (
    class TEXT NOT NULL,
    serial TEXT NOT NULL,
    user_id BYTEA NOT NULL,
    device_id BYTEA NOT NULL,
    PRIMARY KEY (class, serial)
);
-- Of devices that were added twice before, the first has the serial; the other stays as it is.
INSERT INTO serials (class, serial, user_id, device_id)
    SELECT d.class, d.serial, d.user_id, d.id FROM devices AS d
    WHERE d.ended_at IS NULL AND d.serial <> '' AND NOT EXISTS (
        SELECT 1 FROM devices AS o WHERE o.class = d.class AND o.serial = d.serial AND o.ended_at IS NULL
            AND (o.created_at < d.created_at OR (o.created_at = d.created_at AND o.id < d.id))
    );

-- The log is read by time as well as by user.
CREATE INDEX audit_by_id ON audit (id);

-- One row, written by each node that is asked whether it is ready: it shows that writing works, and whose clock differs.
CREATE TABLE pulse (
    id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);
