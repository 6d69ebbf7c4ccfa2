//! Pings and logout tokens, to the clients that registered for them.

use crate::{
    app::{App, random},
    flow::Refused,
    signing::SigningError,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::audit::{Actor, Detail, Kind as Audit};
use oidc::logout::{self, LogoutToken};
use reqwest::{StatusCode, header};
use std::{sync::Arc, time::Duration};
use store::delivery::{self, Delivery, Kind};

/// How long a client may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// No redirects: a client's address is the one it registered. No proxy of the environment: settings are in the file.
pub fn http() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().timeout(PATIENCE).build()
}

/// Makes a delivery to a client and settles what came of it.
pub async fn deliver(app: &Arc<App>, http: &reqwest::Client, delivery: Delivery) -> Result<(), Refused> {
    let answer = send(app, http, &delivery).await;
    settle(app, delivery, answer).await
}

/// What came of a try to reach a client.
pub(super) enum Answer {
    /// It was taken.
    Taken,
    /// It will never be taken.
    Refused(String),
    /// It may be taken another time.
    Trouble(String),
}

async fn send(app: &App, http: &reqwest::Client, delivery: &Delivery) -> Answer {
    if delivery.expires_at.is_some_and(|end| app.now() >= end) {
        return Answer::Refused("it came too late".to_owned());
    }
    let (content_type, body) = match body(app, delivery) {
        Ok(Some(made)) => made,
        Ok(None) => return Answer::Refused("the client is gone".to_owned()),
        Err(error) => return Answer::Trouble(error.to_string()),
    };
    let mut request = http.post(&delivery.url).header(header::CONTENT_TYPE, content_type).body(body);
    if let Some(bearer) = &delivery.bearer {
        request = request.bearer_auth(bearer.expose());
    }
    // The body of the answer is nobody's business, and is not read.
    match request.send().await.map(|answer| answer.status()) {
        Ok(StatusCode::OK | StatusCode::NO_CONTENT) => Answer::Taken,
        Ok(status) if is_final(delivery.kind, status) => Answer::Refused(status.as_u16().to_string()),
        Ok(status) => Answer::Trouble(status.as_u16().to_string()),
        Err(error) => Answer::Trouble(error.without_url().to_string()),
    }
}

/// Whether a client that answers so would answer no better another time.
fn is_final(kind: Kind, status: StatusCode) -> bool {
    match kind {
        // The logout failed or was refused; another token would fare no better (Back-Channel Logout, 2.8).
        Kind::Logout => status == StatusCode::BAD_REQUEST,
        // The ping says nothing that the client does not learn by asking (CIBA, 10.2): who refuses it is not asked again.
        _ => {
            let passes = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
            status.is_redirection() || status.is_client_error() && !passes.contains(&status)
        }
    }
}

/// What is sent, and its content type. None when the client is not registered any more.
fn body(app: &App, delivery: &Delivery) -> Result<Option<(&'static str, String)>, SigningError> {
    match (delivery.kind, delivery.user) {
        (Kind::Ping, _) => Ok(Some(("application/json", delivery.body.expose().clone()))),
        (Kind::Logout, Some(user)) => {
            let Some(client) = app.clients.find(&delivery.client) else { return Ok(None) };
            let about = (user.to_string(), delivery.body.expose());
            let jti = URL_SAFE_NO_PAD.encode(random::<16>());
            let now = app.now().unix_seconds();
            // As its ID tokens are signed (Back-Channel Logout, 2.4).
            let alg = client.oauth.id_token_signed_response_alg;
            let token = LogoutToken::new(&app.settings.issuer, &client.id, (&about.0, about.1), jti, now);
            let signed = app.signer.sign_as(logout::TYP, alg, &token, app.now())?;
            // A JWS has no character that a form would escape.
            Ok(Some(("application/x-www-form-urlencoded", format!("logout_token={signed}"))))
        }
        (Kind::Logout, None) | (Kind::Push | Kind::Mail | Kind::Sms | Kind::Webhook, _) => Ok(None),
    }
}

/// Settles what came of a try.
pub(super) async fn settle(app: &Arc<App>, delivery: Delivery, answer: Answer) -> Result<(), Refused> {
    let now = app.now();
    let (why, again) = match answer {
        Answer::Taken => {
            app.store.write(move |sql| delivery::done(sql, &delivery, now)).await?;
            return Ok(());
        }
        Answer::Refused(why) => (why, None),
        Answer::Trouble(why) => (why, super::run::wait(delivery.kind, delivery.attempts)),
    };
    let (kind, client) = (delivery.kind.name(), &delivery.client);
    tracing::warn!(kind, client, why, attempts = delivery.attempts, again = again.is_some(), "a delivery failed");
    app.work(Actor::Server, move |work| {
        if let Some(wait) = again {
            delivery::again(work.sql, &delivery, work.now.plus(wait))?;
        } else if delivery::give_up(work.sql, &delivery, work.now)? {
            work.about.user = delivery.user;
            work.about.client = Some(delivery.client.clone());
            let what = Detail::none().delivery(delivery.kind.name()).attempts(delivery.attempts).why(why.as_str());
            work.record(Audit::DeliveryGivenUp, what)?;
        }
        Ok(())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_second_try_would_mend() {
        let ends = |kind, status| is_final(kind, StatusCode::from_u16(status).unwrap());
        for status in [301, 307, 400, 401, 403, 404, 410, 415] {
            assert!(ends(Kind::Ping, status), "{status}");
        }
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert!(!ends(Kind::Ping, status) && !ends(Kind::Logout, status), "{status}");
        }
        assert!(
            !ends(Kind::Logout, 301) && ends(Kind::Logout, 400) && !ends(Kind::Logout, 401) && !ends(Kind::Logout, 404)
        );
    }
}
