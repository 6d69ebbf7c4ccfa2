//! What a confirmed login gives: a browser session or an authorization code, and a mark for the program.
//! In the unit of work that confirmed it, so that there is never one without the other.

use crate::{
    app::nonce,
    flow::{login::familiar, oidc::code},
    handle::Kind,
    work::Work,
};
use domain::{
    Timestamp,
    audit::{Detail, Kind as Audit},
    confirmation::{Channel, Confirmation, Operation, Redemption, Return},
    desk::temporary::{Life, Phase},
    device::{Method, Verification},
    id::{DeviceId, MarkId, SessionId},
    lockout::Budget,
    login::{ACR_TWO_FACTORS, amr, together},
};
use oidc::scope;
use store::Error;

/// What a confirmed login gives, once.
#[derive(Debug)]
pub struct Given {
    /// The way on.
    pub pass: Pass,
    /// A mark for a program that had none.
    pub mark: Option<String>,
    /// The device that confirmed it.
    pub device: Option<DeviceId>,
}

/// The way on.
#[derive(Debug)]
pub enum Pass {
    /// A session's handle, for a cookie.
    Session(String),
    /// A session's handle, and the handle of the authorization request that waits for it.
    Onward(String, String),
    /// An authorization code.
    Code(String),
    /// An authorization code for confirmed details, and its way back.
    Back(String, Box<Return>),
    /// Nothing here: who asked was told.
    Told,
}

/// How a login was confirmed.
pub struct Proof {
    /// The method.
    pub method: Method,
    /// What the device proved beside that its user holds it.
    pub verification: Verification,
    /// When.
    pub at: Timestamp,
}

impl Proof {
    /// What was used for an operation (RFC 8176): the password too, unless a passkey came alone.
    fn amr(&self, operation: &Operation) -> Vec<&'static str> {
        amr(!operation.passkey_alone, self.method, self.verification)
    }
}

/// Gives what the login's channel says.
pub fn give(work: &mut Work<'_>, confirmation: &Confirmation, proof: &Proof) -> Result<Given, Error> {
    let login = &confirmation.operation;
    match &login.channel {
        Channel::Details(back) => {
            let code = details_code(work, confirmation, back, proof)?;
            return Ok(Given { pass: Pass::Back(code, back.clone()), mark: None, device: confirmation.device() });
        }
        Channel::Backchannel
        | Channel::Phone
        | Channel::Activation
        | Channel::Settings { .. }
        | Channel::Call { .. }
        | Channel::Recovery { .. } => {
            return Ok(Given { pass: Pass::Told, mark: None, device: confirmation.device() });
        }
        Channel::Hosted | Channel::FirstParty(_) | Channel::Authorization { .. } => {}
    }
    let mark = mark(work, confirmation)?;
    familiar::seen(work, confirmation.user, confirmation)?;
    let pass = match &login.channel {
        Channel::FirstParty(redemption) => Pass::Code(login_code(work, confirmation, redemption, proof)?),
        Channel::Authorization { request, .. } => {
            let request = work.app.handles.reveal(request).unwrap_or_default();
            Pass::Onward(session(work, confirmation, proof)?, request)
        }
        _ => Pass::Session(session(work, confirmation, proof)?),
    };
    Ok(Given { pass, mark, device: confirmation.device() })
}

/// What a program's login gave, told again while its code was not redeemed: an answer that was lost on the way is not a
/// login that was lost. None of any other confirmation.
pub fn again(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<Option<Given>, Error> {
    let (user, client) = (confirmation.user, &confirmation.operation.client);
    if !matches!(confirmation.operation.channel, Channel::FirstParty(_)) {
        return Ok(None);
    }
    let Some(code) = code::again(work, user, confirmation.id)? else { return Ok(None) };
    let (handle, digest) = work.app.handles.derive(Kind::Mark, user, confirmation.id);
    let mark = store::mark::valid(work.sql, user, digest, client)?.map(|_| handle);
    Ok(Some(Given { pass: Pass::Code(code), mark, device: confirmation.device() }))
}

/// A known program is seen again; an unknown one becomes known.
fn mark(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<Option<String>, Error> {
    if let Budget::Known(mark) = confirmation.budget {
        store::mark::seen(work.sql, confirmation.user, mark, work.now)?;
        return Ok(None);
    }
    let (handle, digest) = work.app.handles.derive(Kind::Mark, confirmation.user, confirmation.id);
    let mark = store::mark::Mark {
        user: confirmation.user,
        id: MarkId::new(work.now, &nonce()),
        client: confirmation.operation.client.clone(),
        agent: confirmation.operation.agent.clone(),
        address: Some(confirmation.operation.address.clone()).filter(|address| !address.is_empty()),
        created_at: work.now,
        last_seen_at: work.now,
    };
    store::mark::insert(work.sql, &mark, digest)?;
    work.record(Audit::MarkSet, Detail::none().mark(mark.id))?;
    Ok(Some(handle))
}

fn session(work: &mut Work<'_>, confirmation: &Confirmation, proof: &Proof) -> Result<String, Error> {
    begun(work, confirmation, proof).map(|(handle, _)| handle)
}

/// A new session: its handle, and its id.
fn begun(work: &mut Work<'_>, confirmation: &Confirmation, proof: &Proof) -> Result<(String, SessionId), Error> {
    let (handle, digest) = work.app.handles.mint(Kind::Session, confirmation.user);
    let lent = lent(work, confirmation, proof)?;
    let overall = work.now.plus(work.app.settings.session_overall);
    let session = store::session::Session {
        user: confirmation.user,
        id: SessionId::new(work.now, &nonce()),
        confirmation: confirmation.id,
        agent: confirmation.operation.agent.clone(),
        address: confirmation.operation.address.clone(),
        acr: ACR_TWO_FACTORS.to_owned(),
        amr: proof.amr(&confirmation.operation).join(" "),
        created_at: work.now,
        last_seen_at: work.now,
        // What was opened by something lent is over with it.
        expires_at: lent
            .map_or(overall, |life| life.full_until.filter(|full| *full > work.now).unwrap_or(life.until).min(overall)),
        stays: false,
        card_only: lent.is_some_and(|life| life.phase(work.now) == Phase::CardOnly),
    };
    store::session::insert(work.sql, &session, digest)?;
    work.record(Audit::SessionStarted, Detail::none().session(session.id))?;
    Ok((handle, session.id))
}

/// For how long the device serves that confirmed it, where that is something lent. Nothing is read where it cannot be.
fn lent(work: &mut Work<'_>, confirmation: &Confirmation, proof: &Proof) -> Result<Option<Life>, Error> {
    if !matches!(proof.method, Method::StaticCode | Method::CodeCard) {
        return Ok(None);
    }
    let Some(device) = confirmation.device() else { return Ok(None) };
    Ok(store::device::one(work.sql, confirmation.user, device)?.and_then(|device| device.life))
}

/// A code for the login itself.
fn login_code(
    work: &mut Work<'_>,
    confirmation: &Confirmation,
    redemption: &Redemption,
    proof: &Proof,
) -> Result<String, Error> {
    // An agent works in a session whatever the program: it idles, is listed, and ends with its device. Nobody holds its handle.
    let of_desk = scope::has(&redemption.scope, scope::DESK);
    let session = if of_desk { Some(begun(work, confirmation, proof)?.1) } else { None };
    let new = code::New {
        user: confirmation.user,
        client: confirmation.operation.client.clone(),
        confirmation: confirmation.id,
        redemption: redemption.clone(),
        acr: ACR_TWO_FACTORS.to_owned(),
        amr: proof.amr(&confirmation.operation).join(" "),
        auth_at: proof.at,
        session,
        told_again: true,
    };
    code::issue(work, new)
}

/// A code for details that were just confirmed in a session.
fn details_code(
    work: &mut Work<'_>,
    confirmation: &Confirmation,
    back: &Return,
    proof: &Proof,
) -> Result<String, Error> {
    let new = code::New {
        user: confirmation.user,
        client: confirmation.operation.client.clone(),
        confirmation: confirmation.id,
        redemption: back.redemption.clone(),
        acr: back.proved.acr.clone(),
        amr: together(&back.proved.amr, &proof.amr(&confirmation.operation)),
        auth_at: back.proved.at,
        session: Some(back.session),
        told_again: false,
    };
    code::issue(work, new)
}
