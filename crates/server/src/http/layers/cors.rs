//! Programs in browsers of other sites (the Fetch standard's CORS): what is public is for all of them, what a client calls
//! for the origins that it registered. By hand, not by a layer of tower-http: whose call it is stands in the form, and is
//! known only when the handler has read it.

use super::Shared;
use crate::{app::App, clients::Client};
use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use std::sync::{Arc, OnceLock};

/// Paths of what is public: any page may read them.
const FOR_ALL: [&str; 4] = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/oauth2/jwks",
    "/oauth2/receipt-keys",
];

/// Paths that public clients call, in a browser too. Back ends have others.
const FOR_CLIENTS: [&str; 5] =
    ["/oauth2/token", "/oauth2/revoke", "/oauth2/userinfo", "/oauth2/par", "/oauth2/authorize-challenge"];

/// What a script may send, and see of the answer.
const SENT: &str = "authorization, content-type, dpop";
const SEEN: &str = "www-authenticate, retry-after, x-request-id";
/// How long a browser may remember what it was told beforehand.
const REMEMBERED: &str = "600";

/// The client that a call turned out to be of.
#[derive(Debug, Clone, Default)]
pub struct CallingClient(Arc<OnceLock<Arc<Client>>>);

impl CallingClient {
    /// The client of a request, to be named.
    pub fn of(request: &Extensions) -> Self {
        request.get::<Self>().cloned().unwrap_or_default()
    }

    /// Whose call it is.
    pub fn is(&self, client: &Arc<Client>) {
        // A call is of one client: the first time is the only one.
        let _ = self.0.set(Arc::clone(client));
    }

    /// Whether pages of an origin may have the answer: those of the client, or, where nobody knows whose call it is (a
    /// browser asks beforehand, or the client did not prove itself), those of any.
    fn takes(&self, app: &App, origin: &HeaderValue) -> bool {
        let lists =
            |client: &Arc<Client>| client.oauth.allowed_origins.iter().any(|one| one.as_bytes() == origin.as_bytes());
        match self.0.get() {
            Some(client) => lists(client),
            None => app.clients.all().iter().any(lists),
        }
    }
}

/// Tells browsers whose pages may have an answer.
pub async fn share(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let for_all = FOR_ALL.contains(&path);
    if !for_all && !FOR_CLIENTS.contains(&path) {
        return next.run(request).await;
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let beforehand = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let caller = CallingClient::default();
    request.extensions_mut().insert(caller.clone());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let allowed = if for_all {
        Some(HeaderValue::from_static("*"))
    } else {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        origin.filter(|origin| caller.takes(&app, origin))
    };
    let Some(allowed) = allowed else { return response };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(SEEN));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    if beforehand {
        let methods = headers.get(header::ALLOW).cloned();
        headers.extend(methods.map(|methods| (header::ACCESS_CONTROL_ALLOW_METHODS, methods)));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(SENT));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(REMEMBERED));
    }
    response
}
