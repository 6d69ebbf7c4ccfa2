//! A login by a passkey alone.

use super::{
    Asked,
    note::{Note, Said},
    step,
};
use crate::{
    flow::{
        Refused,
        login::passkey::{self, Begin, LIFE},
        oidc::authorize::{self, Waiting},
    },
    http::{
        Shared,
        answer::Page,
        extract::{address::Query, form::PageForm, page::Visit},
        pages::ceremony::Ceremony,
        problem::Told,
    },
    pages::{Frame, login::PasskeyAlone},
};
use axum::{extract::State, http::StatusCode};
use domain::confirmation::Channel;
use oidc::{
    first_party::limits,
    webauthn::{self, MAX_CREDENTIAL, Signed},
};

/// `GET /login/passkey`: asks for a passkey, and no username.
pub async fn alone_page(State(app): State<Shared>, visit: Visit, query: Query) -> Page {
    let (mut visit, mut asked) = (visit, Asked::default());
    if let Some(handle) = query.member("request", limits::HANDLE) {
        match authorize::look(&app, handle, visit.browser()).await {
            Ok(Some(waiting)) => {
                visit = visit.leading_on(true);
                asked = Asked::by(&app, handle, &waiting);
            }
            Ok(None) => return visit.go("/login?notice=over"),
            Err(refused) => return visit.refused(&refused),
        }
    }
    let challenge = Ceremony::Login.challenge(&visit, app.now().plus(LIFE));
    let options = webauthn::request_options(webauthn::rp_id(&app.settings.issuer), &challenge, None);
    let frame = Frame { asker: asked.asker, ..visit.frame_at("/login/passkey") };
    visit.show(StatusCode::OK, &PasskeyAlone { frame, request: asked.request, options: options.to_string() })
}

/// `POST /login/passkey`: logs in by a passkey alone.
pub async fn alone(State(app): State<Shared>, form: PageForm) -> Result<Page, Page> {
    let request = form.field("request", limits::HANDLE)?.to_owned();
    let credential = form.field("credential", MAX_CREDENTIAL)?.to_owned();
    let browser = form.visit.browser();
    let waiting = authorize::look(&app, &request, browser).await.map_err(|refused| form.visit.refused(&refused))?;
    let visit = form.visit.leading_on(waiting.is_some());
    let asked = waiting.as_ref().map(|waiting| Asked::by(&app, &request, waiting)).unwrap_or_default();
    let Some((signed, challenge)) = signed(&app, &visit, &credential) else {
        return Ok(refused(&app, &visit, &asked, Refused::InvalidCredentials));
    };
    let begin = Begin {
        signed,
        challenge,
        marks: visit.marks(),
        browser,
        channel: channel(&app, &request, waiting.as_ref()),
        origin: form.origin,
    };
    Ok(match passkey::begin(&app, begin).await {
        Ok(given) => step::signed_in(&app, &visit, given).await,
        Err(not) => refused(&app, &visit, &asked, not),
    })
}

/// What was signed, where that was for a challenge of this browser's page.
fn signed(app: &Shared, visit: &Visit, credential: &str) -> Option<(Signed, Vec<u8>)> {
    let signed = Signed::read(credential).ok()?;
    let challenge = webauthn::challenge_of(&signed.assertion.client_data)?;
    let ours = Ceremony::of(visit, &challenge, app.now()) == Some(Ceremony::Login);
    ours.then_some((signed, challenge))
}

/// What a login gives on this page.
pub(super) fn channel(app: &Shared, request: &str, waiting: Option<&Waiting>) -> Channel {
    match waiting {
        Some(waiting) => Channel::Authorization {
            request: app.handles.hide(request),
            origin: waiting.origin(),
            client: waiting.request.client_id.clone(),
        },
        None => Channel::Hosted,
    }
}

fn refused(app: &Shared, visit: &Visit, asked: &Asked, not: Refused) -> Page {
    let now = app.now();
    let said = match &not {
        Refused::InvalidCredentials => Some(Said::PasskeyRefused),
        other => Said::of(&Told::of(other.clone()), now),
    };
    let Some(said) = said else { return visit.refused(&not) };
    let note = Note::seal(visit, said, "", now);
    let request = if asked.request.is_empty() { String::new() } else { format!("request={}&", asked.request) };
    visit.go(&format!("/login?{request}said={note}"))
}
