//! What handlers of pages rely on: the language, the form token, the signed-in user. A handler cannot get a form
//! without its token having been checked, nor a user without a living session.

use crate::{
    app::App,
    flow::{
        Origin, Refused,
        login::session::{self, SignedIn},
    },
    http::{
        Shared,
        extract::body,
        extract::cookie,
        layers::{self, RequestId},
        problem::{self, Slug},
    },
    pages::{
        DeskLine, Frame, Page, assets,
        error::{ErrorKind, ErrorPage},
    },
};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use i18n::Lang;
use oidc::Form;
use std::{sync::Arc, time::Duration};
use subtle::ConstantTimeEq as _;

/// A browser's visit: what every page needs to know of it.
#[derive(Clone)]
pub struct Visit {
    app: Shared,
    /// The language to speak.
    pub lang: Lang,
    /// The value that this browser's form tokens belong to.
    forms: String,
    forms_are_new: bool,
    /// Whether the language was chosen in this browser.
    lang_chosen: bool,
    path_and_query: String,
    request_id: String,
    /// The request's headers.
    pub headers: HeaderMap,
    /// Who is signed in, where it was looked up.
    pub username: Option<String>,
    /// Whether a form of the page leads on to a client.
    leads_on: bool,
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts, app))
    }
}

impl Visit {
    fn of(parts: &Parts, app: &Shared) -> Self {
        let held = cookie::value(&parts.headers, &app.settings, cookie::FORMS).filter(|value| value.len() == 22);
        let forms = held.map_or_else(|| URL_SAFE_NO_PAD.encode(crate::app::random::<16>()), str::to_owned);
        Self {
            lang: language(&parts.headers, app),
            lang_chosen: chosen_language(&parts.headers, app).is_some(),
            forms_are_new: held.is_none(),
            forms,
            path_and_query: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            request_id: parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
            headers: parts.headers.clone(),
            username: None,
            leads_on: false,
            app: Arc::clone(app),
        }
    }

    /// Speaks to whoever is signed in: in the language of the user's record, unless another was chosen in this browser.
    pub fn greet(&mut self, signed_in: &SignedIn) {
        self.username = Some(signed_in.user.username.to_string());
        if let (false, Some(lang)) = (self.lang_chosen, Lang::parse(&signed_in.user.locale)) {
            self.lang = lang;
        }
    }

    /// The frame of a page for this visit.
    pub fn frame(&self) -> Frame {
        let desk = self.app.settings.desk.iter();
        Frame {
            lang: self.lang,
            csrf: self.app.handles.form_token(&self.forms),
            signed_in: self.username.clone(),
            path_and_query: self.path_and_query.clone(),
            demo: self.app.settings.demo,
            scripts: assets::scripts_built(),
            about: None,
            request: String::new(),
            asker: None,
            desk: desk.map(|one| DeskLine { country: one.country.clone(), phone: one.phone.clone() }).collect(),
        }
    }

    /// After how many seconds a page that waits looks again, where it has no scripts.
    pub fn reload_seconds(&self) -> u32 {
        self.app.settings.reload_seconds
    }

    /// The frame, with another page to come back to when the language is switched: for answers to a POST.
    pub fn frame_at(&self, path_and_query: &str) -> Frame {
        Frame { path_and_query: path_and_query.to_owned(), ..self.frame() }
    }

    /// The visit, on the way to a client or not.
    pub fn leading_on(self, leads_on: bool) -> Self {
        Self { leads_on, ..self }
    }

    /// A page as an answer.
    pub fn show(&self, status: StatusCode, page: &impl Page) -> Response {
        let mut response = (status, Html(page.render_html())).into_response();
        if self.leads_on {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, layers::CSP_LEADING_ON);
        }
        self.keep_forms(&mut response);
        response
    }

    /// A redirect after a POST (303), or to the login.
    pub fn go(&self, to: &str) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        if let Ok(value) = HeaderValue::from_str(to) {
            response.headers_mut().insert(header::LOCATION, value);
        }
        self.keep_forms(&mut response);
        response
    }

    /// The error page.
    pub fn error(&self, kind: ErrorKind) -> Response {
        let (status, wait) = status_of(&kind);
        // A page that was posted to cannot be come back to by a link.
        let page =
            ErrorPage { frame: self.frame_at("/"), status: status.as_u16(), kind, request_id: self.request_id.clone() };
        let mut response = self.show(status, &page);
        problem::retry_after(&mut response, wait);
        response
    }

    /// The error page of a refusal that is about no attempt.
    pub fn refused(&self, refused: &Refused) -> Response {
        self.error(match refused {
            Refused::Throttled(wait) => ErrorKind::Throttled { seconds: seconds(*wait) },
            Refused::Busy => ErrorKind::Busy,
            Refused::Unavailable => ErrorKind::Unavailable,
            Refused::Internal => ErrorKind::Internal,
            _ => ErrorKind::BadRequest,
        })
    }

    /// Speaks the first of a client's languages (`ui_locales`) that we have, until the browser is closed or its user
    /// chooses one.
    pub fn wish(&self, languages: &[String], response: &mut Response) {
        let lang = languages.iter().find_map(|tag| Lang::parse(tag));
        let line = lang.and_then(|lang| cookie::set(&self.app.settings, cookie::WISHED_LANGUAGE, lang.tag(), None));
        response.headers_mut().extend(line.map(|line| (header::SET_COOKIE, line)));
    }

    fn keep_forms(&self, response: &mut Response) {
        if self.forms_are_new
            && let Some(line) = cookie::set(&self.app.settings, cookie::FORMS, &self.forms, None)
        {
            response.headers_mut().append(header::SET_COOKIE, line);
        }
    }

    /// A keyed digest of the cookie by which this browser is known before any login.
    pub fn browser(&self) -> [u8; 16] {
        self.app.handles.bucket("browser", self.forms.as_bytes())
    }

    /// Seals a note for an address of this browser.
    pub fn seal(&self, text: &[u8]) -> String {
        self.app.handles.seal_note(&self.forms, text)
    }

    /// Opens a note that was sealed for this browser.
    pub fn open(&self, text: &str) -> Option<Vec<u8>> {
        self.app.handles.open_note(&self.forms, text)
    }

    /// The marks this browser holds.
    pub fn marks(&self) -> Vec<String> {
        let held = cookie::value(&self.headers, &self.app.settings, cookie::MARKS).unwrap_or_default();
        held.split('.').filter(|mark| !mark.is_empty()).take(MOST_MARKS).map(str::to_owned).collect()
    }

    /// The session cookie's handle.
    pub fn session(&self) -> Option<&str> {
        cookie::value(&self.headers, &self.app.settings, cookie::SESSION).filter(|value| !value.is_empty())
    }
}

/// Users that one browser is known to.
pub const MOST_MARKS: usize = 5;

/// Whole seconds of a wait, at least one.
pub fn seconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1)
}

fn status_of(kind: &ErrorKind) -> (StatusCode, Option<Duration>) {
    let slug = match kind {
        ErrorKind::NotFound => Slug::NotFound,
        ErrorKind::BadRequest => Slug::BadRequest,
        ErrorKind::FormExpired | ErrorKind::Forbidden => Slug::FormExpired,
        ErrorKind::MethodNotAllowed => Slug::MethodNotAllowed,
        ErrorKind::TooLarge => Slug::TooLarge,
        ErrorKind::UnsupportedMediaType => Slug::UnsupportedMediaType,
        ErrorKind::Throttled { seconds } => return (Slug::Throttled.status(), Some(Duration::from_secs(*seconds))),
        ErrorKind::Busy => return (Slug::Busy.status(), Some(problem::BUSY_WAIT)),
        ErrorKind::Unavailable => return (Slug::Unavailable.status(), Some(problem::UNAVAILABLE_WAIT)),
        ErrorKind::Internal => Slug::Internal,
    };
    (slug.status(), None)
}

fn language(headers: &HeaderMap, app: &Shared) -> Lang {
    let for_now = || cookie::value(headers, &app.settings, cookie::WISHED_LANGUAGE).and_then(Lang::parse);
    let wished = || {
        // A list may come in several lines (RFC 9110, 5.3).
        let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        Lang::negotiate(&lines.collect::<Vec<_>>().join(","))
    };
    chosen_language(headers, app).or_else(for_now).unwrap_or_else(wished)
}

/// The language that somebody chose in this browser.
fn chosen_language(headers: &HeaderMap, app: &Shared) -> Option<Lang> {
    cookie::value(headers, &app.settings, cookie::LANGUAGE).and_then(Lang::parse)
}

/// A form of one of our own pages: its token was checked.
pub struct PageForm {
    /// The visit.
    pub visit: Visit,
    /// Where it comes from.
    pub origin: Origin,
    form: Form,
}

impl PageForm {
    /// A field, empty when it is missing; the error page when it is there twice or longer than `max` octets.
    #[expect(clippy::result_large_err, reason = "the error is the answer that goes out, made once")]
    pub fn field(&self, name: &'static str, max: usize) -> Result<&str, Response> {
        let value = self.form.optional(name, max).map_err(|_| self.visit.error(ErrorKind::BadRequest))?;
        Ok(value.unwrap_or_default())
    }
}

impl FromRequest<Arc<App>> for PageForm {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, content) = request.into_parts();
        let visit = Visit::of(&parts, app);
        let Ok(origin) = Origin::from_request_parts(&mut parts, app).await;
        let same_origin = same_origin(&parts.headers, &app.settings.issuer);
        let form = body::form(Request::from_parts(parts, content)).await.map_err(|error| {
            visit.error(match error {
                body::BodyError::ContentType => ErrorKind::UnsupportedMediaType,
                body::BodyError::TooLarge => ErrorKind::TooLarge,
                body::BodyError::Malformed => ErrorKind::BadRequest,
            })
        })?;
        let token = form.optional("csrf", 64).ok().flatten().unwrap_or_default();
        let wanted = app.handles.form_token(&visit.forms);
        if !same_origin || !bool::from(token.as_bytes().ct_eq(wanted.as_bytes())) {
            return Err(visit.error(ErrorKind::FormExpired));
        }
        Ok(Self { visit, origin, form })
    }
}

/// Whether the browser says that the request comes from a page of ours; browsers that say nothing pass, and are
/// held by the token.
pub(in crate::http) fn same_origin(headers: &HeaderMap, issuer: &str) -> bool {
    let origin = headers.get(header::ORIGIN).map(|value| value.as_bytes() == issuer.as_bytes());
    let site = headers.get("sec-fetch-site").map(|value| value == "same-origin" || value == "none");
    origin.unwrap_or(true) && site.unwrap_or(true)
}

/// Checks the token of a request that carries it in a header, as scripts do.
pub(crate) fn header_token_fits(visit: &Visit, headers: &HeaderMap) -> bool {
    let token = headers.get("x-csrf-token").map(HeaderValue::as_bytes).unwrap_or_default();
    let wanted = visit.app.handles.form_token(&visit.forms);
    same_origin(headers, &visit.app.settings.issuer) && bool::from(token.ct_eq(wanted.as_bytes()))
}

/// A visit of a signed-in user; others are sent to the login.
pub struct SignedInVisit {
    /// The visit.
    pub visit: Visit,
    /// Who.
    pub signed_in: SignedIn,
}

impl FromRequestParts<Arc<App>> for SignedInVisit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let visit = Visit::of(parts, app);
        sign_in(visit, app).await
    }
}

async fn sign_in(mut visit: Visit, app: &Shared) -> Result<SignedInVisit, Response> {
    let Some(handle) = visit.session().map(str::to_owned) else { return Err(visit.go("/login")) };
    match session::signed_in(app, &handle).await {
        Ok(Some(signed_in)) => {
            visit.greet(&signed_in);
            Ok(SignedInVisit { visit, signed_in })
        }
        Ok(None) => {
            let mut response = visit.go("/login?notice=session-ended");
            response
                .headers_mut()
                .extend(cookie::clear(&app.settings, cookie::SESSION).map(|line| (header::SET_COOKIE, line)));
            Err(response)
        }
        Err(refused) => Err(visit.refused(&refused)),
    }
}

/// A checked form of a signed-in user.
pub struct SignedInForm {
    /// The form.
    pub form: PageForm,
    /// Who.
    pub signed_in: SignedIn,
}

impl FromRequest<Arc<App>> for SignedInForm {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let form = PageForm::from_request(request, app).await?;
        let SignedInVisit { visit, signed_in } = sign_in(form.visit.clone(), app).await?;
        Ok(Self { form: PageForm { visit, ..form }, signed_in })
    }
}
