//! The phone app's own session: a browser session that does not idle, ends after half a day, and never outlives the
//! weekend's night (Sunday, 1:00 in the institution's zone).

use super::session;
use crate::{
    app::{App, nonce},
    flow::Refused,
    handle::Kind,
    work::{Origin, Stop, Work},
};
use domain::{
    Timestamp,
    audit::{Actor, Detail, Kind as Audit},
    id::{ConfirmationId, SessionId, UserId},
};
use jiff::{ToSpan as _, civil::Weekday, tz::TimeZone};
use std::{sync::Arc, time::Duration};
use store::{Error, code::Code};

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

impl Opened {
    /// How long it lives from a moment on.
    pub fn life(&self, now: Timestamp) -> Duration {
        Duration::from_secs(self.expires_at.seconds_from(now))
    }
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

/// Opens a session for a user, in the unit of work that found a reason to. None when there is no such user.
pub fn open(work: &mut Work<'_>, user: UserId, ground: &Ground<'_>) -> Result<Option<Opened>, Error> {
    let Some(known) = store::user::by_id(work.sql, user)? else { return Ok(None) };
    let (handle, digest) = work.app.handles.mint(Kind::Session, user);
    let session = store::session::Session {
        user,
        id: SessionId::new(work.now, &nonce()),
        confirmation: ground.confirmation,
        agent: ground.origin.agent.clone(),
        address: ground.origin.address.to_string(),
        acr: ground.acr.to_owned(),
        amr: ground.amr.to_owned(),
        created_at: work.now,
        last_seen_at: work.now,
        expires_at: end(work.app, work.now),
        stays: true,
        card_only: false,
    };
    store::session::insert(work.sql, &session, digest)?;
    work.record(Audit::SessionStarted, Detail::none().session(session.id).app(true))?;
    Ok(Some(Opened { handle, username: known.username.to_string(), expires_at: session.expires_at }))
}

/// A code of a first-party login, as the app brings it.
#[derive(Debug, Clone)]
pub struct Brought {
    /// The code.
    pub code: String,
    /// The PKCE verifier (RFC 7636).
    pub verifier: String,
}

/// Opens a session for the code of a first-party login, which is good once and only here or at the token endpoint.
pub async fn of_code(
    app: &Arc<App>,
    client: &'static str,
    brought: Brought,
    origin: &Origin,
) -> Result<Opened, Refused> {
    let read = app.handles.read(Kind::Code, &brought.code).ok_or(Refused::UnknownAttempt)?;
    let origin = origin.clone();
    app.work(Actor::User, move |work| {
        let code = store::code::one(work.sql, read.user, read.digest)?.ok_or(Refused::UnknownAttempt)?;
        work.about.user = Some(code.user);
        work.about.client = Some(client.to_owned());
        work.about.address = Some(origin.address);
        redeemed(work, client, &brought.verifier, &code)?;
        let ground = Ground { confirmation: code.confirmation, acr: &code.acr, amr: &code.amr, origin: &origin };
        Ok(open(work, code.user, &ground)?.ok_or(Refused::UnknownAttempt)?)
    })
    .await
}

/// Redeems the code, once.
fn redeemed(work: &mut Work<'_>, client: &str, verifier: &str, code: &Code) -> Result<(), Stop<Refused>> {
    let fits = code.client == client
        && code.redemption.redirect_uri.is_none()
        && oidc::pkce::check(code.redemption.code_challenge.as_deref(), Some(verifier)).is_ok();
    if fits && code.redeemed_at.is_some() {
        // Whoever brings it again may be a thief, or the owner after one: what it gave is taken back.
        if let Some(given) = store::session::of_confirmation(work.sql, code.user, code.confirmation)? {
            session::end_one(work, code.user, given)?;
        }
        store::grant::end(work.sql, code.user, code.grant, work.now)?;
        work.record(Audit::CodeReplayed, Detail::none().grant(code.grant))?;
        return Err(Refused::UnknownAttempt.into());
    }
    if !fits || work.now >= code.expires_at || !store::code::redeem(work.sql, code, work.now)? {
        return Err(Refused::UnknownAttempt.into());
    }
    work.record(Audit::CodeRedeemed, Detail::none().grant(code.grant))?;
    Ok(())
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
