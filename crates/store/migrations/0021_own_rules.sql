-- A higher sum above which two devices are wished, or none, and from when on it holds.
ALTER TABLE transfer_rules ADD COLUMN two_rise BIGINT;
ALTER TABLE transfer_rules ADD COLUMN two_rise_at BIGINT;
-- How the customer closed the transfer lock last: so it is closed in one tap.
ALTER TABLE transfer_rules ADD COLUMN usual_wait BIGINT;
ALTER TABLE transfer_rules ADD COLUMN usual_cards BIGINT;
