//! DPoP proofs (RFC 9449), and other values that are good once: read in one way wherever they come, and noted only in a
//! unit of work that found something of worth beside them, so that a stranger's keys leave no row.

use crate::{app::App, work::Work};
use domain::Timestamp;
use oidc::{
    dpop::{self, DpopError, Expected},
    jwk::PublicKey,
};
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use store::{Error, Sql};

/// How far a proof's clock may be from ours.
const WINDOW: Duration = Duration::from_secs(60);
/// How long after its time a proof is remembered: while it would be taken for fresh, and by a node whose clock is as much
/// behind as a proof's may be.
const REMEMBERED: Duration = Duration::from_secs(120);

/// A proof that holds and was not noted yet.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The key that made it.
    pub key: PublicKey,
    /// The key's thumbprint (RFC 7638), as in `cnf.jkt`.
    pub jkt: String,
    once: Once,
}

impl Proof {
    /// Reads a proof for a call of ours: its method, its path, and the access token that was sent along.
    pub fn read(app: &App, text: &str, method: &str, path: &str, token: Option<&str>) -> Result<Self, DpopError> {
        let url = format!("{}{path}", app.settings.issuer);
        let now = app.now().unix_seconds();
        let expected = Expected { method, url: &url, now, window: WINDOW, access_token: token, nonce: None };
        let proof = dpop::verify(text, &expected)?;
        let until = Timestamp::from_unix_seconds(proof.iat).plus(REMEMBERED);
        let once = Once::of(&["dpop", &proof.jkt, &proof.jti], until);
        Ok(Self { key: proof.key, jkt: proof.jkt, once })
    }

    /// Notes it, in the unit of work that needs it. False when it was used before.
    pub fn note(&self, work: &mut Work<'_>) -> Result<bool, Error> {
        self.once.note(work.sql)
    }
}

/// A value that is good once, under its digest.
#[derive(Debug, Clone, Copy)]
pub struct Once {
    digest: [u8; 32],
    until: Timestamp,
}

impl Once {
    /// A value of these parts, to be remembered until then.
    pub fn of(parts: &[&str], until: Timestamp) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
        Self { digest: hash.finalize().into(), until }
    }

    /// Notes it. False when it was used before.
    pub fn note(&self, sql: &mut dyn Sql) -> Result<bool, Error> {
        store::replay::first_use(sql, self.digest, self.until)
    }
}
