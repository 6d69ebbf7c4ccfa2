//! The hosted login: password, chooser, the device's screen. Works without JavaScript.
//!
//! Every form is answered by a redirect to an address that can be opened again: what there is to say stands with the
//! attempt, or in a note in that address.

mod note;
mod passkey;
mod screen;
mod step;

pub use passkey::{alone, alone_page};
pub use step::{
    again, answer, assert, back, cancel, decline, device, events, method, more, resync, resync_page, standing,
};

use crate::{
    clients::{Client, HOSTED},
    flow::{
        Origin, Refused,
        confirm::{
            attempt::{Going, Progress},
            next::View,
        },
        login::password::{self, Begin, Claim},
        oidc::authorize::{self, Waiting},
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            attempt::{self, PUBLIC_ID},
            form::PageForm,
            page::Visit,
        },
        pages::login::note::{NOTE, Note, Said},
        problem::{Slug, Told, retry_after},
    },
    pages::{
        Frame,
        login::{Ended, Password, PasswordNotice},
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{Secret, version::ChooserSince};
use oidc::first_party::limits;
use std::time::Duration;

/// `GET /login`: the password page, or where an attempt stands.
pub async fn show(State(app): State<Shared>, visit: Visit, origin: Origin, query: Query) -> Page {
    let asked = |name| query.member(name, PUBLIC_ID);
    let note = query.member("said", NOTE).and_then(|text| Note::open(&visit, text, app.now()));
    if let Some(attempt) = asked("attempt") {
        return step::look(&app, &visit, origin, attempt, note.as_ref()).await;
    }
    let mut filled = Asked::default();
    let mut notice = match asked("notice") {
        Some("signed-out") => Some((StatusCode::OK, PasswordNotice::SignedOut)),
        Some("session-ended") => Some((StatusCode::OK, PasswordNotice::SessionEnded)),
        Some("reported") => Some((StatusCode::OK, PasswordNotice::Reported)),
        Some("over") => Some((StatusCode::OK, PasswordNotice::AttemptExpired)),
        _ => None,
    };
    let mut visit = visit;
    if let Some(handle) = query.member("request", limits::HANDLE) {
        match authorize::look(&app, handle, visit.browser()).await {
            Ok(Some(waiting)) => {
                visit = visit.leading_on(true);
                filled = Asked::by(&app, handle, &waiting);
            }
            Ok(None) => notice = Some((StatusCode::OK, PasswordNotice::AttemptExpired)),
            Err(refused) => return visit.refused(&refused),
        }
    }
    if let Some(note) = note {
        if let Some(reason) = note.said.in_its_place(app.now()) {
            let frame = Frame { asker: filled.asker, request: filled.request, ..visit.frame() };
            return visit.show(StatusCode::OK, &Ended { frame, reason, back: None });
        }
        filled.username = note.username;
        notice = note.said.at_password(app.now()).or(notice);
    }
    password_page(&visit, filled, notice)
}

/// What a password page is filled with: whom it is about, and for which request of which program.
#[derive(Default)]
struct Asked {
    username: String,
    request: String,
    asker: Option<String>,
}

impl Asked {
    fn by(app: &Shared, handle: &str, waiting: &Waiting) -> Self {
        let asker = app.clients.find(&waiting.request.client_id).map(|client| client.name.clone());
        let username = waiting.request.login_hint.clone().unwrap_or_default();
        Self { username, request: handle.to_owned(), asker }
    }

    /// Where the page is.
    fn address(&self) -> String {
        if self.request.is_empty() { "/login".to_owned() } else { format!("/login?request={}", self.request) }
    }
}

/// `POST /login`: the password step.
pub async fn begin(State(app): State<Shared>, form: PageForm) -> Result<Page, Page> {
    let username = form.field("username", limits::USERNAME)?.to_owned();
    let password = form.field("password", limits::PASSWORD)?;
    let request = form.field("request", limits::HANDLE)?.to_owned();
    let browser = form.visit.browser();
    let waiting = authorize::look(&app, &request, browser).await.map_err(|refused| form.visit.refused(&refused))?;
    let channel = passkey::channel(&app, &request, waiting.as_ref());
    let begin = Begin {
        claim: Claim {
            client: HOSTED.to_owned(),
            username: username.clone(),
            password: Secret::new(password.to_owned()),
            marks: form.visit.marks(),
            browser: Some(browser),
            origin: form.origin,
        },
        client: Client {
            id: HOSTED.to_owned(),
            name: app.settings.product.clone(),
            first_party: true,
            chooser_since: ChooserSince::default(),
            oauth: oidc::client::Registration::default(),
        },
        version: None,
        channel,
    };
    let asked = waiting.as_ref().map(|waiting| Asked::by(&app, &request, waiting)).unwrap_or_default();
    let visit = form.visit.leading_on(waiting.is_some());
    Ok(match password::begin(&app, begin).await {
        Ok(Progress { handle, going: Going::Awaiting(view) }) => begun(&app, &visit, &handle, &view),
        Ok(Progress { going: Going::Done(given), .. }) => step::signed_in(&app, &visit, *given).await,
        Err(refused) => password_refused(&app, &visit, Asked { username, ..asked }, refused),
    })
}

fn begun(app: &Shared, visit: &Visit, handle: &str, view: &View) -> Page {
    attempt::on_to(app, visit, handle, Duration::from_secs(view.expires_in))
}

fn password_refused(app: &Shared, visit: &Visit, asked: Asked, refused: Refused) -> Page {
    let now = app.now();
    let told = Told::of(refused.clone());
    if let Some(said) = Said::of(&told, now) {
        let note = Note::seal(visit, said, &asked.username, now);
        let request = if asked.request.is_empty() { String::new() } else { format!("request={}&", asked.request) };
        return visit.go(&format!("/login?{request}said={note}"));
    }
    // Our trouble is told by its status, to whoever measures us too. The form may simply be sent again.
    let notice = match told.slug {
        Slug::Busy => PasswordNotice::Busy,
        Slug::Unavailable => PasswordNotice::Unavailable,
        _ => return visit.refused(&refused),
    };
    let mut response = password_page(visit, asked, Some((StatusCode::SERVICE_UNAVAILABLE, notice)));
    retry_after(response.headers_mut(), told.wait);
    response
}

fn password_page(visit: &Visit, asked: Asked, notice: Option<(StatusCode, PasswordNotice)>) -> Page {
    let address = asked.address();
    let Asked { username, request, asker } = asked;
    let (status, notice) = notice.map_or((StatusCode::OK, None), |(status, notice)| (status, Some(notice)));
    let frame = Frame { asker, request: request.clone(), ..visit.frame_at(&address) };
    let mut response = visit.show(status, &Password { frame, username, notice, request });
    if let Some(PasswordNotice::Throttled { seconds }) = notice {
        retry_after(response.headers_mut(), Some(Duration::from_secs(seconds)));
    }
    response
}
