-- What the institution says of its customers' accounts: we never hold money.
CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    currency TEXT NOT NULL,
    equity_minor BIGINT NOT NULL,
    told_at BIGINT NOT NULL
);
CREATE TABLE account_users (
    user_id BYTEA NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (user_id, account_id)
);
CREATE INDEX account_users_by_account ON account_users (account_id);

-- What one unit of a currency is worth in dollars, as posted.
CREATE TABLE rates (
    currency TEXT NOT NULL PRIMARY KEY,
    usd TEXT NOT NULL,
    as_of BIGINT NOT NULL
);

-- Withdrawals and transfers. `id` is that of the confirmation that asks for it.
CREATE TABLE withdrawals (
    user_id BYTEA NOT NULL,
    id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    client TEXT NOT NULL,
    operation TEXT NOT NULL,
    payee TEXT NOT NULL,
    -- In cents of a dollar, at the rate of the moment when it was asked for; and the business day on which it counts.
    counted_minor BIGINT NOT NULL,
    business_day TEXT NOT NULL,
    device_id BYTEA,
    device_class TEXT,
    -- The key of the client's request, digested, and what was asked under it.
    request_key BYTEA,
    request_digest BYTEA,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX withdrawals_by_day ON withdrawals (user_id, business_day);
CREATE UNIQUE INDEX withdrawals_by_id ON withdrawals (id);
CREATE UNIQUE INDEX withdrawals_by_key ON withdrawals (user_id, request_key);

-- A customer's own limits of a device, in cents of a dollar; none is no limit of that kind.
CREATE TABLE own_limits (
    user_id BYTEA NOT NULL,
    device_id BYTEA NOT NULL,
    per_day BIGINT,
    per_five_days BIGINT,
    rise_per_day BIGINT,
    rise_per_five_days BIGINT,
    rise_at BIGINT,
    PRIMARY KEY (user_id, device_id)
);

-- The transfer lock of a customer, and the sum above which two devices are wished.
CREATE TABLE transfer_rules (
    user_id BYTEA NOT NULL PRIMARY KEY,
    lock_wait BIGINT,
    lock_cards BIGINT NOT NULL,
    lock_opens_at BIGINT,
    two_above BIGINT
);
