-- Withdrawals by the back end's way and by desktop programs: which client asks, how the answer is fetched, which devices
-- would do, and whom the receipt names.

ALTER TABLE withdrawals ADD COLUMN client TEXT NOT NULL DEFAULT 'client-portal';
ALTER TABLE withdrawals ADD COLUMN auth_req_id TEXT;
ALTER TABLE withdrawals ADD COLUMN pause INTEGER NOT NULL DEFAULT 5;
ALTER TABLE withdrawals ADD COLUMN devices TEXT NOT NULL DEFAULT '';
CREATE INDEX withdrawals_asked ON withdrawals (client) WHERE state = 'asked';
