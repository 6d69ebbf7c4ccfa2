-- A code card is printed once: when its values went on paper.
ALTER TABLE inventory ADD COLUMN printed_at BIGINT;
ALTER TABLE devices ADD COLUMN printed_at BIGINT;

-- The card that a case of the desk is about.
ALTER TABLE desk_cases ADD COLUMN card_id BYTEA;
