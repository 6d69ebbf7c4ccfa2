-- Since when a user wishes more time for everything.
ALTER TABLE users ADD COLUMN unhurried_at BIGINT;

-- Where a browser or program became known.
ALTER TABLE marks ADD COLUMN address TEXT;
