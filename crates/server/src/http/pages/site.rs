//! The front page, help, the language switch, problem types, and what answers where nothing is.

use crate::{
    flow::login::session,
    http::{
        Shared,
        answer::Page,
        extract::{
            address::{Query, Segment},
            cookie,
            form::PageForm,
            page::Visit,
        },
        problem::{ApiProblem, OAuthProblem, Slug},
        routes,
    },
    pages::{
        assets,
        error::ErrorKind,
        help::{self, Help, HelpIndex, HelpPage, LimitLine},
        home::Home,
        problem::{ProblemPage, ProblemsPage},
    },
};
use axum::{
    extract::State,
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use i18n::Lang;
use reqwest::Url;
use std::time::Duration;

/// How long a browser remembers its language.
const YEAR: Duration = Duration::from_secs(365 * 86_400);

/// `GET /`.
pub async fn home(State(app): State<Shared>, mut visit: Visit) -> Page {
    if let Some(handle) = visit.session().map(str::to_owned)
        && let Ok(Some(found)) = session::signed_in(&app, &handle).await
    {
        visit.greet(&found);
    }
    visit.show(StatusCode::OK, &Home { frame: visit.frame(), app: assets::phone_app_built() })
}

/// What somebody looks for in the help is this long at most, in octets.
const WORDS: usize = 400;

/// `GET /help/?q=…`: the list, or what was found in it.
pub async fn help_index(_: State<Shared>, visit: Visit, query: Query) -> Page {
    let words = query.member("q", WORDS).unwrap_or_default().trim().to_owned();
    let found = help::search(visit.lang, &words);
    visit.show(StatusCode::OK, &HelpIndex { frame: visit.frame(), words, found })
}

/// `GET /help/{page}`.
pub async fn help(State(app): State<Shared>, visit: Visit, Segment(page): Segment) -> Page {
    match page.and_then(|name| HelpPage::parse(&name)) {
        Some(page) => visit
            .show(StatusCode::OK, &Help { frame: visit.frame(), page, limits: LimitLine::of(&app.settings.catalogue) }),
        None => visit.error(ErrorKind::NotFound),
    }
}

/// `GET /problems/`.
pub async fn problems(_: State<Shared>, visit: Visit) -> Page {
    let listed = Slug::ALL.iter().map(|slug| (slug.name().to_owned(), slug.status().as_u16())).collect();
    visit.show(StatusCode::OK, &ProblemsPage { frame: visit.frame(), listed })
}

/// `GET /problems/{slug}`.
pub async fn problem(_: State<Shared>, visit: Visit, Segment(slug): Segment) -> Page {
    let slug = slug.unwrap_or_default();
    match Slug::ALL.iter().find(|known| known.name() == slug) {
        Some(slug) => {
            let page =
                ProblemPage { frame: visit.frame(), slug: slug.name().to_owned(), status: slug.status().as_u16() };
            visit.show(StatusCode::OK, &page)
        }
        None => visit.error(ErrorKind::NotFound),
    }
}

/// `POST /language`: remembers the language, in the browser and as that of whoever is signed in, and goes back.
pub async fn language(State(app): State<Shared>, form: PageForm) -> Result<Page, Page> {
    let lang = Lang::parse(form.field("lang", 8)?).ok_or_else(|| form.visit.error(ErrorKind::BadRequest))?;
    let back = page_of_ours(&app.settings.issuer, form.field("back", 512)?);
    if let Some(handle) = form.visit.session()
        && let Err(refused) = session::speaks(&app, handle, lang).await
    {
        return Err(form.visit.refused(&refused));
    }
    let line = cookie::set(&app.settings, cookie::LANGUAGE, lang.tag(), Some(YEAR));
    Ok(form.visit.go(back.as_deref().unwrap_or("/")).with_cookie(line))
}

/// Path and query of an address, read as a browser on our pages reads it. None where that is another site, or where the
/// path alone would be read as one.
fn page_of_ours(issuer: &str, back: &str) -> Option<String> {
    let base = Url::parse(issuer).ok()?;
    let url = base.join(back).ok().filter(|url| url.origin() == base.origin())?;
    let path = url.path();
    let page = url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    (!page.starts_with("//")).then_some(page)
}

/// Where nothing is: each part of the site answers in its own dress.
pub async fn not_found(visit: Visit, uri: Uri) -> Response {
    match Dress::of(uri.path()) {
        Dress::Api => ApiProblem::from(Slug::NotFound).into_response(),
        Dress::OAuth => OAuthProblem::NotFound.into_response(),
        Dress::Page => visit.error(ErrorKind::NotFound).into_response(),
    }
}

/// Where something is, but not for this method. OPTIONS is told what there is.
pub async fn method_not_allowed(visit: Visit, method: Method, uri: Uri) -> Response {
    let mut response = match Dress::of(uri.path()) {
        _ if method == Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        Dress::Api => ApiProblem::from(Slug::MethodNotAllowed).into_response(),
        Dress::OAuth => OAuthProblem::MethodNotAllowed.into_response(),
        Dress::Page => visit.error(ErrorKind::MethodNotAllowed).into_response(),
    };
    // What the router would write knows nothing of OPTIONS.
    let allowed = routes::methods(uri.path()).and_then(|methods| HeaderValue::from_str(&methods).ok());
    response.headers_mut().extend(allowed.map(|methods| (header::ALLOW, methods)));
    response
}

enum Dress {
    Api,
    OAuth,
    Page,
}

impl Dress {
    fn of(path: &str) -> Self {
        match path {
            _ if path.starts_with("/oauth2/") => Self::OAuth,
            "/healthz" | "/readyz" | "/demo/clock" | "/demo/card-reader/press" => Self::Api,
            _ if path.starts_with("/api/") || path.starts_with("/.well-known/") => Self::Api,
            _ => Self::Page,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::page_of_ours;

    #[test]
    fn back_is_a_page_of_ours_however_it_is_written() {
        let ours = |back: &str| page_of_ours("https://login.example", back);
        for (back, wanted) in [
            ("/settings", Some("/settings")),
            ("/login?attempt=a&b=c#d", Some("/login?attempt=a&b=c")),
            ("https://login.example/help/", Some("/help/")),
            ("https://LOGIN.example:443/help/", Some("/help/")),
            ("/a/../settings", Some("/settings")),
            ("", Some("/")),
            ("//evil.example", None),
            ("/\t/evil.example", None),
            ("/\n/evil.example", None),
            ("\r/\t/evil.example", None),
            ("/\\evil.example", None),
            ("\\\\evil.example", None),
            (" //evil.example", None),
            ("/.//evil.example", None),
            ("/x/..//evil.example", None),
            ("https:evil.example", Some("/evil.example")),
            ("https:/\t/evil.example", None),
            ("http://login.example/", None),
            ("https://login.example@evil.example/", None),
            ("https://login.example.evil.example/", None),
            ("https://login.example:444/", None),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
        ] {
            assert_eq!(ours(back).as_deref(), wanted, "{back:?}");
        }
    }
}
