-- What the phone's card module needs: cards have states, declined payments may be authorised, large ones beforehand.

ALTER TABLE cards ADD COLUMN label TEXT NOT NULL DEFAULT 'Harbour Debit';
ALTER TABLE cards ADD COLUMN state TEXT NOT NULL DEFAULT 'active';

-- Until when a declined payment may be tried again because its owner authorised it; `retried` once it was.
ALTER TABLE payments ADD COLUMN authorised_until INTEGER;
ALTER TABLE payments ADD COLUMN retried INTEGER NOT NULL DEFAULT 0;
CREATE INDEX payments_declined ON payments (card, at) WHERE state = 'declined';
CREATE INDEX payments_authorised ON payments (account) WHERE authorised_until IS NOT NULL;

-- One that is open and not over holds its amount.
CREATE TABLE preauthorisations (
    id      TEXT PRIMARY KEY,
    card    TEXT NOT NULL,
    account TEXT NOT NULL,
    amount  INTEGER NOT NULL,
    state   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX preauthorisations_open ON preauthorisations (card) WHERE state = 'open';
CREATE INDEX preauthorisations_held ON preauthorisations (account) WHERE state = 'open';

-- What was answered to a request that must not be carried out twice.
CREATE TABLE answered (
    key     TEXT PRIMARY KEY,
    request BLOB NOT NULL,
    status  INTEGER NOT NULL,
    body    TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
