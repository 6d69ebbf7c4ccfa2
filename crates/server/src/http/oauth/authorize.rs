//! `/oauth2/authorize`: the browser's way in, and back.

use crate::{
    clients::Client,
    flow::confirm::offer,
    flow::{
        Origin,
        login::session::{self, SignedIn},
        oidc::{
            Denied,
            authorize::{self, Verdict},
            details,
        },
    },
    http::{Shared, body, login, page::Visit},
    pages::error::ErrorKind,
};
use axum::{
    extract::{Request, State},
    http::{Method, Uri},
    response::Response,
};
use domain::Timestamp;
use oidc::{
    Form, OAuthError,
    authorize::{Addressee, AuthorizeRequest, Front, Prompt, front},
};

/// `GET` and `POST /oauth2/authorize`.
pub async fn authorize(State(app): State<Shared>, visit: Visit, origin: Origin, request: Request) -> Response {
    let form = if request.method() == Method::POST {
        body::form(request).await.ok()
    } else {
        Form::parse(request.uri().query().unwrap_or_default().as_bytes()).ok()
    };
    let Some(form) = form else { return visit.error(ErrorKind::BadRequest) };
    let client = form.optional("client_id", 128).ok().flatten().and_then(|id| app.clients.find(id));
    // Without a client that is known there is nowhere to send an error to.
    let Some(client) = client else { return visit.error(ErrorKind::BadRequest) };
    match understood(&app, &form, &client).await {
        Ok(Ok(request)) => decide(&app, (&visit, &origin), &client, request, None).await,
        Ok(Err((addressee, error))) => visit.go(&addressee.error(&app.settings.issuer, &error)),
        Err(Denied::OAuth(_)) => visit.error(ErrorKind::BadRequest),
        Err(Denied::Refused(refused)) => visit.refused(&refused),
    }
}

/// A request, or an error with where it may be sent.
type Understood = Result<AuthorizeRequest, (Addressee, OAuthError)>;

async fn understood(app: &Shared, form: &Form, client: &Client) -> Result<Understood, Denied> {
    if let Front::Pushed(handle) = front(form)? {
        return Ok(Ok(authorize::pushed(app, handle, &client.id).await?));
    }
    let addressee = Addressee::of(form, &client.oauth)?;
    if client.oauth.must_push() {
        return Ok(Err((addressee, OAuthError::MustPush)));
    }
    Ok(AuthorizeRequest::parse(form, &client.oauth, addressee.clone()).map_err(|error| (addressee, error)))
}

/// `GET /oauth2/authorize/continue`: after the login that a request waited for.
pub async fn go_on(State(app): State<Shared>, visit: Visit, origin: Origin, uri: Uri) -> Response {
    let query = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let handle = query.optional("request", 256).ok().flatten().unwrap_or_default();
    let waiting = match authorize::take(&app, handle).await {
        Ok(Some(waiting)) => waiting,
        Ok(None) => return visit.error(ErrorKind::BadRequest),
        Err(refused) => return visit.refused(&refused),
    };
    match app.clients.find(&waiting.request.client_id) {
        Some(client) => decide(&app, (&visit, &origin), &client, waiting.request, Some(waiting.since)).await,
        None => visit.error(ErrorKind::BadRequest),
    }
}

async fn decide(
    app: &Shared,
    (visit, origin): (&Visit, &Origin),
    client: &Client,
    request: AuthorizeRequest,
    since: Option<Timestamp>,
) -> Response {
    let issuer = &app.settings.issuer;
    let signed_in = match signed_in(app, visit, request.prompt).await {
        Ok(signed_in) => signed_in,
        Err(response) => return response,
    };
    let answered = match (authorize::judge(app, &request, signed_in.as_ref(), since), &signed_in) {
        (Ok(Verdict::Answer), Some(signed_in)) => {
            let code = authorize::code(app, client, &request, signed_in).await;
            code.map(|code| visit.go(&request.addressee.answer(issuer, &code)))
        }
        (Ok(Verdict::Confirm), Some(signed_in)) => match details::ask(app, &request, signed_in, origin.clone()).await {
            Ok(handle) => Ok(login::on_to(app, visit, &handle, offer::LIFE)),
            Err(Denied::Refused(refused)) => Err(details::refusal(&refused).into()),
            Err(denied) => Err(denied),
        },
        (Ok(_), _) => authorize::wait(app, &request, origin).await.map(|handle| {
            let mut response = visit.go(&format!("/login?request={handle}"));
            visit.wish(&request.ui_locales, &mut response);
            response
        }),
        (Err(error), _) => Err(error.into()),
    };
    match answered {
        Ok(response) => response,
        Err(Denied::OAuth(error)) => visit.go(&request.addressee.error(issuer, &error)),
        Err(Denied::Refused(refused)) => visit.refused(&refused),
    }
}

/// Who is signed in. A request that nobody may be asked for is no use of the session by a person.
async fn signed_in(app: &Shared, visit: &Visit, prompt: Prompt) -> Result<Option<SignedIn>, Response> {
    let Some(handle) = visit.session() else { return Ok(None) };
    let found = match prompt {
        Prompt::None => session::looked_at(app, handle).await,
        Prompt::AsNeeded | Prompt::Login => session::signed_in(app, handle).await,
    };
    found.map_err(|refused| visit.refused(&refused))
}
