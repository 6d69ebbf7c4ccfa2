//! The transfer lock: closed at once by any device or session, opened by the strongest device and after a wait.

use super::{
    loosening::{Asking, NotChanged, confirmed},
    permit::holdings,
    withdrawal,
};
use crate::{
    app::App,
    flow::messages::notice::tell,
    handle::Kind,
    work::{After, Stop, Work},
};
use domain::{
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Confirmation, What},
    effect::Notice,
    id::UserId,
    money::{
        lock::{Lock, LockRefusal, TransferLock},
        withdrawal::WithdrawalEvent,
    },
};
use operation::TransferLockOpen;
use std::{sync::Arc, time::Duration};
use store::{Error, transfer_rule::TransferRule};

/// How the lock closes where nothing else was ever wished.
pub const USUAL: Lock = Lock { wait: Duration::from_secs(86_400), cards: false };

/// Closes the lock, or keeps it closed, in the unit of whoever asks: as wished, else as it was closed last. What waits for
/// an answer, and what is confirmed and not settled, is stopped.
///
/// # Errors
/// Where the wait is none; and those of the store.
pub fn close(work: &mut Work<'_>, user: UserId, wish: Option<Lock>) -> Result<TransferLock, Stop<NotChanged>> {
    let rule = store::transfer_rule::of_user(work.sql, user)?;
    let before = rule.lock.at(work.now);
    let wish = wish.or(rule.usual).unwrap_or(USUAL);
    let lock = before.close(wish, work.now)?;
    if lock == before {
        return Ok(lock);
    }
    let TransferLock::Closed(held) = lock else { return Ok(lock) };
    store::transfer_rule::put(work.sql, user, TransferRule { lock, usual: Some(held), ..rule })?;
    let (audit, notice) = match before {
        TransferLock::Opening { .. } => (Audit::TransferLockKept, Notice::TransferLockKept),
        TransferLock::Open | TransferLock::Closed(_) => (Audit::TransferLockClosed, Notice::TransferLockClosed),
    };
    work.record(audit, Detail::none().to(words(lock)))?;
    tell(work, user, notice)?;
    work.after(After::TransfersStopped { cards: held.cards });
    Ok(lock)
}

/// The same by whoever is signed in.
pub async fn close_here(app: &Arc<App>, asking: &Asking, wish: Option<Lock>) -> Result<TransferLock, NotChanged> {
    let asking = asking.clone();
    app.work(Actor::User, move |work| {
        // To stop a thief is never held back.
        asking.is_about(work);
        close(work, asking.signed_in.user.id, wish)
    })
    .await
}

/// Asks the strongest device whether the lock shall open; the handle of the attempt.
pub async fn ask_to_open(app: &Arc<App>, asking: &Asking) -> Result<String, NotChanged> {
    let (handle, digest) = app.handles.mint(Kind::Attempt, asking.signed_in.user.id);
    let asking = asking.clone();
    let asked = app.work::<_, NotChanged, _>(Actor::User, move |work| {
        asking.paced(work)?;
        let rule = store::transfer_rule::of_user(work.sql, asking.signed_in.user.id)?;
        let TransferLock::Closed(lock) = rule.lock.at(work.now) else { return Err(LockRefusal::NotClosed.into()) };
        let hours = u32::try_from(lock.wait.as_secs() / 3600).unwrap_or(u32::MAX);
        asking.offer(work, What::TransferLockOpen(TransferLockOpen { hours }), digest)?;
        Ok(())
    });
    asked.await?;
    Ok(handle)
}

/// What a confirmed opening gives: the lock is open once its wait is over.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    if !matches!(confirmation.operation.what, What::TransferLockOpen(_)) {
        return Ok(());
    }
    let Some((by, devices)) = confirmed(work, confirmation)? else { return Ok(()) };
    let user = confirmation.user;
    let holdings = holdings(work.app, &[], &devices);
    let strongest = holdings.iter().find(|one| one.id == by).is_some_and(|one| one.is_strongest(&holdings, work.now));
    let rule = store::transfer_rule::of_user(work.sql, user)?;
    // What was opened or closed anew meanwhile stays as it is.
    let Ok(lock) = rule.lock.open(strongest, work.now) else { return Ok(()) };
    store::transfer_rule::put(work.sql, user, TransferRule { lock, ..rule })?;
    work.record_of(by, Audit::TransferLockOpens, Detail::none().to(words(lock)))?;
    match lock {
        TransferLock::Opening { until, .. } => tell(work, user, Notice::TransferLockOpens(until)),
        TransferLock::Open | TransferLock::Closed(_) => Ok(()),
    }
}

/// Gives up what is confirmed and not settled, in the unit that closed the lock.
pub fn stop_confirmed(work: &mut Work<'_>, user: UserId) -> Result<(), Error> {
    for one in store::withdrawal::confirmed(work.sql, user)? {
        let Ok(state) = one.state.after(WithdrawalEvent::Cancel) else { continue };
        if !store::withdrawal::pass(work.sql, &one, state, work.now)? {
            return Err(Error::Retry);
        }
        withdrawal::told(work, &one, state)?;
        work.about.attempt = Some(one.id);
        work.record(Audit::WithdrawalStopped, Detail::none())?;
    }
    Ok(())
}

/// How it stands, for the log.
fn words(lock: TransferLock) -> String {
    let hours = |lock: Lock| lock.wait.as_secs() / 3600;
    match lock {
        TransferLock::Open => "open".to_owned(),
        TransferLock::Closed(lock) => format!("closed {} h{}", hours(lock), if lock.cards { " cards" } else { "" }),
        TransferLock::Opening { until, .. } => format!("opening {}", until.unix_seconds()),
    }
}
