//! A browser without pictures: cookies, redirects that are looked at and not followed, and the forms of the hosted login.

use crate::first_party::{Credentials, Error, Server};
use reqwest::{RequestBuilder, StatusCode, Url, header};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// A user's browser.
pub(super) struct Browser {
    server: Server,
    cookies: BTreeMap<String, Zeroizing<String>>,
}

/// What an answer shows.
struct Shown {
    status: StatusCode,
    location: Option<String>,
    html: String,
}

impl Browser {
    /// Signs in on the hosted pages with a card, whose answer to a challenge `respond` gives.
    pub(super) async fn signed_in(
        server: &Server,
        credentials: &Credentials,
        card_id: &str,
        respond: impl FnOnce(&str) -> Option<Zeroizing<String>>,
    ) -> Result<Self, String> {
        let mut browser = Self { server: server.clone(), cookies: BTreeMap::new() };
        let page = browser.get("/login").await?;
        let csrf = field(&page.html, "csrf")?;
        let form = [("csrf", csrf), ("username", &credentials.username), ("password", &credentials.password)];
        let begun = browser.post("/login", &form).await?;
        let chooser = browser.get(begun.location.as_deref().ok_or("the password was refused")?).await?;
        let [csrf, attempt] = [field(&chooser.html, "csrf")?, field(&chooser.html, "attempt")?];
        let form = [("csrf", csrf), ("attempt", attempt), ("device", card_id)];
        let chosen = browser.post("/login/device", &form).await?;
        let step = browser.get(chosen.location.as_deref().ok_or("the device was refused")?).await?;
        let response = respond(&challenge(&step.html)?).ok_or("the challenge does not fit the card")?;
        let [csrf, attempt] = [field(&step.html, "csrf")?, field(&step.html, "attempt")?];
        let form = [("csrf", csrf), ("attempt", attempt), ("response", &response)];
        let done = browser.post("/login/answer", &form).await?;
        let has_session = browser.cookies.contains_key("session") || browser.cookies.contains_key("__Host-session");
        if done.status == StatusCode::SEE_OTHER && has_session { Ok(browser) } else { Err("not confirmed".to_owned()) }
    }

    /// The server it is signed in at.
    pub(super) fn server(&self) -> &Server {
        &self.server
    }

    /// Sends an authorization request; where the browser is led with the answer.
    pub(super) async fn authorize(&self, parameters: &[(&str, &str)]) -> Result<String, String> {
        let url = Url::parse_with_params(&self.server.metadata().authorization_endpoint, parameters);
        let answer = self.send(self.server.http().get(url.map_err(|error| error.to_string())?)).await?;
        if answer.status() != StatusCode::SEE_OTHER {
            return Err(format!("status {}", answer.status().as_u16()));
        }
        location(&answer).ok_or_else(|| "a redirect to nowhere".to_owned())
    }

    async fn get(&mut self, path: &str) -> Result<Shown, String> {
        let url = self.at(path)?;
        self.show(self.server.http().get(url)).await
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Result<Shown, String> {
        let url = self.at(path)?;
        self.show(self.server.http().post(url).form(form)).await
    }

    fn at(&self, path: &str) -> Result<Url, String> {
        let issuer = Url::parse(&self.server.metadata().issuer);
        issuer.and_then(|issuer| issuer.join(path)).map_err(|error| error.to_string())
    }

    async fn show(&mut self, request: RequestBuilder) -> Result<Shown, String> {
        let answer = self.send(request).await?;
        for line in answer.headers().get_all(header::SET_COOKIE) {
            let pair = line.to_str().ok().and_then(|line| line.split(';').next());
            match pair.and_then(|pair| pair.split_once('=')) {
                Some((name, "")) => drop(self.cookies.remove(name)),
                Some((name, value)) => drop(self.cookies.insert(name.to_owned(), Zeroizing::new(value.to_owned()))),
                None => {}
            }
        }
        let (status, location) = (answer.status(), location(&answer));
        Ok(Shown { status, location, html: answer.text().await.map_err(network)? })
    }

    async fn send(&self, request: RequestBuilder) -> Result<reqwest::Response, String> {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={}", **value)).collect();
        let request = self.server.placed(request).header(header::COOKIE, cookies.join("; "));
        request.send().await.map_err(network)
    }
}

fn network(error: reqwest::Error) -> String {
    Error::from(error).slug()
}

fn location(answer: &reqwest::Response) -> Option<String> {
    answer.headers().get(header::LOCATION)?.to_str().ok().map(str::to_owned)
}

/// The value of the first hidden field of that name; ours need no unescaping.
fn field<'a>(html: &'a str, name: &str) -> Result<&'a str, String> {
    let (_, rest) =
        html.split_once(&format!("name=\"{name}\" value=\"")).ok_or_else(|| format!("a page without {name}"))?;
    Ok(rest.split('"').next().unwrap_or_default())
}

/// The digits of the challenge on a page.
fn challenge(html: &str) -> Result<String, String> {
    let (_, rest) = html.split_once("id=\"challenge\">").ok_or("a page without a challenge")?;
    let shown = rest.split("</output>").next().unwrap_or_default();
    let words = shown.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    Ok(words.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fields_and_challenges() {
        let html = "<input type=\"hidden\" name=\"csrf\" value=\"a-b_c\"><output class=\"digits\" id=\"challenge\">\
                    <span>413</span><span>027</span></output><p>9</p>";
        assert_eq!((field(html, "csrf").as_deref(), challenge(html).as_deref()), (Ok("a-b_c"), Ok("413027")));
        for poor in ["", "<p>Too many requests</p>", "<input name=\"csrf\">"] {
            assert!(field(poor, "csrf").is_err() && challenge(poor).is_err(), "{poor}");
        }
    }
}
