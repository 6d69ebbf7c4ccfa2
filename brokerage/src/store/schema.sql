CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;

-- A customer is known by the username; `sub` is what the issuer calls him, once he was here.
CREATE TABLE customers (username TEXT PRIMARY KEY, sub TEXT UNIQUE) STRICT;

CREATE TABLE accounts (
    id       TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    kind     TEXT NOT NULL,
    cash     INTEGER NOT NULL
) STRICT;
CREATE INDEX accounts_of ON accounts (username);

CREATE TABLE positions (
    account  TEXT NOT NULL,
    symbol   TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (account, symbol)
) STRICT;

-- `bid_number` and `ask_number` give the market maker's quotes their place in time among the orders.
CREATE TABLE symbols (
    symbol     TEXT PRIMARY KEY,
    home       INTEGER NOT NULL,
    mid        INTEGER NOT NULL,
    bid        INTEGER NOT NULL DEFAULT 0,
    bid_left   INTEGER NOT NULL DEFAULT 0,
    bid_number INTEGER NOT NULL DEFAULT 0,
    ask        INTEGER NOT NULL DEFAULT 0,
    ask_left   INTEGER NOT NULL DEFAULT 0,
    ask_number INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE orders (
    number      INTEGER PRIMARY KEY,
    account     TEXT NOT NULL,
    symbol      TEXT NOT NULL,
    side        TEXT NOT NULL,
    limit_price INTEGER,
    quantity    INTEGER NOT NULL,
    left        INTEGER NOT NULL,
    state       TEXT NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX orders_open ON orders (symbol) WHERE state = 'open';
CREATE INDEX orders_of ON orders (account, number);

CREATE TABLE fills (
    id       INTEGER PRIMARY KEY,
    account  TEXT NOT NULL,
    number   INTEGER NOT NULL,
    symbol   TEXT NOT NULL,
    side     TEXT NOT NULL,
    price    INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX fills_of ON fills (account, id);

-- Handles are kept as digests: the database alone opens no session.
CREATE TABLE sessions (
    digest    BLOB PRIMARY KEY,
    part      TEXT NOT NULL,
    username  TEXT NOT NULL,
    sub       TEXT NOT NULL,
    sid       TEXT,
    id_token  TEXT NOT NULL,
    auth_time INTEGER NOT NULL,
    expires   INTEGER NOT NULL
) STRICT;

CREATE TABLE logins (
    state    TEXT PRIMARY KEY,
    browser  BLOB NOT NULL,
    part     TEXT NOT NULL,
    nonce    TEXT NOT NULL,
    verifier TEXT NOT NULL,
    purpose  TEXT NOT NULL,
    expires  INTEGER NOT NULL
) STRICT;

CREATE TABLE withdrawals (
    id       TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    account  TEXT NOT NULL,
    amount   INTEGER NOT NULL,
    details  TEXT NOT NULL,
    state    TEXT NOT NULL,
    receipt  TEXT,
    jti      TEXT UNIQUE,
    at       INTEGER NOT NULL,
    expires  INTEGER NOT NULL
) STRICT;
CREATE INDEX withdrawals_of ON withdrawals (username, at);

CREATE TABLE cards (
    id         TEXT PRIMARY KEY,
    username   TEXT NOT NULL,
    account    TEXT NOT NULL,
    last_four  TEXT NOT NULL,
    card_limit INTEGER NOT NULL
) STRICT;

CREATE TABLE payments (
    id          TEXT PRIMARY KEY,
    card        TEXT NOT NULL,
    account     TEXT NOT NULL,
    merchant    TEXT NOT NULL,
    amount      INTEGER NOT NULL,
    state       TEXT NOT NULL,
    reason      TEXT,
    auth_req_id TEXT,
    pause       INTEGER NOT NULL DEFAULT 5,
    jti         TEXT UNIQUE,
    at          INTEGER NOT NULL,
    expires     INTEGER NOT NULL
) STRICT;
CREATE INDEX payments_held ON payments (account) WHERE state = 'held';

CREATE TABLE seen_tokens (jti TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;
