//! The phone app's own session: a browser session that does not idle, ends after half a day, and never outlives the
//! weekend's night (Sunday, 1:00 in the institution's zone).

use crate::{
    app::{App, nonce},
    flow::{
        Origin, Refused,
        confirm::effects::{Scene, audit},
        login::session,
    },
    handle::Kind,
};
use domain::{
    Timestamp,
    audit::Kind as Audit,
    id::{ConfirmationId, SessionId, UserId},
    lockout::Budget,
};
use jiff::{ToSpan as _, civil::Weekday, tz::TimeZone};
use serde_json::json;
use std::sync::Arc;
use store::{Error, Sql};

/// A session that was opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Its handle, for the cookie.
    pub handle: String,
    /// Whose.
    pub username: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What a session rests on.
pub struct Ground<'a> {
    /// The confirmed login.
    pub confirmation: ConfirmationId,
    /// How strong it was.
    pub acr: &'a str,
    /// What was used (RFC 8176), separated by spaces.
    pub amr: &'a str,
    /// Where the app is.
    pub origin: &'a Origin,
}

/// Opens a session for a user, in the unit of work that found a reason to.
pub fn open(
    app: &App,
    sql: &mut dyn Sql,
    scene: &Scene,
    user: UserId,
    ground: &Ground<'_>,
) -> Result<Option<Opened>, Error> {
    let Some(username) = store::user::by_id(sql, user)?.map(|user| user.username.to_string()) else { return Ok(None) };
    let (handle, digest) = app.handles.mint(Kind::Session, user);
    let session = store::session::Session {
        user,
        id: SessionId::new(scene.now, &nonce()),
        confirmation: ground.confirmation,
        agent: ground.origin.agent.clone(),
        address: ground.origin.address.to_string(),
        acr: ground.acr.to_owned(),
        amr: ground.amr.to_owned(),
        created_at: scene.now,
        last_seen_at: scene.now,
        expires_at: end(app, scene.now),
        stays: true,
    };
    store::session::insert(sql, &session, digest)?;
    audit(sql, scene, Audit::SessionStarted, &json!({ "session": session.id.to_string(), "app": true }))?;
    Ok(Some(Opened { handle, username, expires_at: session.expires_at }))
}

/// Opens a session for the code of a first-party login, which is good once and only here or at the token endpoint.
pub async fn of_code(
    app: &Arc<App>,
    client: &'static str,
    (code, verifier): (&str, &str),
    origin: &Origin,
) -> Result<Opened, Refused> {
    let read = app.handles.read(Kind::Code, code).ok_or(Refused::UnknownAttempt)?;
    let (unit_app, verifier, origin) = (Arc::clone(app), verifier.to_owned(), origin.clone());
    let opened = app.store.write(move |sql| {
        let now = unit_app.now();
        let Some(code) = store::code::one(sql, read.user, read.digest)? else { return Ok(None) };
        let fits = code.client == client
            && code.redemption.redirect_uri.is_none()
            && oidc::pkce::fits(&verifier, &code.redemption.code_challenge);
        let detail =
            json!({ "client": client, "grant": code.grant.to_string(), "address": origin.address.to_string() });
        let scene = Scene { user: Some(code.user), budget: Budget::Strangers, now, detail };
        if fits && code.redeemed_at.is_some() {
            // Whoever brings it again may be a thief, or the owner after one: what it gave is taken back.
            if let Some(given) = store::session::of_confirmation(sql, code.user, code.confirmation)? {
                session::end_one(&unit_app, sql, &scene, (code.user, given))?;
            }
            store::grant::end(sql, code.user, code.grant, now)?;
            audit(sql, &scene, Audit::CodeReplayed, &json!({}))?;
            return Ok(None);
        }
        if !fits || now >= code.expires_at || !store::code::redeem(sql, &code, now)? {
            return Ok(None);
        }
        audit(sql, &scene, Audit::CodeRedeemed, &json!({}))?;
        let ground = Ground { confirmation: code.confirmation, acr: &code.acr, amr: &code.amr, origin: &origin };
        open(&unit_app, sql, &scene, code.user, &ground)
    });
    let opened: Result<Option<Opened>, Error> = opened.await;
    opened?.ok_or(Refused::UnknownAttempt)
}

/// When a session that begins now ends.
fn end(app: &App, now: Timestamp) -> Timestamp {
    let longest = now.plus(app.settings.app_session);
    weekend(&app.settings.zone, now).map_or(longest, |night| longest.min(night))
}

/// The next Sunday, 1:00, after a moment.
fn weekend(zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let zoned = jiff::Timestamp::from_microsecond(now.micros()).ok()?.to_zoned_datetime(zone.clone());
    let days = (0..=7).filter_map(|days| zoned.date().checked_add(days.days()).ok());
    let nights = days
        .filter(|day| day.weekday() == Weekday::Sunday)
        .filter_map(|day| day.at(1, 0, 0, 0).to_zoned_datetime(zone.clone()).ok());
    let night = nights.into_iter().find(|night| *night > zoned)?;
    Some(Timestamp::from_micros(night.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    #[test]
    fn the_night_is_the_next_sunday_at_one_in_the_zone() {
        let zone = TimeZone::get("America/New_York").unwrap();
        for (now, night) in [
            // Saturday noon in New York, in winter and in summer time.
            ("2026-11-28T17:00:00Z", "2026-11-29T06:00:00Z"),
            ("2026-07-11T16:00:00Z", "2026-07-12T05:00:00Z"),
            // Sunday, a moment before and at the hour.
            ("2026-11-29T05:59:59Z", "2026-11-29T06:00:00Z"),
            ("2026-11-29T06:00:00Z", "2026-12-06T06:00:00Z"),
            // The night on which the clocks go back has two times 1:00: the first one counts.
            ("2026-10-31T16:00:00Z", "2026-11-01T05:00:00Z"),
        ] {
            assert_eq!(weekend(&zone, at(now)), Some(at(night)), "{now}");
        }
    }
}
