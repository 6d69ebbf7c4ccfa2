# The phone app in English. app.ru.ftl carries the same keys and arguments (checked by a test).

### Everywhere

back = Back
cancel = Cancel
confirm = Confirm
continue = Continue
done = Done
save = Save
try-again = Try again
start-again = Start again
not-now = Not now
one-moment = One moment…
field-empty = Fill in this field.
both-needed = Fill in both fields.
minutes =
    { $n ->
        [one] { $n } minute
       *[other] { $n } minutes
    }
attempts-left =
    { $n ->
        [one] { $n } attempt left.
       *[other] { $n } attempts left.
    }
time-left = Time left:
time-left-said =
    { $n ->
        [one] { $n } second left
       *[other] { $n } seconds left
    }
screen-failed = This screen is not here yet
screen-failed-words = It could not be fetched. Check the network and try again.
banner-offline = No network. Challenge/response and help work all the same.
banner-update = A new version is ready.
banner-update-now = Use it now

### Modules, menus

trade = Trade
authentication = Authentication
debit-card = Debit Card
modules = Modules
tabs = Sections
home-tab = Home
requests-tab = Requests
respond-tab = Challenge
more-tab = More
menu = Menu
menu-open = Open the menu
menu-close = Close the menu
app-settings = App Settings
settings-all = All settings
settings-key = This phone as a key
settings-tools = Tools
settings-app = App

### Home

welcome-words = Welcome. Tap what you want to do; the app leads you through what is needed first.
trade-words = Open the trading screen.
trade-words-live = You are signed in until { $time }.
authentication-words = Approve logins and payments; respond to a challenge.
authentication-words-first = Make this phone a key to your logins.
debit-card-words = Allow a large purchase, or block a card.
start = Where do you start?
start-note = Nothing is decided for good: every part can be added later.
start-trading = I only trade
start-trading-words = Tap Trade and log in as always. Nothing else changes.
start-authentication = I only confirm logins
start-authentication-words = Activate this phone once, then approve with a tap.
start-both = Both
start-both-words = Activate this phone first, then trade.
start-card = I have a debit card
start-card-words = Activate this phone first, then see your cards.
home-key-ended = This phone’s key has ended
home-key-ended-words = It was replaced, ended or suspended. Activate the phone again to approve with it.
install = Put the app on your home screen
install-android = It opens faster, works with no network, and notifications reach you reliably.
install-ios = Tap Share in Safari, then Add to Home Screen. Notifications only come to an app on the home screen.
install-now = Install
look-to-ios = Demo: show the iOS form
look-to-android = Demo: show the Android form

### Activation

activate = Activate this phone
activate-now = Activate
activate-words = Your phone becomes a key: it confirms logins and payments of your username.
activate-before-card = Your debit cards open with this phone as a key. Activate it first; afterwards you come back to Debit Card.
activate-before-trade = First this phone becomes a key; afterwards you come back to Trade.
activate-offline = Activating needs a network. Connect the phone first.
activate-how = How would you like to begin?
activate-by-password = Username and password
activate-by-password-words = A code is sent to your registered number, or another device of yours is asked.
activate-by-scan = Scan a code
activate-by-scan-words = In the secure login settings on a computer, choose “Activate the mobile app”.
activate-by-session = Session ID
activate-by-session-words = The letters and digits below that code, if you cannot scan it.
activate-before = Had a key before?
activate-again = New phone, or app reinstalled
activate-again-words = Activate again. The key of the old phone ends by itself.
activate-migrate = From the separate authenticator app
activate-migrate-words = Activate here. The key in the old app ends by itself.
activate-desk-words = When you have neither your number nor another device
activate-under-way = The activation of { $username } is not finished.
activate-go-on = Go on with it
activate-anew = Begin anew
activate-password-words = The same as in your other programs.
activate-session-words = Open the secure login settings on a computer and choose “Activate the mobile app”.
activate-for = For the username { $username }
activate-followed = A link opened the app. With it this phone becomes a key to the username whose settings page made it.
activate-followed-guard = Go on only if you opened the secure login settings yourself and the code was on that page. If somebody sent you the link or the code, stop: the phone would be a key to a username that is not yours.
activate-followed-button = Activate this phone
activate-replace = Begin another activation?
activate-replace-words = The activation of { $username } is not finished. If you begin another one, it is given up.
activate-other-way = Another way
activate-done = This phone is a key
activate-done-words = { $label } now confirms logins and payments of { $username }.
activate-ended = These ended with it:
session-id = Session ID
session-id-hint = 10 letters and digits
code = Activation code
code-title = Type the code
code-sent-sms = A code was sent by SMS to { $to }.
code-sent-mail = A code was sent by mail to { $to }.
code-not-come = It can take a minute. If none comes, start again: a new code is sent, and the old one is void.
prove-title = Ask another device of yours
prove-words = Because you have another active device, that one confirms this activation, and no code is sent.
label = Name of this phone
label-hint = You see it when you choose a device, for example “My phone”. It may stay empty.

### PIN, biometric

pin = PIN
pin-title = Choose a PIN
pin-enter = Enter your PIN
pin-for = For { $username }
pin-length = 4 to 6 digits
pin-words = You will type it to approve requests and to respond to challenges.
pin-advice = Do not take a birth date, a part of your address or of a document’s number, or a phone number: yours or your family’s.
pin-new = New PIN
pin-again = New PIN once more
pin-current = Current PIN
pin-current-missing = Type your current PIN, 4 to 6 digits.
pin-trivial = That PIN is too easy to guess. Avoid equal digits, runs such as 1234, repeated pairs and years.
pin-differs = The two PINs differ. Type the same one twice.
pin-change = Change PIN
pin-change-words = The server judges both PINs; the phone keeps neither.
pin-changed = Your PIN is changed. Use the new one from now on.
pin-forgotten = Forgotten it? Activate this phone again: you choose a new one there.
pin-instead = Use a PIN instead
biometric-title = Face or fingerprint
biometric-words = Your phone asks for your face, your fingerprint or its own code whenever you approve something. Nothing of it leaves the phone.
biometric-instead = Use face or fingerprint instead
form-pin = PIN
form-biometric = Face, fingerprint or the phone’s code

### Requests

requests = Requests
requests-none = Nothing waits for you
requests-none-words = A login or payment that needs you appears here by itself.
requests-no-key = Requests come once this phone is activated.
requests-note = No notification? Scan the code on the login screen, or respond to its challenge.
requests-ask = Ask now
requests-came = A request waits for your answer.
requests-waiting =
    { $n ->
        [one] { $n } request waits
       *[other] { $n } requests wait
    }
requests-answer = Answer a request
request = Request
request-gone = This request cannot be shown
request-gone-words = If your login still waits, ask again there, or use challenge/response.
request-not-yours = If you did not start this, decline.
request-scanned = Approve only if the code was on a login screen that you opened yourself. If somebody sent you the code or a link, decline: they would be logged in as you.
request-scan = Scan the code on the login screen to approve this.
approve = Approve
deny = Deny
not-me = It wasn’t me
number = Number
number-hint = The two digits on the login screen. One try: a wrong number ends the request.
number-missing = Type the two digits that the login screen shows.
report-sure = Was it really not you?
report-words-login = The login is refused, your password is locked at once, and all your browser sessions end.
report-words = The request is refused. If someone began it in your browser, your password is locked too.
report-desk = The secure-login desk is told. You need to call it to get a new password.
report-call = Then call the secure-login desk: nobody else gives you a new password.
report-yes = It wasn’t me
outcome-approved = Approved
outcome-approved-login = { $client } goes on by itself.
outcome-approved-words = What you saw is what you signed. It goes on by itself.
outcome-denied = Denied
outcome-denied-words = Nothing happens. Whoever asked is told that it was refused.
outcome-reported = Reported
outcome-reported-words = The request is refused. If it was a login, your password is locked.
outcome-reported-desk = The secure-login desk is told.
outcome-reported-next = Call the desk to get back in with a new password.
outcome-over = This request is over

operation-login = { $client } asks you to confirm a login
operation-login-title = Login
operation-authentication = { $client } asks you to confirm who you are
operation-authentication-title = Confirm who you are
operation-withdrawal = Withdraw { $amount } to { $payee }
operation-withdrawal-title = Withdrawal
operation-card-payment = Pay { $amount } to { $merchant }
operation-card-payment-title = Card payment
operation-card-preauthorisation = Allow card purchases up to { $amount }
operation-card-preauthorisation-title = Large purchase
operation-other = { $client } asks you to confirm something
operation-other-title = Request
detail-amount = Amount
detail-payee = To
detail-payee-account = To account
detail-from-account = From account
detail-reference = Reference
detail-merchant = Merchant
detail-card = Card
detail-up-to = Up to
detail-window = Good for
detail-who = Asked by
detail-message = Message
detail-where = From address
detail-program = Program
detail-when = When
detail-raw = Everything in it
detail-username = Username

### Challenge/response

respond = Challenge/response
respond-short = With no network
respond-words = Works with no network. On the login screen choose “I did not receive a notification”, and type its challenge here.
respond-money = Confirm money by challenge
respond-money-short = For withdrawals and payments only
respond-money-words = Only for a withdrawal or payment that you began yourself. The response releases money.
challenge = Challenge
challenge-hint = 6 digits from the login screen
challenge-hint-money = 6 digits; a challenge for money starts with 8 or 9
challenge-six = A challenge has 6 digits and starts with 1 to 9.
challenge-device = A challenge that starts with 6 or 7 changes your devices: it activates, replaces or lifts a lock. Go on only if you began that yourself.
challenge-is-money = This challenge moves money
challenge-is-money-words = It starts with 8 or 9. If a login page shows it, stop: no login asks for such a challenge. If you began a withdrawal or payment, confirm it on the screen for money.
challenge-not-money = This challenge is not for money
challenge-not-money-words = Challenges for money start with 8 or 9. For a login or a device use the other screen.
money-compare = Does the destination account end with { $digits }?
money-compare-words = The last three digits of the challenge are those of the account that gets the money. If they differ, stop and call the secure-login desk.
generate = Generate
response = Response
response-ready = The response is ready.
response-to = To the challenge { $challenge }
response-type = Type these 8 digits into the field “Response” on the login screen.
response-type-money = Type these 8 digits into the field “Response” where you asked for the withdrawal or payment, nowhere else.
response-pin = A wrong PIN gives a response that is refused: then generate a new one.
response-copy = Copy
response-copied = Copied
response-again = Another challenge
no-key = This phone is not a key yet
no-key-words = Activate it once, with a network. Afterwards this works without one.

### Scanning

scan = Scan a code
scan-short = Instead of waiting for a notification
scan-words = Point the camera at the code on the login screen or in the secure login settings.
scan-view = What the camera sees
scan-picture = Take it from a picture
scan-nothing = There is no code in that picture.
scan-no-camera = The camera cannot be used. Allow it for this app in the phone’s settings, or take the code from a picture.
scan-foreign = That code is not one of ours. Nothing was opened.
scan-guard = Scan only what your own screen shows. Whoever sends you a code wants to log in as you.
scan-instead-session = Type the session ID instead
scan-instead-challenge = Use the challenge instead
scan-again = Scan again

### Debit cards

cards-none = No cards yet
cards-none-words = Cards that are issued to you appear here.
cards-not-here = No debit cards here
cards-not-here-words = Your institution does not offer debit cards in this app.
card-ending = ending in
card-available = Available
card-state-pending = Not active yet
card-state-active = Active
card-state-blocked = Blocked
card-state-cancelled = Cancelled
card-pending-words = This card is on its way or not activated yet. It cannot be used so far.
card-blocked-words = This card is blocked for good. Ask for a new one in the portal.
card-cancelled-words = This card was cancelled and cannot be used any more.
card-declined = Declined payments
card-declined-count =
    { $n ->
        [one] { $n } declined payment
       *[other] { $n } declined payments
    }
card-declined-note = Authorise one, then let the merchant try again.
card-authorise = Authorise
card-authorised = Authorised. Let { $merchant } try the same amount again.
card-preauthorise = Allow a large purchase
card-preauthorise-words = Large purchases may be declined unless you allow them first. You then have 15 minutes.
card-preauthorise-button = Allow it
card-preauthorised = Purchases up to { $amount } go through until { $time }.
card-preauthorised-now = Allowed at present: up to { $amount }, until { $time }.
card-amount = Amount in { $currency }
card-amount-hint = Whole units, a little more than the price
card-amount-missing = Type the amount, more than zero.
card-lost = Lost or stolen?
card-block = Block this card
card-block-note = A blocked card cannot be used again.
card-block-sure = Block the card ending in { $last }?
card-block-words = Every payment is refused from now on. This cannot be undone; a new card is needed.
card-block-yes = Block the card

### Trade

login = Login
login-username = Username
login-password = Password
sign-out = Sign out
unlock = Unlock
trade-open = Open the trading screen
trade-signed-in = Signed in as { $username }
trade-until = Until { $when }
trade-locked-words = Unlock trading with this phone, or log in with any device.
trade-login-words = Log in as always, with any of your devices. This phone need not be a key for it.
trade-unlock = Unlock with this phone
trade-login = Log in
trade-login-short = With username, password and any device
trade-login-then = Then you confirm with a second factor device of yours.
trade-read-only = Only look
trade-read-only-note = Read only: no orders can be given without signing in.
trade-none = No trading screen here
trade-none-words = Your institution has not connected one. Use its own program.
trade-offline = Trading needs a network.
trade-others-ios = The other modules are at the bottom of More.
trade-others-android = The other modules are in the menu, under App Settings.
trade-on-this-phone = The request is on this phone
trade-on-this-phone-words = Answer it here; the login goes on by itself.
second-factor = Second factor
choose-device = Select Second Factor Device
choose-device-words = Nothing is sent or asked before you choose.
device-default = Default
other-device = Use another device
approve-on-phone = Confirm on your phone
approve-words = A notification was sent to { $device }. Approve it there.
approve-number-words = A notification was sent to { $device }. Type this number there.
no-notification = I did not receive a notification
send-notification = Send a notification instead
type-challenge = Type the challenge on { $device }, then its response here.
card-places = Card numbers
card-values = Card Values
card-words = Look up both numbers on the card. Type the two values together, without a space.
passcode = Passcode
passcode-words =
    { $n ->
        [one] Type the { $n } digit that the device shows.
       *[other] Type the { $n } digits that the device shows.
    }
security-code = Security Code
sent-words = Type the code that was sent to { $to }.

### Usernames, settings

usernames = Usernames
usernames-add = Add a username
usernames-none = No username yet
usernames-none-words = Activate this phone for your username. One phone can hold several.
usernames-none-short = No username yet
usernames-note = Each username has a key of its own on this phone.
username-since = active since { $when }
username-active-since = Active since
username-form = You approve with
rename = Rename this phone
renamed = The name is now { $label }.
activity = Activity
activity-none = Nothing happened yet
activity-words = If you see something that was not you, call the secure-login desk.
remove = Remove from this phone
remove-words = The key of { $username } is taken off this phone.
remove-point-key = This phone can no longer approve anything for that username.
remove-point-others = Your other devices and your password stay as they are.
remove-point-again = You can activate the phone again at any time.
remove-sure = Remove { $username } from this phone?
remove-sure-words = Make sure that you can log in with another device or receive a code.
remove-yes = Remove
removed = Removed from this phone
remove-untold = The server could not be told. The key is gone from this phone, but still listed: end it in the secure login settings, or call the desk.
language = Language
language-choose = Language of the app
language-en = English
language-ru = Русский
look = Form of the app
look-words = In the demo you can see both forms on one machine.
look-ios = iOS
look-android = Android
desk = Secure-login desk
desk-words = Call when you have lost your devices, when something happened that was not you, or when nothing here helps. Nobody there ever asks for your PIN, a response or your password.
desk-none = No numbers are known
desk-none-words = Ask your institution for the number of its secure-login desk.
about = About
about-words = Confirms logins and payments with this phone as a key.
about-keeps = What this phone keeps
about-key = A key that cannot be copied out
about-key-words = Made on this phone; removing the app’s data destroys it.
about-pin = Nothing of your PIN
about-pin-words = Only the server can judge it, so a stolen phone gives no way to guess.
about-server = Server

### Notifications, self-check

notification-request-title = A request waits for you
notification-request-body = Tap to see who asks, and approve or deny.
notification-test-title = Test notification
notification-test-body = Notifications reach this phone.
notification-open = Open
push = Notifications
push-words = When a login or payment needs you, this phone says so. The message itself holds no secret.
push-turn-on = Turn on notifications
push-is-on = Notifications are on
push-on-words = They say only that a request waits: not whose, and not what for.
push-turn-off = Turn off notifications
push-is-off = Notifications are off
push-off-words = You can still approve: open the app, scan the code, or use challenge/response.
push-denied = Notifications are blocked
push-denied-words = Allow them for this app in the phone’s or the browser’s settings, then come back.
push-unsupported = This browser has no notifications
push-ios-home-screen = Tap Share in Safari, then Add to Home Screen, and open the app from there: only then iOS lets it notify you.
check = Self-check
check-short = Why do notifications not come?
check-words = Everything that a notification needs, looked at now.
check-all-good = Everything is fine
check-found =
    { $n ->
        [one] { $n } thing needs attention
       *[other] { $n } things need attention
    }
check-good = good
check-warning = look at this
check-bad = does not work
check-permission = Permission to notify
check-permission-default = The app has not been allowed to notify you yet. Turn notifications on below.
check-permission-denied = Notifications of this app are blocked. Allow them in the phone’s or the browser’s settings.
check-permission-unsupported = This browser cannot receive notifications. Use another, or open the app when you log in.
check-subscription = Way of the messages
check-subscription-none = This phone is not registered for messages. Turn notifications on below.
check-subscription-gone = The registration has expired. Turn notifications on anew below.
check-subscription-never = No message has arrived here yet. Send a test notification.
check-subscription-refused = The message service refused the last message. Turn notifications on anew below.
check-subscription-unreachable = The message service could not be reached last time. Try a test later.
check-network = Network
check-network-offline = There is no network. Challenge/response works all the same.
check-clock = Clock of the phone
check-clock-behind =
    { $n ->
        [one] It is { $n } second behind. Set the time automatically in the phone’s settings.
       *[other] It is { $n } seconds behind. Set the time automatically in the phone’s settings.
    }
check-clock-ahead =
    { $n ->
        [one] It is { $n } second ahead. Set the time automatically in the phone’s settings.
       *[other] It is { $n } seconds ahead. Set the time automatically in the phone’s settings.
    }
check-clock-unknown = It could not be compared with the server’s.
check-server = Server
check-server-unreachable = The server does not answer. Try again in a few minutes; if it stays, call the desk.
check-worker = Part that works in the background
check-worker-none = It is not running. Close the app and open it again.
check-worker-starting = It is just starting. Check again in a moment.
check-device = Key of this phone
check-device-not-active = The server does not take this key any more. Activate the phone again.
check-not-looked = This cannot be looked at without a network.
check-test = Send a test notification
check-sent = The test is on its way
check-sent-words = It should be here within a minute. Put the phone to sleep and see whether it comes.
check-again = Check again

### Help

help = Help
help-login = Logging in with a notification
help-login-1 = Give username and password in your program; a notification comes to this phone.
help-login-2 = Tap it, read who asks, from where and for what, and approve with your PIN, face or fingerprint.
help-login-3 = If the login screen shows a number, type it on the phone. If it shows a code, scan it.
help-offline = Logging in with no network
help-offline-1 = On the login screen choose “I did not receive a notification”.
help-offline-2 = In this app open Challenge/response and type the 6 digits.
help-offline-3 = Press Generate and enter your PIN, face or fingerprint.
help-offline-4 = Type the 8 digits into the field “Response”.
help-digit = What the first digit of a challenge says
help-digit-1 = 1 to 5: a login.
help-digit-2 = 6 or 7: a change of your devices.
help-digit-3 = 8 or 9: money. Its last three digits are those of the account that gets it. Never answer one on a login page.
help-not-me = It wasn’t me
help-not-me-1 = Open the request and press “It wasn’t me”: it is refused, and if it was a login your password is locked.
help-not-me-2 = Then call the secure-login desk for a new password.
help-new-phone = New phone, reinstalled app, cleared data
help-new-phone-1 = Activate the new phone; the old key ends by itself.
help-new-phone-2 = You need your registered number, or another active device of yours.
help-new-phone-3 = If you have neither, call the secure-login desk.
help-pin = Forgotten or wrong PIN
help-pin-1 = The phone cannot tell whether a PIN is right: a wrong one gives a response that the server refuses.
help-pin-2 = If you have forgotten it, activate this phone again and choose a new one.
help-push = Notifications do not come
help-push-1 = Open the self-check: it names what is wrong and what to do.
help-push-2 = In the meantime open the app, scan the code on the login screen, or use the challenge.

### What went wrong

problem-unexpected = Something went wrong. Try again; if it stays, call the secure-login desk.
problem-already-answered = This request was already answered elsewhere.
problem-denied = It was refused on your device. If that was a mistake, start again.
problem-expired = The time is over. Start again where you began it.
problem-too-many-attempts = Too many wrong answers: this attempt has ended. A wrong PIN looks like a wrong response. Check it and start again.
problem-attempt-ended = This attempt has ended. Start again where you began it.
problem-device-locked = This phone is locked after too many wrong answers. Use another device of yours, or have the secure-login desk lift the lock.
problem-device-locked-time = This phone is locked for a while after too many wrong answers. Try again later or use another device.
problem-device-locked-minutes =
    { $n ->
        [one] This device is locked after too many wrong answers. Try again in { $n } minute or use another one.
       *[other] This device is locked after too many wrong answers. Try again in { $n } minutes or use another one.
    }
problem-throttled =
    { $n ->
        [one] Too many tries. Try again in { $n } second.
       *[other] Too many tries. Try again in { $n } seconds.
    }
problem-busy = Very many people are here right now. Try again in a minute.
problem-device-not-active = This phone’s key was ended, replaced or suspended. Activate the phone again.
problem-invalid-credentials = Invalid user name password combination. Check Caps Lock and try again.
problem-clock = The server did not accept this phone’s proof. Check that the phone’s time is set automatically, and try again.
problem-internal = Something went wrong at the server. Try again later.
problem-malformed = That is not complete or not in the right form. Check it and try again.
problem-bad-request = The server did not understand. Bring the app up to date and try again.
problem-label = That name cannot be used. Use letters, digits and spaces, up to 60.
problem-label-taken = Another device of yours has this name. Choose a different one.
problem-card-refused = The card does not do that at present.
problem-card-funds = There is not enough money available on the card. Ask for less, or top it up.
problem-card-not-active = The card is not active.
problem-card-not-needed = A purchase of that size goes through without being allowed first.
problem-card-not-whole = Only whole amounts can be allowed.
problem-card-unknown-payment = That payment is not waiting any more.
problem-card-unreachable = The card system does not answer. Nothing is lost: try again in a moment.
problem-unknown-card = That card is not there any more.
problem-unknown-change = That took too long. Type the PINs again.
problem-no-push = Your institution sends no notifications. Open the app when you log in.
problem-wrong-response = That response was wrong.
problem-no-cards = Your institution does not offer debit cards in this app.
problem-no-contact = No number or address of yours is registered, so no code can be sent. Call the secure-login desk.
problem-no-device = You have no device that can confirm this. Call the secure-login desk.
problem-not-awaited = This was already answered, or goes on elsewhere.
problem-not-found = It is not there any more: answered, expired, or not for a username on this phone.
problem-offline = There is no connection to the server. Check the network and try again.
problem-statement-mismatch = What was asked has changed meanwhile. Open the request anew and read it again.
problem-storage = The phone does not let the app keep its key. Free some space, leave private browsing, and try again.
problem-timeout = That took too long. Try again.
problem-unauthorized = The server does not know this phone at present. Try again; if it stays, activate the phone again.
problem-unknown-activation = This activation has expired, was used before, or is already enrolled. Begin anew, with a fresh code or session ID.
problem-unknown-invitation = That code or session ID is not good (any more): it was mistyped, was used before, or its time is over. Each is good once and for a few minutes. Show a fresh one in the secure login settings.
problem-unsupported = This phone or browser cannot do that. Bring it up to date, or use a PIN.
problem-wrong-code = That code is wrong. Type the one that was sent last.
problem-wrong-number = The number was wrong, so the request is over. The login screen offers a challenge instead.
problem-wrong-pin = Wrong PIN or response. Check your PIN and try again.
problem-wrong-purpose = This challenge is not for this screen.
problem-login-failed = Login failed: the response was wrong.
problem-login-number = Login failed: the number was wrong.
