-- Orders that back ends of the institution make: each once for the key of its request.
ALTER TABLE device_orders ADD COLUMN request_key BYTEA;
ALTER TABLE device_orders ADD COLUMN request_digest BYTEA;
CREATE UNIQUE INDEX device_orders_by_request ON device_orders (user_id, request_key);

-- Orders are found by their id alone, and read page by page.
CREATE INDEX device_orders_by_id ON device_orders (device_id);
CREATE INDEX device_orders_by_state ON device_orders (state, device_id);
