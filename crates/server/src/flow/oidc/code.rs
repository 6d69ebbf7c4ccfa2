//! Authorization codes: minted in one place, whatever stands behind them.

use crate::{app::nonce, handle::Kind, work::Work};
use domain::{
    Timestamp,
    audit::{About, Detail, Kind as Audit},
    confirmation::Redemption,
    id::{ConfirmationId, GrantId, SessionId, UserId},
};
use store::Error;

/// What a code stands for.
#[derive(Debug, Clone)]
pub struct New {
    /// Whose login or confirmation it is.
    pub user: UserId,
    /// The client that may redeem it.
    pub client: String,
    /// The confirmation behind it.
    pub confirmation: ConfirmationId,
    /// What it is bound to.
    pub redemption: Redemption,
    /// How strong the login was.
    pub acr: String,
    /// What was used (RFC 8176), separated by spaces.
    pub amr: String,
    /// When the user proved it.
    pub auth_at: Timestamp,
    /// The browser session, where there is one.
    pub session: Option<SessionId>,
    /// Whether it may be told again to whoever lost the answer: its confirmation gives no other.
    pub told_again: bool,
}

/// Issues a code; it is written in the caller's unit of work.
pub fn issue(work: &mut Work<'_>, new: New) -> Result<String, Error> {
    let (handle, digest) = if new.told_again {
        work.app.handles.derive(Kind::Code, new.user, new.confirmation)
    } else {
        work.app.handles.mint(Kind::Code, new.user)
    };
    let life = work.app.clients.code_life(&new.client, work.app.settings.code_life);
    let code = store::code::Code {
        user: new.user,
        digest,
        confirmation: new.confirmation,
        client: new.client,
        redemption: new.redemption,
        acr: new.acr,
        amr: new.amr,
        auth_at: new.auth_at,
        expires_at: work.now.plus(life),
        redeemed_at: None,
        grant: GrantId::new(work.now, &nonce()),
        session: new.session,
    };
    store::code::insert(work.sql, &code)?;
    let about = About { user: Some(code.user), client: Some(code.client.clone()), ..work.about.clone() };
    work.beside(about, |work| work.record(Audit::CodeIssued, Detail::none().grant(code.grant)))?;
    Ok(handle)
}

/// The code that a confirmation gave and that was not redeemed yet: the same one, for whoever lost the answer.
pub fn again(work: &mut Work<'_>, user: UserId, confirmation: ConfirmationId) -> Result<Option<String>, Error> {
    let (handle, digest) = work.app.handles.derive(Kind::Code, user, confirmation);
    let code = store::code::one(work.sql, user, digest)?;
    let lives = |code: &store::code::Code| code.redeemed_at.is_none() && work.now < code.expires_at;
    Ok(code.filter(lives).map(|_| handle))
}
