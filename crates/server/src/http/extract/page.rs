//! A browser's visit: its language, its cookies, and how a page is shown to it.

use crate::{
    app::App,
    flow::{Refused, login::session::SignedIn},
    http::{
        Shared,
        answer::Page,
        extract::{
            caller::{Caller, Input, Who},
            cookie,
        },
        layers::{self, RequestId},
        problem::{self, Slug, Told},
    },
    pages::{
        self, DeskLine, Frame, assets,
        error::{ErrorKind, ErrorPage},
    },
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::id::DeviceId;
use i18n::Lang;
use std::{convert::Infallible, sync::Arc, time::Duration};
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

impl Caller for Visit {
    const WHO: Who = Who::Anyone;
}

impl Input for Visit {}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self::of(parts, app))
    }
}

impl Visit {
    pub(super) fn of(parts: &Parts, app: &Shared) -> Self {
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
        let (desk, look) = (self.app.settings.desk.iter(), &self.app.settings.look);
        Frame {
            lang: self.lang,
            csrf: self.app.handles.form_token(&self.forms),
            signed_in: self.username.clone(),
            path_and_query: self.path_and_query.clone(),
            // In a story of the demo the bar stands above it already.
            demo: self.app.settings.demo && self.headers.get("sec-fetch-dest").is_none_or(|dest| dest != "iframe"),
            scripts: assets::scripts_built(),
            about: None,
            request: String::new(),
            asker: None,
            product: look.name.clone(),
            style: look.style(),
            logo: look.logo().unwrap_or_else(|| assets::address("logo.svg")),
            desk: desk.map(|one| DeskLine { country: one.country.clone(), phone: one.phone.clone() }).collect(),
        }
    }

    /// The devices that were last used in this browser, separated by dots.
    pub fn last_devices(&self) -> &str {
        cookie::value(&self.headers, &self.app.settings, cookie::DEVICES).unwrap_or_default()
    }

    /// The line that puts a device before those; several people may share a browser.
    pub fn remembering(&self, device: DeviceId) -> Option<HeaderValue> {
        let latest = device.to_string();
        let others = self.last_devices().split('.').filter(|other| !other.is_empty() && *other != latest);
        let all: Vec<_> = std::iter::once(latest.as_str()).chain(others.take(MOST_DEVICES - 1)).collect();
        cookie::set(&self.app.settings, cookie::DEVICES, &all.join("."), Some(self.app.settings.mark_life))
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
    pub fn show(&self, status: StatusCode, page: &impl pages::Page) -> Page {
        let mut response = Page::from((status, Html(page.render_html())).into_response());
        if self.leads_on {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, layers::CSP_LEADING_ON);
        }
        self.keep_forms(response)
    }

    /// A redirect after a POST (303), or to the login.
    pub fn go(&self, to: &str) -> Page {
        let mut response = Page::from(StatusCode::SEE_OTHER.into_response());
        if let Ok(value) = HeaderValue::from_str(to) {
            response.headers_mut().insert(header::LOCATION, value);
        }
        self.keep_forms(response)
    }

    /// The error page.
    pub fn error(&self, kind: ErrorKind) -> Page {
        let status = slug(&kind).status();
        // A page that was posted to cannot be come back to by a link.
        let page =
            ErrorPage { frame: self.frame_at("/"), status: status.as_u16(), kind, request_id: self.request_id.clone() };
        self.show(status, &page)
    }

    /// The error page of a refusal that is about no attempt.
    pub fn refused(&self, refused: &Refused) -> Page {
        let told = Told::of(refused.clone());
        let mut page = self.error(match told.slug {
            Slug::Throttled => ErrorKind::Throttled { seconds: seconds(told.wait.unwrap_or_default()) },
            Slug::Busy => ErrorKind::Busy,
            Slug::Unavailable => ErrorKind::Unavailable,
            Slug::Internal => ErrorKind::Internal,
            _ => ErrorKind::BadRequest,
        });
        problem::retry_after(page.headers_mut(), told.wait);
        page
    }

    /// Speaks the first of a client's languages (`ui_locales`) that we have, until the browser is closed or its user
    /// chooses one.
    pub fn wish(&self, languages: &[String], page: Page) -> Page {
        let lang = languages.iter().find_map(|tag| Lang::parse(tag));
        page.with_cookie(
            lang.and_then(|lang| cookie::set(&self.app.settings, cookie::WISHED_LANGUAGE, lang.tag(), None)),
        )
    }

    fn keep_forms(&self, page: Page) -> Page {
        let new = self.forms_are_new.then(|| cookie::set(&self.app.settings, cookie::FORMS, &self.forms, None));
        page.with_cookie(new.flatten())
    }

    /// Whether a token is that of this browser's forms.
    pub(super) fn has_token(&self, token: &[u8]) -> bool {
        token.ct_eq(self.app.handles.form_token(&self.forms).as_bytes()).into()
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

/// Devices that one browser remembers: one for each of several users.
const MOST_DEVICES: usize = 3;

/// Users that one browser is known to.
pub const MOST_MARKS: usize = 5;

/// Whole seconds of a wait, at least one.
pub fn seconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1)
}

/// The problem type of an error page.
fn slug(kind: &ErrorKind) -> Slug {
    match kind {
        ErrorKind::NotFound => Slug::NotFound,
        ErrorKind::BadRequest => Slug::BadRequest,
        ErrorKind::FormExpired | ErrorKind::Forbidden => Slug::FormExpired,
        ErrorKind::RoleNeeded | ErrorKind::WeakDevice => Slug::RoleNeeded,
        ErrorKind::MethodNotAllowed => Slug::MethodNotAllowed,
        ErrorKind::TooLarge => Slug::TooLarge,
        ErrorKind::UnsupportedMediaType => Slug::UnsupportedMediaType,
        ErrorKind::Throttled { .. } => Slug::Throttled,
        ErrorKind::Busy => Slug::Busy,
        ErrorKind::Unavailable => Slug::Unavailable,
        ErrorKind::Internal => Slug::Internal,
    }
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
