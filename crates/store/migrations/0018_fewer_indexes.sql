-- A user's living confirmations are found by their ids, which sort by time; and a confirmation gives its code once since
-- that is noted of it (`given_at`).
DROP INDEX confirmations_open_of_user;
DROP INDEX codes_by_confirmation;
