-- What the session proved (RFC 8176, separated by spaces) in which its user took up a back end's request on our pages.
ALTER TABLE backchannel_requests ADD COLUMN proved_amr TEXT;
