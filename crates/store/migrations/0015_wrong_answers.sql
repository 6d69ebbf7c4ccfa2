-- Wrong answers that no password came before, since the user was last told how many there were.
ALTER TABLE users ADD COLUMN untold_answers BIGINT NOT NULL DEFAULT 0;
