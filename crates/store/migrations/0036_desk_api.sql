-- Cases in a state, the newest first.
CREATE INDEX desk_cases_by_age ON desk_cases (state, id);
