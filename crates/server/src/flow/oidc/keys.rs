//! Signing keys: made, replaced with an overlap, taken out of use.

use crate::{
    app::{App, random},
    flow::{
        confirm::effects::{Scene, audit},
        oidc::cache,
    },
    signing::{self, OVERLAP, SigningError, State},
};
use domain::{Timestamp, audit::Kind as Audit, lockout::Budget};
use oidc::client::SigningAlg;
use serde_json::json;
use std::sync::Arc;
use store::{
    Error, Sql, Store,
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
    #[error("no other {0} key could sign: rotate first")]
    OnlyKey(&'static str),
    /// A key could not be made.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
}

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
    let unit_app = Arc::clone(app);
    app.store.write_blocking(move |sql| {
        let now = unit_app.now();
        let kept = used(sql, &unit_app.sealer, alg)?;
        let waiting = kept.iter().find(|key| key.signs_at > now);
        let key = match (waiting, at_once) {
            (Some(waiting), false) => return Err(KeyError::Waiting(moment(waiting.signs_at))),
            (Some(waiting), true) => {
                secret::sign_from(sql, &waiting.kid, now)?;
                SigningKey { signs_at: now, ..waiting.clone() }
            }
            (None, _) => {
                // The first of its kind takes nothing over, and nobody has kept a set without it.
                let signs_at = if at_once || kept.is_empty() { now } else { now.plus(OVERLAP) };
                let key = SigningKey { created_at: now, signs_at, ..fresh.clone() };
                secret::insert_signing_key(sql, &unit_app.sealer, &key, random())?;
                key
            }
        };
        added(sql, &key, now)?;
        Ok(key)
    })
}

/// Takes a key out of use at once: nothing it signed is believed any more. Blocks.
pub fn retire(app: &Arc<App>, kid: &str) -> Result<(), KeyError> {
    let (unit_app, kid) = (Arc::clone(app), kid.to_owned());
    app.store.write_blocking(move |sql| {
        let now = unit_app.now();
        let keys = secret::signing_keys(sql, &unit_app.sealer)?;
        let key = keys.iter().find(|key| key.kid == kid && key.retired_at.is_none()).ok_or(KeyError::NoSuchKey)?;
        let alg = SigningAlg::parse(&key.algorithm).ok_or(SigningError)?;
        let others: Vec<_> = used(sql, &unit_app.sealer, alg)?.into_iter().filter(|other| other.kid != kid).collect();
        let later = others.iter().filter(|other| other.signs_at > key.signs_at).min_by_key(|other| other.signs_at);
        match later {
            Some(next) if next.signs_at > now => {
                secret::sign_from(sql, &next.kid, now)?;
                added(sql, &SigningKey { signs_at: now, ..next.clone() }, now)?;
            }
            Some(_) => {}
            // One that waits may go: what signs now goes on.
            None if key.signs_at > now && !others.is_empty() => {}
            None => return Err(KeyError::OnlyKey(alg.name())),
        }
        secret::retire(sql, &kid, now)?;
        audit(sql, &scene(&kid, now), Audit::SigningKeyRetired, &json!({}))?;
        sql.wake(cache::TOPIC);
        Ok(())
    })
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
            added(sql, &fresh, now)?;
        }
        Ok(())
    })
}

/// The keys of a kind that were not taken out of use.
fn used(sql: &mut dyn Sql, sealer: &Sealer, alg: SigningAlg) -> Result<Vec<SigningKey>, Error> {
    let keys = secret::signing_keys(sql, sealer)?;
    Ok(keys.into_iter().filter(|key| key.algorithm == alg.name() && key.retired_at.is_none()).collect())
}

fn added(sql: &mut dyn Sql, key: &SigningKey, now: Timestamp) -> Result<(), Error> {
    let more = json!({ "algorithm": key.algorithm, "signs_at": key.signs_at.unix_seconds() });
    audit(sql, &scene(&key.kid, now), Audit::SigningKeyAdded, &more)?;
    sql.wake(cache::TOPIC);
    Ok(())
}

fn scene(kid: &str, now: Timestamp) -> Scene {
    Scene { user: None, budget: Budget::Strangers, now, detail: json!({ "kid": kid }) }
}

/// A moment in words.
pub fn moment(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
