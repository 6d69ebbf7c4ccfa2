# Countersign, English. Every string a person sees; code and templates hold only the keys.
# ru.ftl carries the same keys with the same arguments (a test checks).

### Product

product-name = Countersign

### Native login (countersign-client login)

terminal-title-login = Login
terminal-title-second-factor = Second Factor Authentication
terminal-title-ended = Login ended
terminal-title-done = Signed in
terminal-username = Username
terminal-password = Password
terminal-login-button = Login
terminal-continue = Continue
terminal-select-device = Select Second Factor Device
terminal-challenge = Challenge
terminal-response = Response
terminal-respond-help = Enter the challenge on your device, then type the { $n }-digit response here.
terminal-code-card-help = Type the values at places { $first } and { $second } of your card, one after the other, without a space.
terminal-code-card-places = Places
terminal-passcode-help = Type the { $n }-digit passcode that your device shows.
terminal-sent-code-help = Type the { $n }-digit code that was sent to { $to }.
terminal-static-code-help = Type your temporary security code.
terminal-approve-help = A notification was sent to your phone. Tap it and confirm there; this window then goes on by itself.
terminal-approve-number-help = A notification was sent to your phone. Tap it and type this number there; this window then goes on by itself.
terminal-number = Number
terminal-qr-help = Open this code with the app on your phone; this window then goes on by itself.
terminal-webauthn-help = A passkey cannot be used in this program. Use another device, or log in with a browser.
terminal-no-notification = I did not receive a notification
terminal-send-notification = Send a notification to my phone
terminal-other-device = Use another device
terminal-time-left = Time left { $time }
terminal-busy = One moment…
terminal-wrong-response = Login failed: the response was wrong.
terminal-wrong-number = Login failed: the number was wrong.
terminal-attempts-left =
    { $n ->
        [one] { $n } attempt left.
       *[other] { $n } attempts left.
    }
terminal-invalid-credentials = Invalid user name password combination. Check that Caps Lock is off.
terminal-ended-denied = The login was refused on the device.
terminal-ended-expired = The time for this login is over.
terminal-ended-too-many = Too many wrong responses. This login has ended.
terminal-ended-answered = This login was already answered.
terminal-ended-device-locked = This device is locked after too many wrong responses. Use another device or call the secure-login desk.
terminal-ended-device-locked-minutes =
    { $n ->
        [one] This device is locked after too many wrong responses. Try again in { $n } minute, or use another device.
       *[other] This device is locked after too many wrong responses. Try again in { $n } minutes, or use another device.
    }
terminal-ended-no-device = You have no device that can confirm this login. Call the secure-login desk.
terminal-ended-unknown = The server no longer knows this login. Please start again.
terminal-throttled =
    { $n ->
        [one] Too many requests. Try again in { $n } second.
       *[other] Too many requests. Try again in { $n } seconds.
    }
terminal-error-network = The server cannot be reached. Check the connection and try again.
terminal-error-server = The server cannot answer now (status { $status }). Try again later.
terminal-error-protocol = The server did not accept this program's request ({ $error }).
terminal-error-answer = The server's answer makes no sense to this program.
terminal-error-issuer = This server calls itself { $url }. Start the program with that address.
terminal-error-id-token = The server's proof of your identity is not valid. You are not signed in.
terminal-signed-in-as = Signed in as { $name }
terminal-not-signed-in = Not signed in.
terminal-scope = Scope
terminal-server = Server
terminal-quit = Quit
terminal-start-again = Start again
terminal-copied = The challenge was copied.
terminal-hints-login = Tab next field · Enter log in · Esc quit
terminal-hints-choose = Enter open the list · Tab next · Esc back
terminal-hints-list = ↑ ↓ or a first letter · Enter select · Esc close
terminal-hints-respond = Enter log in · F2 copy the challenge · Tab next · Esc back
terminal-hints-device = Enter select · Tab next · Esc back
terminal-hints-ended = Enter start again · Ctrl-C quit
terminal-hints-done = q quit
script-choose-device = Several devices can confirm this login. Choose one with --device:
script-no-such-device = There is no device { $device } that can confirm this login.
script-several-such-devices = Several devices are called { $device }. Give the id of one.
script-wait = A notification was sent to the phone. Give --wait to wait for its answer.
script-no-response = The device's response is needed: give --response, --response-command or --card-state.
script-not-for-login = The challenge is not one of a login: answering it could move money or change devices. Nothing was answered.

### The desk in the terminal, after a login (countersign-client login --brokerage)

desk-title = Paper market
desk-waiting = Asking the brokerage…
desk-quotes = Quotes
desk-orders = Orders
desk-symbol = Symbol
desk-bid = Bid
desk-ask = Ask
desk-shares = Shares
desk-price = Price
desk-cash = free { $amount }
desk-number = Number
desk-order = Order
desk-limit = Limit
desk-left = Left
desk-state = State
desk-buy = Buy
desk-sell = Sell
desk-state-open = open
desk-state-filled = filled
desk-state-cancelled = cancelled
desk-placed = Order { $number }: { $state }.
desk-cancelled = Order { $number } is cancelled.
desk-limit-help = Enter sends. Without a limit the order takes the market's price at once.
desk-hints = b buy · s sell · Tab orders · c cancel the order · q quit
desk-hints-ticket = Enter next, then send · Tab other field · Esc do not send
desk-error-login = The brokerage wants a new login. Quit and log in again.
desk-error-cash = There is not enough free cash for this order.
desk-error-shares = There are not so many free shares to sell.
desk-error-quantity = The number of shares must be from 1 to 100,000.
desk-error-limit = The limit must be a price above zero, such as 184.20.
desk-error-order = That order is not open any more.
desk-error-refused = The brokerage refuses this order.
desk-error-connection = The brokerage cannot be reached. It is asked again.

### Hosted pages

# Words between backticks are shown as keys or as the display of a device.

## Frame of every page

frame-skip = Skip to content
frame-nav = Site
frame-help = Help
frame-settings = Secure login settings
frame-language = Language
frame-new-tab = (opens in a new tab)
frame-demo = Demo
frame-demo-words = Sample users only, nothing here is real.
frame-demo-link = What to try
frame-desk = Secure-login desk
frame-promise = We never ask for your password, PIN or response by phone, mail or message.

## Front page

home-title = Secure login, with the device you have at hand
home-lead = Your password opens the first door. A device that only you hold opens the second.
home-app = Open the mobile app
home-app-words = The mobile app confirms logins and payments with a tap. Open it on your phone.
home-login = Go to login
home-how = How it works
home-settings = Secure login settings
home-what = What secure login gives you
home-devices = Several devices at once
home-devices-words = Keep more than one device active and choose any of them at each login. Losing one does not lock you out.
home-proof = Works without a network
home-proof-words = A Digital Security Card+ answers a challenge by itself. It needs no phone signal and no connection.
home-control = You see everything
home-control-words = Every login, every device and every browser we know is listed in your settings. End what is not yours.

## Login

login-title = Log in
login-asked-by = { $client } asks you to log in.
login-username = Username
login-password = Password
login-button = Login
login-then = Next, you confirm with your second-factor device.
login-trouble = Trouble logging in?
login-one-moment = One moment…
login-invalid-credentials = Invalid user name password combination. Check that Caps Lock is off and try again.
login-signed-out = You are logged out.
login-session-ended = Your session has ended. Please log in again.
login-attempt-expired = That login is over. Please start again with your password.
login-throttled =
    { $n ->
        [one] Too many tries. Please wait { $n } second and try again.
       *[other] Too many tries. Please wait { $n } seconds and try again.
    }
login-busy = Very many people are logging in right now. Please try again in a moment.
login-form-expired = This page was open for too long. Please try again.

login-steps = Steps of the login
login-step-password = Password
login-step-done = (done)
login-step-device = Second factor
login-second-factor = Second factor
login-choose = Select Second Factor Device
login-device = Device
login-choose-words = Nothing is sent or asked before you have chosen.
login-choose-help = Several devices
login-choice-locked-minutes =
    { $n ->
        [one] locked for { $n } minute
       *[other] locked for { $n } minutes
    }
login-choice-locked = locked, ask the secure-login desk
login-continue = Continue
login-other-device = Use another device
login-start-again = Start again
login-help-for = Help for { $device }

login-time-left = Time left:
login-time-left-then = Time left when this page opened:
login-seconds-left =
    { $n ->
        [one] { $n } second left.
       *[other] { $n } seconds left.
    }

login-challenge = Challenge
login-response = Response
login-respond-words =
    { $n ->
        [one] Enter the challenge on your device, then type its response of { $n } digit here.
       *[other] Enter the challenge on your device, then type its response of { $n } digits here.
    }
login-digits =
    { $n ->
        [one] { $n } digit
       *[other] { $n } digits
    }
login-guard = A login challenge starts with 1–5. Never answer a challenge starting with 8 or 9 on a login page: it would release money.
login-send-notification = Send a notification to my phone
login-how = Which keys to press
login-steps-hold-pin = Hold `press` until the display shows `PIN>`.
login-steps-type-pin = Type your 4-digit PIN and press `OK`.
login-steps-type-challenge = At `CHALLNG>`, type the challenge and press `OK`.
login-steps-hold-challenge = Hold `press` until the display shows `CHALLNG>`.
login-steps-type-challenge-first = Type the challenge and press `OK`.
login-steps-read-response = Read the 8-digit response.
login-steps-hold-bracket = Hold `press` until the display shows `[`.
login-steps-type-pin-for-passcode = Type your 4-digit PIN and press `OK`.
login-steps-press = Press the button.
login-steps-read-passcode = Read the 6-digit passcode.

login-passcode = Passcode
login-passcode-words =
    { $n ->
        [one] Type the passcode of { $n } digit that your device shows now. Each passcode works once, for about 30 seconds.
       *[other] Type the { $n }-digit passcode that your device shows now. Each passcode works once, for about 30 seconds.
    }
login-sent-code = Security Code
login-sent-words = Type the code that was sent to { $to }.

login-places = Places
login-card-values = Card Values
login-card-words = Find these two places on your card. Type both values one after the other, without a space.
login-card-six = 6 letters and digits
login-card-guard = The same two places are asked until you answer. Whoever asks you for other places, or for more than two, is not us.

login-approve = Confirm on your phone
login-approve-words = A notification was sent to your phone ({ $device }). Tap it and confirm. This page then goes on by itself.
login-number = Number
login-approve-number-words = A notification was sent to your phone ({ $device }). Tap it and type this number there. This page then goes on by itself.
login-no-notification = I did not receive a notification
login-approve-guard = If you did not start this login yourself, refuse it on your phone.

login-wrong-response = Login failed: the response was wrong.
login-wrong-number = Login failed: the number was wrong.
login-request-open = No notification was sent: another request is open on your phone. Answer or refuse it there, or use the challenge.
login-too-many-unanswered = No notification was sent: too many were left unanswered. Use the challenge; after a login, notifications come again.
login-superseded = You began another login in this browser, and your phone shows that one. Here, use the challenge.
login-attempts-left =
    { $n ->
        [one] { $n } attempt left.
       *[other] { $n } attempts left.
    }
login-device-locked-minutes =
    { $n ->
        [one] This device is locked for { $n } minute after too many wrong responses. Use another device.
       *[other] This device is locked for { $n } minutes after too many wrong responses. Use another device.
    }
login-device-locked = This device is locked after too many wrong responses. Use another device, or ask the secure-login desk to lift the lock.

login-ended-denied = The login was refused
login-ended-denied-advice = It was refused on your device. If that was you by mistake, start again.
login-ended-expired = The time is over
login-ended-expired-advice = This login was not confirmed in time. Have your device ready and start again.
login-ended-too-many = Too many wrong responses
login-ended-too-many-advice = This login has ended. A wrong PIN looks like a wrong response: check your PIN, then start again.
login-ended-answered = This login was already answered
login-ended-answered-advice = Each login can be answered once. If you are not logged in, start again.
login-ended-locked = Your device is locked
login-ended-locked-advice = Too many wrong responses were given. The secure-login desk can lift the lock.
login-ended-locked-minutes-advice =
    { $n ->
        [one] Too many wrong responses were given. Try again in { $n } minute.
       *[other] Too many wrong responses were given. Try again in { $n } minutes.
    }
login-ended-no-device = No device can confirm this login
login-ended-no-device-advice = You have no active second-factor device. The secure-login desk helps you to get back in.

## Settings

settings-title = Secure login settings
settings-signed-in = You are signed in as { $name }
settings-logout = Log out
settings-devices = Devices
settings-devices-active =
    { $n ->
        [0] No device is active. Ask the secure-login desk.
        [one] { $n } active device.
       *[other] { $n } active devices. You choose one at each login.
    }
settings-default = Default
settings-since = Since { $when }
settings-last-used = Last used { $when }
settings-never-used = Never used
settings-device-help = How to use it
settings-state-ordered = Ordered
settings-state-shipped = On its way
settings-state-pending = Not activated yet
settings-state-active = Active
settings-state-suspended = Suspended
settings-state-replaced = Replaced
settings-state-migrated = Migrated
settings-state-lost = Lost
settings-state-revoked = Revoked
settings-state-expired = Expired
settings-sessions = Sessions
settings-sessions-words =
    { $n ->
        [0] You are not logged in anywhere.
        [one] You are logged in at { $n } place.
       *[other] You are logged in at { $n } places. End any that is not yours.
    }
settings-started = Began { $when }
settings-last-seen = Last seen { $when }
settings-this-session = This session
settings-session-end = End session
settings-marks = Known browsers and programs
settings-marks-words = You have logged in from these before. Wrong guesses by strangers elsewhere do not lock you out here.
settings-marks-none = No browser or program is known yet.
settings-this-browser = This browser
settings-mark-revoke = Forget
settings-activity = Recent activity
settings-activity-words = If you see something that was not you, call the secure-login desk.
settings-activity-none = Nothing has happened yet.
settings-when = When
settings-what = What
settings-where = From

## Activity

activity-password-accepted = Password accepted
activity-password-refused = Password refused
activity-confirmation-offered = Second factor asked
activity-device-chosen = Device chosen
activity-returned-to-choice = Back to the choice of devices
activity-answered-wrong = Wrong response
activity-confirmed = Confirmed with a device
activity-denied = Refused on a device
activity-reported = Reported: it was not me
activity-expired = Not confirmed in time
activity-exhausted = Ended after wrong responses
activity-device-locked = Device locked after wrong responses
activity-card-preauthorised = A large purchase with a card was allowed
activity-card-payment-authorised = A card's declined payment was authorised
activity-card-blocked = A card was blocked
activity-device-unlocked = Lock of a device lifted
activity-device-added = Device added
activity-device-state-changed = State of a device changed
activity-device-renamed = Label of a device changed
activity-pin-changed = PIN of a device changed
activity-user-added = User created
activity-user-locked = User locked after failures
activity-user-unlocked = Lock of the user lifted
activity-default-device-changed = Default device changed
activity-session-started = Logged in to a browser
activity-session-ended = Browser session ended
activity-mark-set = Browser or program became known
activity-mark-revoked = Known browser or program forgotten
activity-code-issued = Logged in to a program
activity-code-redeemed = Program took its access
activity-code-replayed = A program's access was asked for twice and taken back
activity-activation-started = Activation of a phone began
activity-activation-refused = Wrong activation code or first response
activity-keys-agreed = Keys of a phone agreed
activity-activation-ended = Activation of a phone came to nothing
activity-statement-refused = Signed statement refused
activity-phone-logged-out = App logged out
activity-push-subscribed = Notifications to a phone switched on
activity-push-ended = Notifications to a phone ended
activity-token-refreshed = A program renewed its access
activity-refresh-replayed = A program's access was renewed twice with one key and taken back
activity-grant-revoked = A program gave its access back
activity-delivery-given-up = A program could not be told that something ended
activity-message-failed = A message could not be delivered
activity-desk-told = The secure-login desk was told of your report
activity-desk-not-told = The secure-login desk could not be told of your report
activity-signing-key-added = A signing key was added
activity-signing-key-retired = A signing key was taken out of use
activity-client-added = A program was registered
activity-client-removed = A program was removed
activity-client-secret-changed = A program got a new secret
activity-other = Other

## Messages by mail and SMS

notice-last-attempt = One more failed login locks your user. If these tries are not yours, call the secure-login desk{ $desk }.
notice-activation-code = Your activation code is { $code }. It is valid for { $minutes } min. Type it only in the app on your own phone; we never ask for it.
notice-device-activated = A new device is active: { $device }. If this was not you, call the secure-login desk{ $desk } at once.
notice-device-removed = Your device { $device } was removed with the app on it. If this was not you, call the secure-login desk{ $desk } at once.
notice-pin-changed = The PIN of your device { $device } was changed. If this was not you, call the secure-login desk{ $desk } at once.
notice-card-runs-out = Your card { $device } is good for { $left } more confirmations. Order its replacement in time.
notice-card-used-up = Your card { $device } is used up: each of its values is good once, and none is left. It confirms nothing any more.
notice-user-locked = Your user is locked after too many failed logins, until { $until }. If these tries were not yours, call the secure-login desk{ $desk }.
notice-device-locked = Your device { $device } is locked after too many wrong responses, until { $until }. If this was not you, call the secure-login desk{ $desk }.
notice-device-locked-for-good = Your device { $device } is locked after too many wrong responses. Only the secure-login desk{ $desk } can lift the lock.
notice-wrong-answers = Someone typed your right password and then wrong responses until the login ended. If this was not you, change your password.
notice-not-me = You reported a login that was not yours. Your password is locked. Call the secure-login desk{ $desk }.

mail-subject-code = { $product }: your activation code
mail-subject-notice = { $product }: about your secure login
mail-subject-desk = { $product }: a user reports a request that was not theirs
mail-foot = { $product } sent this by itself. Nobody reads answers to it.

## What the secure-login desk is told by mail

desk-report-login =
    { $username } refused a request on the phone and said “it wasn’t me”. The password is locked until the desk lifts it.

    What was asked: { $what }
    Program: { $client }
    Network address: { $address }
    Refused at: { $at }
    User id: { $user }
    Attempt, as the audit log names it: { $attempt }
desk-report-request =
    { $username } refused a request on the phone and said “it wasn’t me”. The password was not needed for it and is not locked.

    What was asked: { $what }
    Program: { $client }
    Network address: { $address }
    Refused at: { $at }
    User id: { $user }
    Attempt, as the audit log names it: { $attempt }
desk-what-login = a login
desk-what-withdrawal = a withdrawal
desk-what-card-payment = a card payment
desk-what-card-preauthorisation = the pre-authorisation of a card payment
desk-what-phone-activation = the activation of the app on a phone

## Errors

error-status = Error { $n }
error-to-login = Go to login
error-to-start = Front page
error-request = If you ask for help, give this number:
error-not-found = Nothing is here
error-not-found-advice = The address may be mistyped, or what was here has gone.
error-bad-request = That was not understood
error-bad-request-advice = Something in the request is missing or malformed. Go back and try again.
error-form-expired = This page was open for too long
error-form-expired-advice = For your safety, forms only work for a while and only in the browser that opened them. Open the page again. Cookies must be allowed.
error-forbidden = This is not for you
error-forbidden-advice = You are signed in, but this page belongs to someone else.
error-method-not-allowed = That does not work here
error-method-not-allowed-advice = This address takes another kind of request. Start again from the login.
error-too-large = That was too much
error-too-large-advice = The request was larger than this page takes.
error-unsupported-media-type = That format is not taken here
error-unsupported-media-type-advice = Forms must be sent by the page itself.
error-throttled = Too many tries
error-throttled-advice =
    { $n ->
        [one] Please wait { $n } second and try again. Waiting costs you no attempt.
       *[other] Please wait { $n } seconds and try again. Waiting costs you no attempt.
    }
error-busy = Very many people are here right now
error-busy-advice = Please try again in a moment. This costs you no attempt.
error-internal = Something went wrong on our side
error-internal-advice = It is not your fault. Please try again in a moment.

## Problem types of the API

problem-page = Problem type
problem-meaning = What it means
problem-advice = What to do
problem-not-found = Nothing is here
problem-not-found-meaning = No resource answers at this path, or the caller may not know of it.
problem-not-found-advice = Check the path against the documentation.
problem-method-not-allowed = This path does not take this method
problem-method-not-allowed-meaning = The resource exists, but not for this HTTP method.
problem-method-not-allowed-advice = Use the method that the documentation names for this path.
problem-bad-request = The request was not understood
problem-bad-request-meaning = A field is missing, has the wrong form, or appears twice.
problem-bad-request-advice = Read the detail member and correct the request. Sending it again unchanged fails again.
problem-too-large = The body is too large
problem-too-large-meaning = The body is larger than this path takes.
problem-too-large-advice = Send less.
problem-unsupported-media-type = The content type is not taken here
problem-unsupported-media-type-meaning = The Content-Type header does not name a format that this path reads.
problem-unsupported-media-type-advice = Send JSON or a form, as the documentation of the path says.
problem-unauthorized = A valid bearer token is needed
problem-unauthorized-meaning = The request carries no token, or one that is unknown, ended or expired.
problem-unauthorized-advice = Get a token and send it in the Authorization header.
problem-invalid-proof = The DPoP proof does not hold
problem-invalid-proof-meaning = Each call needs a fresh proof by the phone’s key for exactly this request (RFC 9449). The reason names the member that does not fit.
problem-invalid-proof-advice = Make a new proof. If the time does not fit, take the server’s time from the X-Server-Time header (Unix seconds).
problem-device-not-active = This device is not active
problem-device-not-active-meaning = The device was suspended, replaced or ended.
problem-device-not-active-advice = Activate the phone again, or take the device into use again in the settings.
problem-invalid-credentials = Username and password are not accepted
problem-invalid-credentials-meaning = The pair is wrong, or the user is locked; the two are not told apart.
problem-invalid-credentials-advice = Check both and try again. A locked owner is told by mail or SMS.
problem-no-contact = There is no number or address to send a code to
problem-no-contact-meaning = The user has no registered phone number or mail address.
problem-no-contact-advice = The secure-login desk can register one.
problem-unknown-activation = This activation is over
problem-unknown-activation-meaning = It has expired, was finished, had too many wrong tries, or was begun by another phone.
problem-unknown-activation-advice = Begin a new activation.
problem-unknown-invitation = This code from the settings page was used or is over
problem-unknown-invitation-meaning = The session ID or QR code is not known, has been used by a phone, or its time is over.
problem-unknown-invitation-advice = Show a new one on the settings page, and use it within ten minutes.
problem-unknown-change = This change of the PIN is over
problem-unknown-change-meaning = It has expired, was finished, had too many wrong tries, or was begun by another phone. Your PIN is as it was.
problem-unknown-change-advice = Begin a new change.
problem-no-pin = This phone has no PIN
problem-no-pin-meaning = It is unlocked by the fingerprint or the face that the phone itself knows.
problem-no-pin-advice = Activate the phone again if you want to use a PIN.
problem-wrong-code = The activation code is wrong
problem-wrong-code-meaning = The code is not the one that was sent last.
problem-wrong-code-advice = Type the code again; attempts_left says how often.
problem-wrong-response = The response or PIN is wrong
problem-wrong-response-meaning = A wrong PIN and a wrong response are never told apart.
problem-wrong-response-advice = Try again with the right PIN; attempts_left says how often.
problem-wrong-number = The number is wrong
problem-wrong-number-meaning = The two digits are not those on the login screen. The request on the phone is over.
problem-wrong-number-advice = The login screen offers a challenge instead.
problem-statement-mismatch = What was signed is not what was asked
problem-statement-mismatch-meaning = A member of the signed statement differs from what was to be confirmed. The reason names it.
problem-statement-mismatch-advice = Show the user the present request and sign exactly that.
problem-attempt-ended = This attempt has ended
problem-attempt-ended-meaning = It was answered, refused, expired or had too many wrong answers. The reason says which.
problem-attempt-ended-advice = Begin a new one.
problem-not-awaited = This attempt does not await that
problem-not-awaited-meaning = The step does not fit where the attempt stands.
problem-not-awaited-advice = Ask how the attempt stands and go on from there.
problem-device-locked = This device is locked
problem-device-locked-meaning = Too many wrong answers were given with it.
problem-device-locked-advice = Use another device. A lock for a time ends by itself; another device or the secure-login desk lifts it.
problem-no-cards = There are no debit cards here
problem-no-cards-meaning = The institution has no card processor behind this server.
problem-no-cards-advice = Show no cards; config.json of the app says beforehand whether there are any.
problem-unknown-card = There is no such card of this user
problem-unknown-card-meaning = The card does not exist, or it is somebody else's: both are answered alike.
problem-unknown-card-advice = Get the list of cards again.
problem-card-refused = The card does not do that
problem-card-refused-meaning = The reason says why: not_active, not_whole (whole units of the currency only), not_needed (the card pays that at once), insufficient_funds, unknown_payment (it is not declined, or too old), changed.
problem-card-refused-advice = Tell the user the reason; nothing was done.
problem-card-processor-unreachable = The card processor cannot be reached
problem-card-processor-unreachable-meaning = The institution's card processor did not answer. What was confirmed stays confirmed and can be carried out for ten minutes.
problem-card-processor-unreachable-advice = Try again after the time that the Retry-After header names; nothing is done twice.
problem-form-expired = The form is too old or came from elsewhere
problem-form-expired-meaning = The form token does not belong to this browser, or the request came from another site.
problem-form-expired-advice = Load the page again and send its own form. Cookies must be allowed.
problem-cross-origin = Only our own page may call this
problem-cross-origin-meaning = The request came from another site’s page, or from a program. This address serves the phone app’s own page only.
problem-cross-origin-advice = Use the phone app, or the interfaces that are documented for programs.
problem-no-push = No phone is woken here
problem-no-push-meaning = This server sends no notifications by push services. Its configuration does not enable them.
problem-no-push-advice = Show what awaits the phone while the app is open. Challenges work without any network.
problem-not-subscribed = This phone is not subscribed
problem-not-subscribed-meaning = The server does not know where to wake this phone, or its push service no longer knows it.
problem-not-subscribed-advice = Subscribe again with the browser and send the new subscription.
problem-throttled = Too many tries
problem-throttled-meaning = This network address or this user has sent too many requests that carry a secret. It counts as no attempt.
problem-throttled-advice = Wait as long as the Retry-After header says.
problem-busy = Too many requests at once
problem-busy-meaning = The server refuses new work for a moment rather than let everyone wait.
problem-busy-advice = Try again after the time that the Retry-After header names.
problem-internal = Something went wrong on our side
problem-internal-meaning = The server could not finish the request. The answer says nothing more on purpose.
problem-internal-advice = Try again later. If it stays, give the operator the X-Request-Id header of the answer.

## Demo

demo-title = Try Countersign
demo-lead = Everything runs on this machine. Log in as a sample user, with virtual cards and phones that behave like real ones.
demo-try = What to try
demo-try-login = Log in as one of the users below.
demo-try-choose = Choose any of the user's devices.
demo-try-card = Open the card reader beside the login, type the PIN and the challenge, and copy the response back.
demo-try-phone = Or choose the Mobile app: the page waits, and goes on by itself when the software phone approves in a terminal.
demo-try-wrong = Give wrong responses and see what is said, what is locked, and what the user is told.
demo-try-language = Switch the language at the top of any page, even in the middle of a login.
demo-open-login = Open the login
demo-open-card = Open the card reader
demo-open-outbox = Open the outbox
demo-app = The mobile app
demo-app-words = The app itself, in the browser of a phone or in another window here. It takes the place of the user’s software phone.
demo-app-open = Open the mobile app
demo-app-1 = Open it and choose “Authentication”, then “Username and password”.
demo-app-2 = Take this user:
demo-app-3 = The activation code is in the outbox.
demo-app-4 = Choose a PIN. Then log in as the same user in another window: the request appears in the app.
demo-app-5 = At the end of the app’s first screen you can switch between its iOS and its Android form.
demo-app-none = The app is not built. Build it with `npm ci` and `npm run build` in the folder `web`.
demo-brokerage = The sample brokerage
demo-brokerage-words = A program of its own that logs its customers in here, as any institution's programs would: a client portal, a web trader and a counter for debit cards.
demo-open-brokerage = Open the brokerage
demo-users = Sample users
demo-pin = PIN
demo-take-card = Card reader
demo-phone = The software phone
demo-phone-words = The phone is a file here. While a login waits for it, approve in a terminal, and type its PIN. With `deny` in place of `approve` the login is refused.
demo-take-phone = Software phone
demo-native = A native program
demo-native-words = The same login in a full-screen terminal program, with a drop-down list of devices:
demo-back = Back to what to try
demo-outbox = Outbox
demo-outbox-words = What the server would have sent by mail and SMS. The demo sends nothing.
demo-outbox-count =
    { $n ->
        [0] No messages yet.
        [one] { $n } message, newest first.
       *[other] { $n } messages, newest first.
    }
demo-outbox-mail = Mail
demo-outbox-sms = SMS
demo-card = Card reader
demo-card-words = A virtual card that works as the real one does. It never knows whether a PIN is right: only the server can tell.
demo-card-no-scripts = The pages' scripts are not built, so the card has no keys here. Build them with `npm ci` and `npm run build` in the folder `web`. The form below works all the same.
demo-card-pick = Card in hand
demo-card-take = Take this card
demo-card-keys = How to use it
demo-card-plain = Without the keys
demo-card-look-up = Look up two values
demo-card-places-hint = The two places from the login page, with a space between them
demo-card-none = No sample user has a card.
demo-card-bad-challenge = This card takes a challenge of another length.
demo-card-bad-places = Give two places that are on the card, with a space between them.
demo-card-unavailable = The card's file cannot be used. Start the demo again.
demo-card-hold = Hold the key until the display lights up.
demo-card-failed = The card could not be reached. Reload the page and try again.
demo-card-off = The display is off. Hold press to switch it on. You may also type on your keyboard: digits, Enter for OK, Backspace for C.
demo-card-off-button = The display is off. Press the button.
demo-generate = Generate
demo-key-press = press
demo-lcd-pin = PIN>
demo-lcd-challenge = CHALLNG>
demo-lcd-bracket = [
demo-lcd-busy = - - - -
demo-lcd-error = ERROR

## Help

help-title = Help
help-about = Short pages, one for each thing you may want to do.
help-all = All help pages

help-login-title = Logging in
help-login-about = Two steps: your password, then your device.
help-login-steps = Step by step
help-login-1 = Type your username and password. Usernames are always in small letters.
help-login-2 = If you have several devices, choose one at “Select Second Factor Device”.
help-login-3 = Use the device as its own screen says: type the response, passcode or card values it gives you.
help-login-4 = Press Login. The page shows how much time is left.
help-login-fails = If it fails
help-login-password = “Invalid user name password combination”
help-login-password-words = The username or the password is wrong. Check Caps Lock and the keyboard's language. After many failures your user is locked for a time; then even the right password gets this answer, and you are told by mail or SMS.
help-login-response = “Login failed”
help-login-response-words = The response was wrong. A wrong PIN looks exactly the same, because only the server can judge the PIN. Type the challenge again with the right PIN.
help-login-time = “The time is over”
help-login-time-words = A challenge lives as long as its login. Start again; you get a new one.
help-login-locked = “Your device is locked”
help-login-locked-words = Too many wrong responses were given with it. Wait, use another device, or ask the secure-login desk.

help-digits = What a challenge is for
help-digits-words = The first digit of a challenge shows what your response will do. Look at it before you answer.
help-digits-first = First digit
help-digits-for = Your response
help-digits-login = logs you in
help-digits-devices = changes your devices
help-digits-money = releases money

help-several-title = Several devices
help-several-about = You may keep several devices active and use any of them at any login.
help-several-1 = Type your username and password.
help-several-2 = At “Select Second Factor Device”, open the list and choose the device you have at hand.
help-several-3 = The screen of that device follows. Use the device and log in.
help-several-good = Good to know
help-several-leave = Activating a further device leaves the others as they are.
help-several-change = Chose the wrong one? “Use another device” takes you back. You need not type your password again.
help-several-locked = A locked device stays in the list, with the reason. The others keep working.
help-several-one = With a single active device there is no list: its screen comes at once.
help-several-default = The default device is chosen beforehand in the list. At first it is your oldest one.

help-app-title = Using the mobile app
help-app-about = Your phone confirms a login with a tap. Without a network it answers a challenge.
help-app-network = With a network
help-app-network-1 = Type your username and password. A notification comes to your phone.
help-app-network-2 = Tap it, and read who asks, from where and for what.
help-app-network-3 = If the login page shows a number, type it on the phone.
help-app-network-4 = Approve with your PIN, face or fingerprint. The login page goes on by itself.
help-app-silent = If no notification comes
help-app-silent-open = Open the app: the request is on its first screen.
help-app-silent-scan = Or choose “Log in with QR Code” on the login page, and “Scan a code” in the app.
help-app-silent-challenge = Or use the challenge, as without a network.
help-app-silent-check = “Self-check” in the app’s settings says why notifications do not come.
help-app-offline = Without a network
help-app-offline-1 = On the login page choose “I did not receive a notification”. It shows a 6-digit challenge.
help-app-offline-2 = In the app open “Challenge/response” and type the challenge.
help-app-offline-3 = Press “Generate” and give your PIN, face or fingerprint. The app shows an 8-digit response.
help-app-offline-4 = Type it into the field Response, and press Login.
help-app-pin-words = The phone never knows whether a PIN is right. It shows a response as always, and the login page answers “Login failed”. If you have forgotten the PIN, activate the phone again and choose a new one.
help-app-know = Good to know
help-app-not-me = Something you did not start? Press “It wasn’t me” on the phone. The request is refused and your password is locked; then call the secure-login desk.
help-app-new-phone = A new phone? Activate the app there. The old phone’s key ends by itself.
help-app-lost = Phone lost? Log in with another device, or call the secure-login desk.

help-dsc-plus-title = Using a Digital Security Card+
help-dsc-plus-about = The card turns the challenge on the login page into a response. It needs your PIN and no network.
help-dsc-plus-1 = Log in with your username and password. The page shows a 6-digit challenge.
help-dsc-plus-2 = Hold `press` on the card until the display shows `PIN>`.
help-dsc-plus-3 = Type your 4-digit PIN and press `OK`.
help-dsc-plus-4 = When the display shows `CHALLNG>`, type the 6-digit challenge and press `OK`.
help-dsc-plus-5 = The display shows an 8-digit response.
help-dsc-plus-6 = Type it into the field Response, without a space, and press Login.
help-dsc-plus-picture = A card with a display that shows “PIN>”, a key “press”, the digit keys 0 to 9, and the keys C and OK.
help-wrong-pin = What a wrong PIN looks like
help-wrong-pin-words = The card never says that a PIN is wrong. It shows a response as always, and the login page answers “Login failed”. So nobody who finds your card can try out PINs on it.
help-device-trouble = If something does not work
help-dsc-plus-touch = The keys must be pressed: they are not a touch surface.
help-dsc-plus-clear = `C` deletes what you have typed. Only the last digit of the PIN is visible, the others are dashes.
help-dsc-plus-off = If the display goes off, begin again with `press`. The challenge on the page stays the same while its time lasts.
help-dsc-plus-again = If the time is over, log in again. You get a new challenge; the old one no longer works.

help-dsc-title = Using a Digital Security Card
help-dsc-about = The card shows a passcode that changes every 30 seconds. There is no challenge.
help-dsc-1 = Hold `press` for about two seconds until the display shows `[`.
help-dsc-2 = Type your 4-digit PIN. Only the last digit is visible; `C` deletes.
help-dsc-3 = Press `OK`. The display shows a 6-digit passcode.
help-dsc-4 = Type it into the field Passcode within 30 seconds and press Login. Each passcode works once.
help-wrong-passcode-pin-words = The card never says that a PIN is wrong. It shows a passcode as always, and the login page answers “Login failed”.
help-legacy = This device is no longer issued. The one you have keeps working.

help-gold-title = Using a Gold Device
help-gold-about = The device shows a passcode that changes every 30 seconds. It has no PIN.
help-gold-1 = Press the button. The display shows a 6-digit passcode.
help-gold-2 = Type it into the field Passcode.
help-gold-3 = Press Login.
help-gold-late = If the passcode is refused, wait for the next one. It may have changed while you typed.
help-gold-once = Each passcode works once. For a second login, wait for the next one.

help-platinum-title = Using a Platinum Device
help-platinum-about = The device turns a challenge into a response. It has no PIN.
help-platinum-1 = Hold `press` until the display shows `CHALLNG>`.
help-platinum-2 = Type the challenge from the login page and press `OK`.
help-platinum-3 = Type the 8-digit response into the field Response and press Login.

help-card-title = Using a Security Code Card
help-card-about = A printed card with numbered places. Each place holds three letters or digits.
help-card-picture = A card with numbered places. The login page asks for places 100 and 50. Place 50 holds Z3V and place 100 holds A3D, so A3DZ3V is typed.
help-card-caption = An example: places 100 and 50 are asked. Place 100 holds A3D, place 50 holds Z3V. You type A3DZ3V.
help-card-1 = The login page shows two numbers. They are places on your card.
help-card-2 = Find the first number and read the three characters beside it.
help-card-3 = Find the second number and read its three characters.
help-card-4 = Type all six characters into the field Card Values, in that order and without a space. Press Login.
help-card-know = Good to know
help-card-same = The same two places are asked again until you have answered. Reloading the page changes nothing.
help-card-spent = A value that was used is spent. When none is left, the card has ended.
help-card-never = We ask for two values at a time, on the login page only. Never read out your card, never photograph it.
help-card-lost = Lost the card? Log in with another device, or call the secure-login desk.

## Confirming what is not a login

confirm-authentication = Confirm that it is you
confirm-withdrawal = Confirm a withdrawal
confirm-card-payment = Confirm a card payment
confirm-card-preauthorisation = Allow a large purchase
confirm-asks = { $client } asks you to confirm this.
confirm-to = To
confirm-to-account = Account
confirm-from = From
confirm-reference = Reference
confirm-merchant = Merchant
confirm-card = Card
confirm-window = Valid for one purchase within
confirm-window-minutes =
    { $n ->
        [one] { $n } minute
       *[other] { $n } minutes
    }
confirm-guard-withdrawal = This challenge starts with 8 or 9, and its last three digits are the last three digits of the account above. If they differ, refuse.
confirm-guard-payment = A challenge for a payment starts with 8 or 9. If this one does not, refuse.
confirm-approve-guard = Compare what your phone shows with what is written here. If you did not start this yourself, refuse.
confirm-button = Confirm
confirm-decline = Refuse
confirm-decline-words = If you did not start this yourself, refuse. Nothing happens then.
confirm-back = Back to { $client }
confirm-back-settings = Back to the settings
confirm-ended-told = Confirmed
confirm-ended-told-advice = Whoever asked has been told. You can close this page.
confirm-ended-denied = Refused
confirm-ended-denied-advice = You refused. Nothing was released.
confirm-ended-expired = The time is over
confirm-ended-expired-advice = This was not confirmed in time. Nothing was released.
confirm-ended-answered = This was already answered
confirm-ended-answered-advice = Each request can be answered once.
confirm-ended-too-many-advice = This request has ended, and nothing was released. A wrong PIN looks like a wrong response: check your PIN.
settings-waiting = Waiting for you
settings-waiting-words =
    { $n ->
        [one] One request waits for your confirmation. If you did not start it, refuse it.
       *[other] { $n } requests wait for your confirmation. If you did not start them, refuse them.
    }
settings-waiting-left =
    { $n ->
        [one] waits one more minute
       *[other] waits { $n } more minutes
    }
settings-waiting-review = Look at it
activity-user-code-changed = The code that you tell programs was changed
activity-backchannel-asked = A program asked for a confirmation
activity-backchannel-refused = A program asked for a confirmation and was refused
activity-backchannel-redeemed = A program was told of your confirmation
notice-asked = { $client } asks you to confirm something. It waits for you at { $address }: open that address yourself and log in. If you did not start it, refuse it there.
notice-not-my-operation = You reported a request that was not yours. It was refused. Call the secure-login desk{ $desk }.

qr-label = QR code to scan with your phone
login-scan = Log in with QR Code
login-scan-words = Open the app on your phone ({ $device }), choose “Scan a code” and point the camera at this code. This page then goes on by itself.
login-offline = Login with Challenge/Response
invite-title = Activate the mobile app
invite-open = Open { $address } on your phone, and install it if you like.
invite-scan = Choose “Authentication”, then “Scan a code”, and point the camera at this code.
invite-follow = Choose a PIN or your phone’s face or fingerprint check. This page then says so.
invite-id = Session ID
invite-type = No camera? Type your username { $name } and this session ID instead.
invite-guard = Whoever scans this code confirms logins and payments in your name. Show it to nobody.
invite-used = A phone has taken up this code. Once it is active, you find it among your devices.
invite-over = The time of this code is over.
invite-none = A code for your phone’s camera lets it be activated without another password or message.
invite-stale = You logged in more than 20 minutes ago. Log in again to add a phone.
invite-login = Log in again
invite-make = Show a code
invite-again = Show a new code
invite-back = Back to the settings
invite-help = Help
activity-invitation-made = A code to activate the mobile app was shown
