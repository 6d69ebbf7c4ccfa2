//! Password hashing: Argon2id, a bounded number at once, a bounded number waiting.
//!
//! An unknown user's password is compared with a decoy of the same cost, so that the time does not tell.

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version, password_hash::phc::PasswordHash,
};
use domain::Secret;
use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};
use tokio::sync::Semaphore;

/// What hashing may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// KiB of one hash.
    pub memory_kib: u32,
    /// Iterations.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
}

/// Why there is no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Too many are waiting; the caller is told to try again.
    #[error("too many logins at once")]
    Busy,
    /// A parameter or a stored hash makes no sense, or a thread was lost.
    #[error("the password could not be hashed")]
    Failed,
}

/// The comparison of a typed password.
#[derive(Debug)]
pub struct Verdict {
    /// Whether it was right.
    pub right: bool,
    /// A new hash to store, when the password was right and the stored hash is cheaper than today's cost.
    pub rehash: Option<String>,
}

/// Hashes passwords.
pub struct Passwords {
    cost: Cost,
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
    decoy: String,
    computed: AtomicU64,
}

impl Passwords {
    /// With a cost, `concurrent` hashes at once and `most_waiting` more that wait. Computes the decoy.
    pub fn new(cost: Cost, concurrent: usize, most_waiting: usize) -> Result<Self, HashError> {
        Ok(Self {
            cost,
            places: Arc::new(Semaphore::new(concurrent.max(1))),
            waiting: AtomicUsize::new(0),
            most_waiting,
            decoy: hash(cost, &crate::app::random::<16>())?,
            computed: AtomicU64::new(0),
        })
    }

    /// Hashes a new password; for the command line, which has no crowd to bound.
    pub fn hash(&self, password: &Secret<String>) -> Result<String, HashError> {
        hash(self.cost, password.expose().as_bytes())
    }

    /// Compares a password with a stored hash, or with the decoy. Exactly one hash is computed, and a second
    /// only when a right password is stored at another cost.
    pub async fn verify(&self, stored: Option<&str>, password: Secret<String>) -> Result<Verdict, HashError> {
        let waiting = Waiting::enter(&self.waiting, self.most_waiting)?;
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| HashError::Failed)?;
        drop(waiting);
        self.computed.fetch_add(1, Ordering::Relaxed);
        let (known, stored, cost) = (stored.is_some(), stored.unwrap_or(&self.decoy).to_owned(), self.cost);
        tokio::task::spawn_blocking(move || {
            let _place = place;
            let right = compare(&stored, password.expose().as_bytes())? && known;
            let rehash =
                (right && !costs(&stored, cost)).then(|| hash(cost, password.expose().as_bytes())).transpose()?;
            Ok(Verdict { right, rehash })
        })
        .await
        .map_err(|_| HashError::Failed)?
    }

    /// How many comparisons were made: tests use it to show that refusals do the same work.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }
}

/// One who waits for a place.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn enter(count: &'a AtomicUsize, most: usize) -> Result<Self, HashError> {
        let entered = count.fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| (n < most).then_some(n + 1));
        entered.map(|_| Self(count)).map_err(|_| HashError::Busy)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn argon(cost: Cost) -> Result<Argon2<'static>, HashError> {
    let params =
        Params::new(cost.memory_kib, cost.iterations, cost.parallelism, None).map_err(|_| HashError::Failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(cost: Cost, password: &[u8]) -> Result<String, HashError> {
    let salt: [u8; 16] = crate::app::random();
    let hashed = argon(cost)?.hash_password_with_salt(password, &salt).map_err(|_| HashError::Failed)?;
    Ok(hashed.to_string())
}

fn compare(stored: &str, password: &[u8]) -> Result<bool, HashError> {
    let parsed = PasswordHash::new(stored).map_err(|_| HashError::Failed)?;
    // The parameters come from the stored string, not from this instance.
    match Argon2::default().verify_password(password, &parsed) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(_) => Err(HashError::Failed),
    }
}

fn costs(stored: &str, cost: Cost) -> bool {
    let Ok(parsed) = PasswordHash::new(stored) else { return false };
    let Ok(params) = Params::try_from(&parsed) else { return false };
    params.m_cost() >= cost.memory_kib && params.t_cost() >= cost.iterations && params.p_cost() >= cost.parallelism
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 64, iterations: 1, parallelism: 1 };

    fn password(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn right_wrong_and_unknown() {
        let passwords = Passwords::new(CHEAP, 2, 8).unwrap();
        let stored = passwords.hash(&password("correct horse")).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        let right = passwords.verify(Some(&stored), password("correct horse")).await.unwrap();
        assert!(right.right && right.rehash.is_none());
        assert!(!passwords.verify(Some(&stored), password("correct horsf")).await.unwrap().right);
        assert!(!passwords.verify(None, password("anything")).await.unwrap().right);
        assert_eq!(passwords.computed(), 3);
        assert_eq!(passwords.verify(Some("nonsense"), password("x")).await.err(), Some(HashError::Failed));
    }

    #[tokio::test]
    async fn a_raised_cost_hashes_again_at_the_next_login() {
        let stored = Passwords::new(CHEAP, 1, 1).unwrap().hash(&password("correct horse")).unwrap();
        let dearer = Passwords::new(Cost { iterations: 2, ..CHEAP }, 1, 1).unwrap();
        assert!(dearer.verify(Some(&stored), password("wrong")).await.unwrap().rehash.is_none());
        let rehash = dearer.verify(Some(&stored), password("correct horse")).await.unwrap().rehash.unwrap();
        assert!(rehash.contains("t=2"));
    }

    /// Two passwords that differ only in their 64th character are two passwords.
    #[tokio::test]
    async fn the_whole_password_counts() {
        let passwords = Passwords::new(CHEAP, 1, 8).unwrap();
        let long = "é".repeat(63);
        let stored = passwords.hash(&password(&format!("{long}a"))).unwrap();
        assert!(!passwords.verify(Some(&stored), password(&format!("{long}b"))).await.unwrap().right);
        assert!(passwords.verify(Some(&stored), password(&format!("{long}a"))).await.unwrap().right);
    }

    #[tokio::test]
    async fn a_flood_is_told_to_try_again() {
        let passwords = Passwords::new(CHEAP, 1, 0).unwrap();
        assert_eq!(passwords.verify(None, password("x")).await.err(), Some(HashError::Busy));
        assert_eq!(passwords.computed(), 0);
    }

    /// The published strings of the Argon2 reference (vectors/argon2.json).
    #[test]
    fn published_strings_verify() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/argon2.json");
        let vectors: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut checked = 0;
        for vector in vectors["phc"].as_array().unwrap() {
            let (Some(text), Some(password)) = (vector["phc"].as_str(), vector["password"].as_str()) else { continue };
            assert_eq!(compare(text, password.as_bytes()), Ok(vector["valid"].as_bool().unwrap_or(true)), "{text}");
            checked += 1;
        }
        assert!(checked > 3, "{checked} strings checked");
    }
}
