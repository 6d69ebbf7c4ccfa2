//! Coming back by a code alone: whether a user may, and the switch by which they close this way.

use super::equity;
use crate::{
    app::App,
    flow::{
        Refused,
        messages::notice,
        money::{self, NotChanged},
    },
    handle::Kind,
    work::Work,
};
use domain::{
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Confirmation, What},
    device::recovery::{ByCode, Choice, CodeFacts, by_code},
    effect::Notice,
    id::UserId,
};
use std::sync::Arc;
use store::Error;

/// How it stands, for the settings page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeAlone {
    /// How a code alone may bring a phone.
    pub by_code: ByCode,
    /// Whether the user said so; else it is the institution's rule.
    pub chosen: bool,
}

/// How a code alone may bring a phone of the user's.
pub fn of_user(work: &mut Work<'_>, user: UserId) -> Result<CodeAlone, Error> {
    let catalogue = &work.app.settings.catalogue;
    let permanent = |class: &str| catalogue.class(class).is_some_and(|class| !class.interim);
    let devices = store::device::of_user(work.sql, user)?;
    let had_device = devices.iter().any(|device| device.activated_at.is_some() && permanent(&device.class));
    let choice = store::user::code_alone(work.sql, user)?;
    let never_from = work.app.settings.no_code_alone_from;
    let equity = if never_from.is_some() { equity::highest(work, user)? } else { None };
    let by_code = by_code(&CodeFacts { had_device, choice, equity, never_from });
    Ok(CodeAlone { by_code, chosen: choice.is_some() })
}

/// How it stands.
pub async fn look(app: &Arc<App>, user: UserId) -> Result<CodeAlone, Refused> {
    app.look(move |work| Ok(of_user(work, user)?)).await
}

/// Closes this way at once, of which the owner is told.
pub async fn close(app: &Arc<App>, asking: &money::Asking) -> Result<(), NotChanged> {
    let asking = asking.clone();
    app.work(Actor::User, move |work| {
        asking.paced(work)?;
        let user = asking.signed_in.user.id;
        if store::user::code_alone(work.sql, user)? == Some(Choice::Never) {
            return Ok(());
        }
        store::user::set_code_alone(work.sql, user, Choice::Never)?;
        // What was begun this way and is not finished ends with it.
        for digest in store::activation::awaiting_code(work.sql, user)? {
            store::activation::end(work.sql, user, digest, work.now)?;
        }
        work.record(Audit::CodeAloneClosed, Detail::none())?;
        Ok(notice::tell(work, user, Notice::CodeAloneClosed)?)
    })
    .await
}

/// Has the strongest device confirm that this way opens again: the handle of the attempt.
pub async fn ask_to_allow(app: &Arc<App>, asking: &money::Asking) -> Result<String, NotChanged> {
    let (handle, digest) = app.handles.mint(Kind::Attempt, asking.signed_in.user.id);
    let asking = asking.clone();
    app.work::<_, NotChanged, _>(Actor::User, move |work| {
        asking.paced(work)?;
        asking.offer(work, What::NumberRecovery, digest)?;
        Ok(())
    })
    .await?;
    Ok(handle)
}

/// What the confirmed wish gives.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    if confirmation.operation.what != What::NumberRecovery {
        return Ok(());
    }
    let Some((by, _)) = money::confirmed(work, confirmation)? else { return Ok(()) };
    store::user::set_code_alone(work.sql, confirmation.user, Choice::Allowed)?;
    work.record_of(by, Audit::CodeAloneAllowed, Detail::none())?;
    notice::tell(work, confirmation.user, Notice::CodeAloneAllowed)
}
