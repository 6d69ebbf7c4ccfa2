//! The problem types, by slug: each has a page of its own at `/problems/<slug>`.

use crate::http::extract::body::BodyError;
use axum::http::StatusCode;

/// A row is a problem type: its name in our code and its stable name outside, its status, its short title for programmers.
macro_rules! slugs {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident, $title:literal;)+) => {
        /// Every problem type there is, by slug.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Slug {$(
            $(#[$doc])*
            $name,
        )+}

        impl Slug {
            /// Every slug.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The stable name, the last part of `/problems/<slug>`.
            pub fn name(self) -> &'static str {
                match self {$(Self::$name => $text,)+}
            }

            /// The HTTP status.
            pub fn status(self) -> StatusCode {
                match self {$(Self::$name => StatusCode::$status,)+}
            }

            /// The short title, for programmers.
            pub(super) fn title(self) -> &'static str {
                match self {$(Self::$name => $title,)+}
            }
        }
    };
}

slugs! {
    /// Nothing is there.
    NotFound = "not-found", NOT_FOUND, "No such resource";
    /// The path does not take the method.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "This path does not take this method";
    /// The request was not understood.
    BadRequest = "bad-request", BAD_REQUEST, "The request was not understood";
    /// The body is too large.
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, "The body is larger than 16 KiB";
    /// The body's content type is not taken.
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The content type is not accepted here";
    /// No or an invalid token.
    Unauthorized = "unauthorized", UNAUTHORIZED, "A valid bearer token is needed";
    /// No or an invalid DPoP proof.
    InvalidProof = "invalid-proof", UNAUTHORIZED, "The DPoP proof does not hold";
    /// The device is not active.
    DeviceNotActive = "device-not-active", FORBIDDEN, "This device is not active";
    /// Unknown user, wrong password or locked user.
    InvalidCredentials = "invalid-credentials", FORBIDDEN, "Username and password are not accepted";
    /// Limits, or the transfer lock, let no device or not this one confirm it.
    DeviceLimit = "device-limit", FORBIDDEN, "This device may not confirm that much";
    /// An amount could not be counted: no fresh rate, or no calendar.
    RateMissing = "rate-missing", CONFLICT, "The amount cannot be counted for now";
    /// Another user has the username.
    UsernameTaken = "username-taken", CONFLICT, "Another user has this username";
    /// No contact point for a code.
    NoContact = "no-contact", CONFLICT, "There is no number or address to send a code to";
    /// The activation is over, unknown, or another phone's.
    UnknownActivation = "unknown-activation", NOT_FOUND, "This activation is over";
    /// The code from the settings page is unknown, used, or over.
    UnknownInvitation = "unknown-invitation", NOT_FOUND, "This code from the settings page was used or is over";
    /// No code alone brings a phone back.
    CodeAloneClosed = "code-alone-closed", FORBIDDEN, "No code alone brings a phone of this user back";
    /// The standalone app is too old to hand over.
    UpdateFirst = "update-first", CONFLICT, "The standalone app must be updated first";
    /// There is nothing that this phone may end.
    NoVeto = "no-veto", CONFLICT, "There is nothing that this phone may end";
    /// The change of the PIN is over, unknown, or another phone's.
    UnknownChange = "unknown-change", NOT_FOUND, "This change of the PIN is over";
    /// The phone has no PIN.
    NoPin = "no-pin", CONFLICT, "This phone has no PIN";
    /// The activation code is wrong.
    WrongCode = "wrong-code", FORBIDDEN, "The activation code is wrong";
    /// The response or PIN proof is wrong.
    WrongResponse = "wrong-response", FORBIDDEN, "The response or PIN is wrong";
    /// The number is wrong.
    WrongNumber = "wrong-number", FORBIDDEN, "The number is wrong";
    /// What was signed is not what was asked.
    StatementMismatch = "statement-mismatch", UNPROCESSABLE_ENTITY, "What was signed is not what was asked";
    /// The attempt has ended.
    AttemptEnded = "attempt-ended", CONFLICT, "This attempt has ended";
    /// The attempt does not await that.
    NotAwaited = "not-awaited", CONFLICT, "That step does not fit now";
    /// The device is locked.
    DeviceLocked = "device-locked", FORBIDDEN, "This device is locked";
    /// The institution has no debit cards here.
    NoCards = "no-cards", NOT_FOUND, "There are no debit cards here";
    /// No such card of the user.
    UnknownCard = "unknown-card", NOT_FOUND, "There is no such card of this user";
    /// The token is not good for this part of the API.
    InsufficientScope = "insufficient-scope", FORBIDDEN, "The token is not good for this part of the API";
    /// The user may not have such a device.
    NotEligible = "not-eligible", FORBIDDEN, "This user may not have such a device";
    /// An agent's roles, or the device of the login, do not allow it.
    RoleNeeded = "role-needed", FORBIDDEN, "Your role at the desk does not allow this";
    /// What needs two people was not agreed to by another one.
    SecondPersonNeeded = "second-person-needed", FORBIDDEN, "Another person is needed";
    /// It waits, so that the user can object.
    Waits = "waits", CONFLICT, "It waits, so that the user can object";
    /// No second temporary access without a permanent device in between.
    TemporaryAccessInARow = "temporary-access-in-a-row", CONFLICT, "No second temporary access without a permanent device in between";
    /// A request that is carried out once brings no key.
    KeyMissing = "idempotency-key-missing", BAD_REQUEST, "This request needs an Idempotency-Key";
    /// The key stands for another request.
    KeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY, "This Idempotency-Key stands for another request";
    /// A withdrawal stands where this cannot happen to it.
    WrongState = "wrong-state", CONFLICT, "This cannot happen to it any more, or not yet";
    /// The card does not do that.
    CardRefused = "card-refused", UNPROCESSABLE_ENTITY, "This is not possible with the card";
    /// The card processor cannot be reached.
    CardProcessorUnreachable = "card-processor-unreachable", BAD_GATEWAY, "The card processor cannot be reached";
    /// The form did not come from our page.
    FormExpired = "form-expired", FORBIDDEN, "The form is too old or came from elsewhere";
    /// The call did not come from our own page.
    CrossOrigin = "cross-origin", FORBIDDEN, "Only our own page may call this";
    /// No phone is woken here.
    NoPush = "no-push", NOT_FOUND, "Push notifications are off here";
    /// The phone is not subscribed.
    NotSubscribed = "not-subscribed", CONFLICT, "This phone is not subscribed";
    /// Too many tries.
    Throttled = "throttled", TOO_MANY_REQUESTS, "Too many attempts";
    /// Too much at once.
    Busy = "busy", SERVICE_UNAVAILABLE, "Too many requests at once";
    /// The database is away, full or held: nothing can be done for the moment.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "The server cannot reach or write its data for the moment";
    /// The trouble is ours.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong on our side";
}

impl From<BodyError> for Slug {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::ContentType => Self::UnsupportedMediaType,
            BodyError::TooLarge => Self::TooLarge,
            BodyError::Malformed => Self::BadRequest,
        }
    }
}
