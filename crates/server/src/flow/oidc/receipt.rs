//! The signed proof of a confirmed operation, and what the tokens repeat of it.

use super::details::detail;
use crate::work::Work;
use domain::{
    confirmation::Outcome,
    device::Method,
    id::{ConfirmationId, UserId},
};
use operation::What;
use sha2::{Digest as _, Sha256};
use store::Error;
use wire::receipt::{Link, Receipt};

/// What a user confirmed, as the tokens repeat it.
#[derive(Debug, Clone)]
pub struct Confirmed {
    /// The operation.
    pub detail: What,
    /// What the receipt says.
    pub receipt: Receipt,
}

/// What a confirmed operation gives to its client; none for a login, or one that is not confirmed.
pub fn confirmed(work: &mut Work<'_>, user: UserId, confirmation: ConfirmationId) -> Result<Option<Confirmed>, Error> {
    let Some(stored) = store::confirmation::by_id(work.sql, user, confirmation)? else { return Ok(None) };
    let confirmation = stored.confirmation;
    let (Some(detail), Some(Outcome::Confirmed { device, method, at })) =
        (detail(&confirmation.operation.what), confirmation.outcome())
    else {
        return Ok(None);
    };
    let device = store::device::one(work.sql, user, device)?;
    let evidence = match method {
        Method::Seamless => store::evidence::one(work.sql, user, confirmation.id)?,
        _ => None,
    };
    let receipt = Receipt {
        iss: work.app.settings.issuer.clone(),
        aud: confirmation.operation.client.clone(),
        sub: user.to_string(),
        iat: at.unix_seconds(),
        jti: confirmation.id.to_string(),
        authorization_details: vec![detail.clone()],
        device_class: device.map(|device| device.class).unwrap_or_default(),
        method: method.name().to_owned(),
        link: link(method),
        statement_sha256: evidence.map(|evidence| hex(&Sha256::digest(evidence.statement.as_bytes()))),
    };
    Ok(Some(Confirmed { detail, receipt }))
}

fn link(method: Method) -> Link {
    match method {
        Method::Seamless => Link::SeenAndSigned,
        Method::ChallengeResponse => Link::ServerBound,
        Method::TimeCode | Method::CodeCard | Method::SentCode | Method::StaticCode | Method::Webauthn => {
            Link::PresenceOnly
        }
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
