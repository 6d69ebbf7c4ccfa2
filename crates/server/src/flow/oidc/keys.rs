//! Signing keys: made, replaced with an overlap, taken out of use.

use super::topic::TOPIC;
use crate::{
    app::{App, nonce, random},
    signing::{self, OVERLAP, SigningError, State},
    work::{Work, stops},
};
use domain::{
    Timestamp,
    audit::{About, Actor, Detail, Kind as Audit, Record},
    id::AuditId,
};
use oidc::client::SigningAlg;
use std::sync::Arc;
use store::{
    Error, Sql, Store,
    audit::Noted,
    seal::Sealer,
    secret::{self, SigningKey},
};

/// Why a key was not changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No key in use has this id.
    #[error("no signing key in use has this id")]
    NoSuchKey,
    /// A key waits already.
    #[error("a key is waiting already and signs from {0} on; --at-once lets it sign now")]
    Waiting(String),
    /// Nothing could sign without it.
    #[error("no other {0} key could sign, and tokens are signed so: rotate first")]
    OnlyKey(&'static str),
    /// A key could not be made.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
}

stops!(KeyError);
stops!(KeyError: SigningError);

/// A key and what it does.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The key.
    pub key: SigningKey,
    /// What it does.
    pub state: State,
    /// Until when one that retires is published.
    pub published_until: Option<Timestamp>,
}

/// Every key, the latest to sign first. Blocks.
pub fn list(app: &Arc<App>) -> Result<Vec<Listed>, KeyError> {
    let reader = Arc::clone(app);
    let stored = app.store.read_blocking(move |sql| secret::signing_keys(sql, &reader.sealer))?;
    app.signer.replace(&stored)?;
    let states = app.signer.states(app.now()).into_iter();
    let listed = states.filter_map(|(kid, state, published_until)| {
        let key = stored.iter().find(|key| key.kid == kid)?.clone();
        Some(Listed { key, state, published_until })
    });
    Ok(listed.collect())
}

/// Makes a key that takes over: after the overlap, or at once. One that waits already is not overtaken by another: at
/// once means that it signs now. Blocks.
pub fn rotate(app: &Arc<App>, alg: SigningAlg, at_once: bool) -> Result<SigningKey, KeyError> {
    let fresh = signing::new_key(alg, app.now())?;
    app.work_blocking(app.operator(), move |work| {
        let kept = used(work.sql, &work.app.sealer, alg)?;
        let waiting = kept.iter().find(|key| key.signs_at > work.now);
        let key = match (waiting, at_once) {
            (Some(waiting), false) => return Err(KeyError::Waiting(moment(waiting.signs_at)).into()),
            (Some(waiting), true) => {
                secret::sign_from(work.sql, &waiting.kid, work.now)?;
                SigningKey { signs_at: work.now, ..waiting.clone() }
            }
            (None, _) => {
                // The first of its kind takes nothing over, and nobody has kept a set without it.
                let signs_at = if at_once || kept.is_empty() { work.now } else { work.now.plus(OVERLAP) };
                let key = SigningKey { created_at: work.now, signs_at, ..fresh.clone() };
                secret::insert_signing_key(work.sql, &work.app.sealer, &key, random())?;
                key
            }
        };
        added(work.sql, &work.actor, &key, work.now)?;
        Ok(key)
    })
}

/// Takes a key out of use at once: nothing it signed is believed any more. Blocks.
pub fn retire(app: &Arc<App>, kid: &str) -> Result<(), KeyError> {
    let kid = kid.to_owned();
    app.work_blocking(app.operator(), move |work| {
        let keys = secret::signing_keys(work.sql, &work.app.sealer)?;
        let key = keys.iter().find(|key| key.kid == kid && key.retired_at.is_none()).ok_or(KeyError::NoSuchKey)?;
        let alg = SigningAlg::parse(&key.algorithm).ok_or(SigningError)?;
        let others = used(work.sql, &work.app.sealer, alg)?;
        let others: Vec<_> = others.into_iter().filter(|other| other.kid != kid).collect();
        let later = others.iter().filter(|other| other.signs_at > key.signs_at).min_by_key(|other| other.signs_at);
        match later {
            Some(next) if next.signs_at > work.now => signs_now(work, next)?,
            Some(_) => {}
            // One that waits may go: what signs now goes on.
            None if key.signs_at > work.now && !others.is_empty() => {}
            // Nobody wants this algorithm: a key that was made by mistake may go.
            None if alg != SigningAlg::default() && !work.app.clients.want(alg) => {}
            None => return Err(KeyError::OnlyKey(alg.name()).into()),
        }
        secret::retire(work.sql, &kid, work.now)?;
        work.record(Audit::SigningKeyRetired, Detail::none().kid(kid.as_str()))?;
        work.sql.wake(TOPIC);
        Ok(())
    })
}

/// A key that waited signs from now on.
fn signs_now(work: &mut Work<'_>, key: &SigningKey) -> Result<(), Error> {
    secret::sign_from(work.sql, &key.kid, work.now)?;
    added(work.sql, &work.actor, &SigningKey { signs_at: work.now, ..key.clone() }, work.now)
}

/// Makes the first key of a kind, where there is none. Blocks.
pub fn ensure(store: &Store, sealer: &Sealer, alg: SigningAlg, now: Timestamp) -> Result<(), KeyError> {
    let reader = sealer.clone();
    if !store.read_blocking(move |sql| used(sql, &reader, alg))?.is_empty() {
        return Ok(());
    }
    let (fresh, sealer) = (signing::new_key(alg, now)?, sealer.clone());
    store.write_blocking(move |sql| {
        if used(sql, &sealer, alg)?.is_empty() {
            secret::insert_signing_key(sql, &sealer, &fresh, random())?;
            added(sql, &Actor::Server, &fresh, now)?;
        }
        Ok(())
    })
}

/// The keys of a kind that were not taken out of use.
fn used(sql: &mut dyn Sql, sealer: &Sealer, alg: SigningAlg) -> Result<Vec<SigningKey>, Error> {
    let keys = secret::signing_keys(sql, sealer)?;
    Ok(keys.into_iter().filter(|key| key.algorithm == alg.name() && key.retired_at.is_none()).collect())
}

/// The record of a key that signs; also before there is an [`App`].
fn added(sql: &mut dyn Sql, actor: &Actor, key: &SigningKey, now: Timestamp) -> Result<(), Error> {
    let detail =
        Detail::none().kid(key.kid.as_str()).algorithm(key.algorithm.as_str()).signs_at(key.signs_at.unix_seconds());
    let record = Record { kind: Audit::SigningKeyAdded, actor: Some(actor.clone()), about: About::default(), detail };
    store::audit::append(sql, now, &[Noted { id: AuditId::new(now, &nonce()), record }])?;
    sql.wake(TOPIC);
    Ok(())
}

/// A moment in words.
pub fn moment(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
