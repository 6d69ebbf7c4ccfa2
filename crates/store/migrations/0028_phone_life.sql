-- Until when a phone is in doubt, since it came back by a code to a contact point alone.
ALTER TABLE devices ADD COLUMN in_doubt_until BIGINT;
-- The version of the standalone app whose key a phone is; null for the app that replaces it.
ALTER TABLE devices ADD COLUMN standalone TEXT;
-- What the user said of coming back by a code alone: null for nothing, 0 for never, 1 for allowed.
ALTER TABLE users ADD COLUMN code_alone BIGINT;
-- The phone whose own user hands over to the one that is being activated.
ALTER TABLE activations ADD COLUMN old_device_id BYTEA;
-- The phone that shows an invitation to the one that takes its place; null where a signed-in page shows it.
ALTER TABLE invitations ADD COLUMN old_device_id BYTEA;
