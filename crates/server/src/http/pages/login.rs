//! The hosted login: password, chooser, the device's screen. Works without JavaScript.
//!
//! An attempt's handle lives in a cookie of its own; the address bar shows a short public id only. Every form is answered
//! by a redirect to an address that can be opened again: what there is to say stands with the attempt, or in a note in
//! that address.

mod note;
mod screen;
mod step;

pub use step::{again, answer, back, cancel, decline, device, events, method, standing};

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
        extract::cookie,
        extract::page::{PageForm, Visit},
        pages::login::note::{NOTE, Note, Said},
        problem::{BUSY_WAIT, UNAVAILABLE_WAIT, retry_after},
    },
    pages::{
        Frame,
        login::{Ended, Password, PasswordNotice},
    },
};
use axum::{
    extract::State,
    http::{Method, StatusCode, Uri, header},
    response::Response,
};
use domain::{Secret, confirmation::Channel, version::ChooserSince};
use oidc::{Form, first_party::limits};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// Octets of an attempt's public id.
const PUBLIC_ID: usize = 64;

/// How much longer than the attempt its cookie lives, so that a late answer is told "expired" and not "unknown".
const COOKIE_GRACE: Duration = Duration::from_secs(3600);

/// `GET /login`: the password page, or where an attempt stands.
pub async fn show(State(app): State<Shared>, visit: Visit, origin: Origin, method: Method, uri: Uri) -> Response {
    // Whoever only looks takes nothing that is given once.
    if method == Method::HEAD {
        return visit.go("/login");
    }
    let query = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let asked = |name| query.optional(name, PUBLIC_ID).ok().flatten();
    let note = query.optional("said", NOTE).ok().flatten().and_then(|text| Note::open(&visit, text, app.now()));
    if let Some(attempt) = asked("attempt") {
        return step::look(&app, &visit, origin, attempt, note.as_ref()).await;
    }
    let mut filled = Asked::default();
    let mut notice = match asked("notice") {
        Some("signed-out") => Some((StatusCode::OK, PasswordNotice::SignedOut)),
        Some("session-ended") => Some((StatusCode::OK, PasswordNotice::SessionEnded)),
        Some("over") => Some((StatusCode::OK, PasswordNotice::AttemptExpired)),
        _ => None,
    };
    let mut visit = visit;
    if let Ok(Some(handle)) = query.optional("request", limits::HANDLE) {
        match authorize::look(&app, handle).await {
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
pub async fn begin(State(app): State<Shared>, form: PageForm) -> Result<Response, Response> {
    let username = form.field("username", limits::USERNAME)?.to_owned();
    let password = form.field("password", limits::PASSWORD)?;
    let request = form.field("request", limits::HANDLE)?.to_owned();
    let waiting = authorize::look(&app, &request).await.map_err(|refused| form.visit.refused(&refused))?;
    let channel = match &waiting {
        Some(waiting) => Channel::Authorization {
            request: request.clone(),
            origin: waiting.origin(),
            client: waiting.request.client_id.clone(),
        },
        None => Channel::Hosted,
    };
    let begin = Begin {
        claim: Claim {
            client: HOSTED.to_owned(),
            username: username.clone(),
            password: Secret::new(password.to_owned()),
            marks: form.visit.marks(),
            browser: Some(form.visit.browser()),
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
        Err(refused) => password_refused(&app, &visit, Asked { username, ..asked }, &refused),
    })
}

fn begun(app: &Shared, visit: &Visit, handle: &str, view: &View) -> Response {
    on_to(app, visit, handle, Duration::from_secs(view.expires_in))
}

/// The address of the page of where an attempt stands.
fn on_to_step(attempt: &str) -> String {
    format!("/login?attempt={attempt}")
}

/// On to the pages of an attempt, whose handle goes into a cookie of its own.
pub(crate) fn on_to(app: &Shared, visit: &Visit, handle: &str, life: Duration) -> Response {
    let id = public_id(handle);
    let mut response = visit.go(&on_to_step(&id));
    let life = life + COOKIE_GRACE;
    let line = cookie::set(&app.settings, &format!("{}{id}", cookie::ATTEMPT), handle, Some(life));
    response.headers_mut().extend(line.map(|line| (header::SET_COOKIE, line)));
    response
}

/// A short name of an attempt that gives nothing away: half of a digest of its handle.
fn public_id(handle: &str) -> String {
    let digest = Sha256::digest(handle.as_bytes());
    digest.iter().take(8).map(|octet| format!("{octet:02x}")).collect()
}

fn password_refused(app: &Shared, visit: &Visit, asked: Asked, refused: &Refused) -> Response {
    let now = app.now();
    if let Some(said) = Said::of(refused, now) {
        let note = Note::seal(visit, said, &asked.username, now);
        let request = if asked.request.is_empty() { String::new() } else { format!("request={}&", asked.request) };
        return visit.go(&format!("/login?{request}said={note}"));
    }
    // Our trouble is told by its status, to whoever measures us too. The form may simply be sent again.
    let (notice, wait) = match refused {
        Refused::Busy => (PasswordNotice::Busy, BUSY_WAIT),
        Refused::Unavailable => (PasswordNotice::Unavailable, UNAVAILABLE_WAIT),
        other => return visit.refused(other),
    };
    let mut response = password_page(visit, asked, Some((StatusCode::SERVICE_UNAVAILABLE, notice)));
    retry_after(&mut response, Some(wait));
    response
}

fn password_page(visit: &Visit, asked: Asked, notice: Option<(StatusCode, PasswordNotice)>) -> Response {
    let address = asked.address();
    let Asked { username, request, asker } = asked;
    let (status, notice) = notice.map_or((StatusCode::OK, None), |(status, notice)| (status, Some(notice)));
    let frame = Frame { asker, request: request.clone(), ..visit.frame_at(&address) };
    let mut response = visit.show(status, &Password { frame, username, notice, request });
    if let Some(PasswordNotice::Throttled { seconds }) = notice {
        retry_after(&mut response, Some(Duration::from_secs(seconds)));
    }
    response
}
