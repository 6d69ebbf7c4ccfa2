//! The signed proof of a confirmed operation, and what the tokens repeat of it.

use super::{details::given_back, statement};
use crate::work::Work;
use domain::{
    confirmation::{Confirmation, Outcome},
    device::Method,
    money::rate::COUNTED_IN,
};
use operation::{Amount, Money, What};
use sha2::{Digest as _, Sha256};
use store::{Error, code::Code, device::Device};
use wire::receipt::{Counted, First, Link, Receipt};

/// What a user confirmed, as the tokens repeat it.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// The operation.
    pub details: Vec<What>,
    /// What the receipt says.
    pub receipt: Receipt,
}

/// What the operation behind a code gives to its client.
pub fn of_code(work: &mut Work<'_>, code: &Code) -> Result<Option<Confirmed>, Error> {
    if !code.redemption.details {
        return Ok(None);
    }
    let Some(stored) = store::confirmation::by_id(work.sql, code.user, code.confirmation)? else { return Ok(None) };
    let devices = store::device::of_user(work.sql, code.user)?;
    confirmed(work, &stored.confirmation, &devices)
}

/// What a confirmed operation gives to its client; none for a login, or one that is not confirmed. `devices`: its user's.
pub fn confirmed(
    work: &mut Work<'_>,
    confirmation: &Confirmation,
    devices: &[Device],
) -> Result<Option<Confirmed>, Error> {
    let user = confirmation.user;
    let (Some(details), Some(Outcome::Confirmed { device, method, at })) =
        (given_back(&confirmation.operation.what), confirmation.outcome())
    else {
        return Ok(None);
    };
    let class =
        |device| devices.iter().find(|used| used.id == device).map(|used| used.class.clone()).unwrap_or_default();
    let first = confirmation.first.map(|first| First {
        device_class: class(first.device),
        method: first.method.name().to_owned(),
        link: link(first.method),
    });
    let statement_sha256 = signed(work, confirmation)?;
    let receipt = Receipt {
        iss: work.app.settings.issuer.clone(),
        aud: confirmation.operation.client.clone(),
        sub: user.to_string(),
        iat: at.unix_seconds(),
        jti: confirmation.id.to_string(),
        authorization_details: details.clone(),
        device_class: class(device),
        method: method.name().to_owned(),
        link: link(method),
        first,
        counted: counted(work, confirmation)?,
        statement_sha256,
    };
    Ok(Some(Confirmed { details, receipt }))
}

/// The digest of the statement that a phone signed, or else a passkey.
fn signed(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<Option<String>, Error> {
    let phone = |method| method == Method::Seamless;
    let by_phone = confirmation.method().is_some_and(phone) || confirmation.first.is_some_and(|it| phone(it.method));
    let (user, id) = (confirmation.user, confirmation.id);
    let statement = match statement::signer(confirmation) {
        _ if by_phone => store::evidence::one(work.sql, user, id)?.map(|evidence| evidence.statement),
        Some(passkey) => store::passkey_evidence::one(work.sql, user, id, passkey)?.map(|evidence| evidence.statement),
        None => None,
    };
    Ok(statement.map(|statement| hex(&Sha256::digest(statement))))
}

/// What a withdrawal takes up, as it was counted when it was asked for.
fn counted(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<Option<Counted>, Error> {
    if confirmation.operation.what.withdrawals().is_empty() {
        return Ok(None);
    }
    // One that was asked for before withdrawals were kept has none.
    let Some(one) = store::withdrawal::one(work.sql, confirmation.user, confirmation.id)? else { return Ok(None) };
    let day = one.counted.business_day;
    let from = work.app.settings.calendar.window_start(day).unwrap_or(day);
    Ok(Some(Counted {
        usd: Amount::from(Money::from_minor(one.counted.minor, COUNTED_IN)).digits().to_owned(),
        business_day: day.to_string(),
        five_days_from: from.to_string(),
    }))
}

fn link(method: Method) -> Link {
    match method {
        // Of the phone the statement was its own; of a passkey, what our page showed: no other page could have asked it.
        Method::Seamless | Method::Webauthn => Link::SeenAndSigned,
        Method::ChallengeResponse => Link::ServerBound,
        Method::TimeCode | Method::CodeCard | Method::SentCode | Method::StaticCode => Link::PresenceOnly,
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
