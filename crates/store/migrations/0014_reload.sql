-- The browser that opened a pushed request: only there its address may be opened again until it is answered.
ALTER TABLE authorization_requests ADD COLUMN browser BYTEA;
