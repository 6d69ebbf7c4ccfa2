//! `/oauth2/authorize`: the browser's way in, and back.

use super::ask;
use crate::{
    clients::Client,
    flow::{
        login::session::{self, SignedIn},
        oidc::{
            Denied,
            authorize::{self, Seeker, Source, Verdict},
        },
    },
    http::{
        Shared,
        answer::Page,
        extract::{address::Query, page::Visit},
        oauth::sent::{Sent, SentForm},
    },
    pages::error::ErrorKind,
};
use axum::extract::State;
use domain::Timestamp;
use oidc::{
    Form, OAuthError,
    authorize::{Addressee, AuthorizeRequest, Front, Prompt, front},
};

/// `GET` and `POST /oauth2/authorize`.
pub async fn authorize(State(app): State<Shared>, SentForm { sent, form }: SentForm) -> Page {
    let visit = &sent.visit;
    let client = form.optional("client_id", 128).ok().flatten().and_then(|id| app.clients.find(id));
    // Without a client that is known there is nowhere to send an error to.
    let Some(client) = client else { return visit.error(ErrorKind::BadRequest) };
    match understood(&app, &form, &client, visit).await {
        Ok(came) => decide(&app, &sent, &client, came).await,
        Err(Wrong::Told(addressee, error)) => visit.go(&addressee.error(&app.settings.issuer, &error)),
        Err(Wrong::Shown(Denied::OAuth(_))) => visit.error(ErrorKind::BadRequest),
        Err(Wrong::Shown(Denied::Refused(refused))) => visit.refused(&refused),
    }
}

/// Why nothing is decided about a request: the client is told, or the user is shown it where nobody else may be told.
enum Wrong {
    Told(Addressee, OAuthError),
    Shown(Denied),
}

impl From<Denied> for Wrong {
    fn from(denied: Denied) -> Self {
        Self::Shown(denied)
    }
}

impl From<OAuthError> for Wrong {
    fn from(error: OAuthError) -> Self {
        Self::Shown(error.into())
    }
}

async fn understood(app: &Shared, form: &Form, client: &Client, visit: &Visit) -> Result<Came<'static>, Wrong> {
    if let Front::Pushed(handle) = front(form)? {
        let (request, opened) = authorize::pushed(app, handle, &client.id, visit.browser()).await?;
        return Ok(Came { request, source: Source::Pushed(opened), waited: None });
    }
    let addressee = Addressee::of(form, &client.oauth)?;
    if client.oauth.must_push() {
        return Err(Wrong::Told(addressee, OAuthError::MustPush));
    }
    match AuthorizeRequest::parse(form, &client.oauth, addressee.clone()) {
        Ok(request) => Ok(Came { request, source: Source::Browser, waited: None }),
        Err(error) => Err(Wrong::Told(addressee, error)),
    }
}

/// `GET /oauth2/authorize/continue`: after the login that a request waited for.
pub async fn go_on(State(app): State<Shared>, sent: Sent, query: Query) -> Page {
    let visit = &sent.visit;
    let handle = query.member("request", 256).unwrap_or_default();
    let waiting = match authorize::look(&app, handle, visit.browser()).await {
        Ok(Some(waiting)) => waiting,
        Ok(None) => return visit.error(ErrorKind::BadRequest),
        Err(refused) => return visit.refused(&refused),
    };
    match app.clients.find(&waiting.request.client_id) {
        Some(client) => {
            let waited = Some(Waited { handle, since: waiting.since });
            let came = Came { request: waiting.request, source: Source::Waited, waited };
            decide(&app, &sent, &client, came).await
        }
        None => visit.error(ErrorKind::BadRequest),
    }
}

/// A request to be decided about.
struct Came<'a> {
    request: AuthorizeRequest,
    source: Source,
    waited: Option<Waited<'a>>,
}

/// Where and since when a request waited for a login.
#[derive(Clone, Copy)]
struct Waited<'a> {
    handle: &'a str,
    since: Timestamp,
}

async fn decide(
    app: &Shared,
    Sent { visit, origin }: &Sent,
    client: &Client,
    Came { request, source, waited }: Came<'_>,
) -> Page {
    let issuer = &app.settings.issuer;
    let seeker = Seeker { origin, browser: visit.browser() };
    let signed_in = match signed_in(app, visit, request.prompt).await {
        Ok(signed_in) => signed_in,
        Err(response) => return response,
    };
    let verdict = authorize::judge(app, &request, signed_in.as_ref(), waited.map(|waited| waited.since));
    match once(app, visit, &verdict, source, waited).await {
        Ok(true) => {}
        // Another page of it was quicker.
        Ok(false) => return visit.error(ErrorKind::BadRequest),
        Err(refused) => return visit.refused(&refused),
    }
    let answered = match (verdict, &signed_in) {
        (Ok(Verdict::Answer), Some(signed_in)) => {
            let code = authorize::code(app, client, &request, signed_in).await;
            code.map(|code| visit.go(&request.addressee.answer(issuer, &code)))
        }
        // Any site can send a request: nothing reaches a device before a form of ours says so.
        (Ok(Verdict::Confirm), Some(_)) => match waited {
            Some(waited) => Ok(visit.go(&ask::address(waited.handle))),
            None => {
                let kept = authorize::wait(app, request.clone(), source, seeker).await;
                kept.map(|handle| visit.go(&ask::address(&handle)))
            }
        },
        (Ok(_), _) => authorize::wait(app, request.clone(), source, seeker).await.map(|handle| {
            let login = visit.go(&format!("/login?request={handle}"));
            visit.wish(&request.ui_locales, login)
        }),
        (Err(error), _) => Err(error.into()),
    };
    match answered {
        Ok(response) => response,
        Err(Denied::OAuth(error)) => visit.go(&request.addressee.error(issuer, &error)),
        Err(Denied::Refused(refused)) => visit.refused(&refused),
    }
}

/// Takes up what is answered now, which a pushed request and one that waited are once. What is asked first stays.
async fn once(
    app: &Shared,
    visit: &Visit,
    verdict: &Result<Verdict, OAuthError>,
    source: Source,
    waited: Option<Waited<'_>>,
) -> Result<bool, crate::flow::Refused> {
    match (verdict, source) {
        (Ok(Verdict::Confirm), _) | (Ok(Verdict::Ask), Source::Pushed(_)) => Ok(true),
        (_, Source::Pushed(opened)) => authorize::answered(app, opened).await,
        _ => authorize::spend(app, waited.map(|waited| waited.handle), visit.browser()).await,
    }
}

/// Who is signed in. A request that nobody may be asked for is no use of the session by a person.
async fn signed_in(app: &Shared, visit: &Visit, prompt: Prompt) -> Result<Option<SignedIn>, Page> {
    let Some(handle) = visit.session() else { return Ok(None) };
    let found = match prompt {
        Prompt::None => session::looked_at(app, handle).await,
        Prompt::AsNeeded | Prompt::Login => session::signed_in(app, handle).await,
    };
    found.map_err(|refused| visit.refused(&refused))
}
