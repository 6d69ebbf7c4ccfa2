//! THE table: method, path, who may call, handler, and what it does. A test asks each route as a stranger.

use super::{
    Shared, app,
    extract::{body, peer},
    health,
    layers::{self, cors},
    oauth::{self, first_party, metadata, token},
    pages::{assets, invite, login, settings, site},
    phone::{activations, cards, confirmations, device, push, session},
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use std::time::Duration;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

/// Who may call a route. What a handler may rely on is checked by its extractors; this says it in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anyone.
    Anyone,
    /// The phone app's own page, and no other site's.
    OwnPage,
    /// Whoever sends a form of our own pages, with its token.
    PageForm,
    /// Whoever holds the attempt's handle, with a form of our own pages.
    Attempt,
    /// A signed-in user.
    SignedIn,
    /// A registered client program.
    Client,
    /// Whoever proves a key of their own: a phone to be.
    AnyKey,
    /// An active phone, by its key and token.
    Phone,
    /// A browser that a registered client sends.
    Sent,
    /// Whoever holds an access token.
    Token,
    /// Whoever holds the demo's token.
    DemoToken,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// `get` or `post`.
    pub method: &'static str,
    /// The path, with `{…}` for what varies.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
    /// What it does.
    pub does: &'static str,
}

macro_rules! table {
    ($table:ident, $mount:ident: $($method:ident $path:literal $who:ident $handler:path => $does:literal;)+) => {
        /// The routes.
        pub const $table: &[Route] =
            &[$(Route { method: stringify!($method), path: $path, who: Who::$who, does: $does }),+];

        pub(crate) fn $mount(router: Router<Shared>) -> Router<Shared> {
            router$(.route($path, $method($handler)))+
        }
    };
}
pub(crate) use table;

table! { ROUTES, mount:
    get  "/"                                 Anyone   site::home               => "what this is";
    get  "/login"                            Anyone   login::show              => "the password page, or where an attempt stands";
    post "/login"                            PageForm login::begin             => "takes the password; audited as password.*";
    post "/login/device"                     Attempt  login::device            => "picks a device; audited as confirmation.device_chosen";
    post "/login/method"                     Attempt  login::method            => "picks another method of the same device";
    post "/login/back"                       Attempt  login::back              => "back to the chooser";
    post "/login/cancel"                     PageForm login::cancel            => "leaves a login that a program asked for, which is told";
    post "/login/decline"                    Attempt  login::decline           => "refuses what is not a login; audited as confirmation.denied";
    post "/login/answer"                     Attempt  login::answer            => "answers; audited as confirmation.*";
    post "/login/again"                      Attempt  login::again             => "leaves a login for another start; audited as confirmation.abandoned";
    get  "/login/device"                     Anyone   login::standing          => "to where the browser's attempt stands, or to the start";
    get  "/login/method"                     Anyone   login::standing          => "the same";
    get  "/login/back"                       Anyone   login::standing          => "the same";
    get  "/login/decline"                    Anyone   login::standing          => "the same";
    get  "/login/answer"                     Anyone   login::standing          => "the same";
    get  "/login/again"                      Anyone   login::standing          => "the same";
    get  "/login/events"                     Attempt  login::events            => "tells the waiting page that something changed";
    post "/logout"                           PageForm settings::logout         => "ends the session; audited as session.ended";
    get  "/settings"                         SignedIn settings::show           => "devices, known programs, sessions, activity";
    post "/settings/sessions/end"            SignedIn settings::end_session    => "ends one of the user's sessions; audited";
    post "/settings/confirm"                 SignedIn settings::confirm        => "takes up a request that waits; audited as confirmation.*";
    get  "/settings/phone"                   SignedIn invite::show             => "how the invitation to a phone stands";
    post "/settings/phone"                   SignedIn invite::make             => "invites a phone; audited as invitation.made";
    get  "/settings/phone/events"            SignedIn invite::events           => "tells the page that a phone came";
    post "/settings/marks/revoke"            SignedIn settings::revoke_mark    => "forgets a known program; audited as mark.revoked";
    post "/language"                         PageForm site::language           => "remembers the language";
    get  "/help/"                            Anyone   site::help_index             => "help, the list";
    get  "/help/{page}"                      Anyone   site::help               => "a help page";
    get  "/problems/"                        Anyone   site::problems           => "every problem type";
    get  "/problems/{slug}"                  Anyone   site::problem            => "what a problem type means";
    get  "/assets/{name}"                    Anyone   assets::asset            => "styles, pictures, scripts";
    get  "/.well-known/openid-configuration" Anyone   metadata::discovery      => "the provider's metadata";
    get  "/.well-known/oauth-authorization-server" Anyone metadata::discovery  => "the same, where plain OAuth looks (RFC 8414)";
    get  "/oauth2/jwks"                      Anyone   metadata::jwks           => "the public signing keys";
    get  "/oauth2/receipt-keys"              Anyone   metadata::receipt_keys   => "those of the past too, for receipts";
    post "/oauth2/authorize-challenge"       Client   first_party::authorize_challenge => "first-party login; audited as password.* and confirmation.*";
    get  "/oauth2/authorize"                 Sent     oauth::authorize::authorize => "a client's authorization request; audited as authorization_code.issued";
    post "/oauth2/authorize"                 Sent     oauth::authorize::authorize => "the same, as a form";
    get  "/oauth2/authorize/continue"        Sent     oauth::authorize::go_on  => "back to the client after the login";
    get  "/oauth2/authorize/ask"             Sent     oauth::ask::show         => "what a client asks to be confirmed, before any device is asked";
    post "/oauth2/authorize/ask"             PageForm oauth::ask::answer       => "offers it to the user's devices; audited as confirmation.offered";
    post "/oauth2/par"                       Client   oauth::par::par          => "takes a pushed authorization request";
    post "/oauth2/bc-authorize"              Client   oauth::backchannel::ask   => "a back end asks a user to confirm (CIBA); audited as backchannel.*";
    post "/oauth2/token"                     Client   token::token             => "tokens for a code or refresh token; audited as authorization_code.*, refresh_token.*";
    get  "/oauth2/userinfo"                  Token    oauth::userinfo::userinfo => "who the user of an access token is";
    post "/oauth2/userinfo"                  Token    oauth::userinfo::userinfo => "the same";
    post "/oauth2/introspect"                Client   oauth::tokens::introspect => "what a token is";
    post "/oauth2/statement"                 Client   oauth::tokens::statement => "what a phone signed, for the client of the receipt";
    post "/oauth2/revoke"                    Client   oauth::tokens::revoke    => "takes back a token; audited as grant.revoked";
    get  "/oauth2/logout"                    Sent     oauth::logout::logout    => "a client asks to end the session; audited as session.ended";
    post "/oauth2/logout"                    Sent     oauth::logout::logout    => "the same, as a form";
    post "/api/phone/v1/activations"         AnyKey   activations::start             => "begins an activation; audited as password.* and activation.started";
    post "/api/phone/v1/activations/{activation}/confirm" AnyKey activations::vouch  => "a step with the user's other device; audited as confirmation.*";
    post "/api/phone/v1/activations/{activation}/complete" AnyKey activations::complete => "code and keys; audited as activation.*";
    post "/api/phone/v1/activations/{activation}/prove" AnyKey activations::prove    => "first response; audited as device.added";
    post "/api/phone/v1/refresh"             Phone    session::refresh           => "another access token";
    post "/api/phone/v1/logout"              Phone    session::logout            => "ends the app's session; audited as phone.logged_out";
    get  "/api/phone/v1/confirmations"       Phone    confirmations::list              => "what awaits the phone";
    get  "/api/phone/v1/confirmations/{id}"  Phone    confirmations::one               => "one that awaits the phone";
    post "/api/phone/v1/confirmations/{id}/approve" Phone confirmations::approve       => "approves; audited as confirmation.*";
    post "/api/phone/v1/confirmations/{id}/deny" Phone confirmations::deny             => "refuses; audited as confirmation.*";
    get  "/api/phone/v1/events"              Phone    confirmations::events            => "what awaits the phone, as it changes";
    post "/api/phone/v1/confirmations"       Phone    confirmations::ask               => "asks for something itself; audited as confirmation.offered";
    post "/api/phone/v1/confirmations/{id}/finish" Phone confirmations::finish         => "carries out what it asked for; audited as session.started, card.*";
    get  "/api/phone/v1/cards"               Phone    cards::list        => "the user's debit cards";
    post "/api/phone/v1/cards/{id}/block"    Phone    cards::block       => "blocks a card; audited as card.blocked";
    get  "/app"                              Anyone   app::entrance            => "to the phone app";
    get  "/app/"                             Anyone   app::index               => "the phone app";
    get  "/app/{*path}"                      Anyone   app::file                => "its files";
    get  "/app/config.json"                  Anyone   app::config              => "what it may know before anybody is known";
    get  "/app/session"                      OwnPage  app::session             => "whose its session is";
    post "/app/session"                      OwnPage  app::open                => "opens its session for a code; audited as session.started";
    post "/app/session/end"                  OwnPage  app::end                 => "ends its session; audited as session.ended";
    get  "/api/phone/v1/device"              Phone    device::device           => "the phone as it is known here";
    post "/api/phone/v1/device/label"        Phone    device::rename           => "another label; audited as device.renamed";
    post "/api/phone/v1/device/remove"       Phone    device::remove           => "ends the phone; audited as device.state_changed";
    get  "/api/phone/v1/activity"            Phone    device::activity         => "what happened to the user";
    post "/api/phone/v1/pin-changes"         Phone    device::begin_pin_change => "begins a change of the PIN";
    post "/api/phone/v1/pin-changes/{change}/complete" Phone device::complete_pin_change => "two responses and the new PIN; audited as device.pin_changed";
    get  "/api/phone/v1/push-subscription"   Phone    push::show               => "whether and where the phone is woken";
    post "/api/phone/v1/push-subscription"   Phone    push::subscribe          => "wake it there; audited as push.subscribed";
    post "/api/phone/v1/push-subscription/end" Phone  push::end                => "wake it no more; audited as push.ended";
    post "/api/phone/v1/push-subscription/test" Phone push::test               => "wakes it once";
    get  "/healthz"                          Anyone   health::healthz          => "the process answers";
    get  "/readyz"                           Anyone   health::readyz           => "the database answers and is up to date";
}

/// Whether a GET of a path takes something up, ends something, counts as a use, or holds an answer open.
pub(crate) fn get_is_a_use(path: &str) -> bool {
    let uses = |who| matches!(who, Who::Attempt | Who::SignedIn | Who::Sent | Who::Phone);
    // The first is a use of the session, the second is where an attempt gives what it has confirmed.
    matches!(path, "/" | "/login")
        || ROUTES.iter().any(|route| route.method == "get" && route.path == path && uses(route.who))
}

/// What a path of the table takes, as `Allow` says it. None where nothing is.
pub(crate) fn methods(path: &str) -> Option<String> {
    let rows = || ROUTES.iter().filter(|route| leads_to(route.path, path));
    let takes = |method| rows().any(|route| route.method == method);
    let methods = [("GET,HEAD", takes("get")), ("POST", takes("post")), ("OPTIONS", rows().next().is_some())];
    let all: Vec<_> = methods.into_iter().filter(|(_, taken)| *taken).map(|(name, _)| name).collect();
    (!all.is_empty()).then(|| all.join(","))
}

/// Whether a path is one of a row.
fn leads_to(row: &str, path: &str) -> bool {
    let (mut wanted, mut there) = (row.split('/'), path.split('/'));
    loop {
        match (wanted.next(), there.next()) {
            (None, None) => return true,
            (Some(wanted), Some(_)) if wanted.starts_with("{*") => return true,
            (Some(wanted), Some(there)) if wanted == there || wanted.starts_with('{') && !there.is_empty() => {}
            _ => return false,
        }
    }
}

/// Longest time a handler may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The server's router.
pub fn router(app: Shared) -> Router {
    finish(mount(Router::new()), app)
}

/// Adds what every request passes to a router with its routes.
pub(crate) fn finish(router: Router<Shared>, app: Shared) -> Router {
    router
        .fallback(site::not_found)
        .method_not_allowed_fallback(site::method_not_allowed)
        .layer(DefaultBodyLimit::max(body::MAX_BODY))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(from_fn(layers::head_is_no_use))
        .layer(from_fn_with_state(app.clone(), cors::share))
        .layer(from_fn_with_state(app.clone(), peer::known))
        .layer(from_fn_with_state(app.clone(), layers::frame))
        .with_state(app)
}
