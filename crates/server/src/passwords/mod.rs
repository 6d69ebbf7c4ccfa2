//! Password hashing: Argon2id, a bounded number at once on threads of their own, a bounded number waiting.
//!
//! An unknown user's password costs as much as a wrong one, so that the time does not tell.

mod argon;
mod line;

pub use line::Caller;

use argon::Memory;
use domain::Secret;
use line::{Line, Ticket};
use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};
use tokio::sync::oneshot;

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
    hall: Arc<Hall>,
    computed: AtomicU64,
}

impl Passwords {
    /// With a cost, `concurrent` hashing places, each with a thread and memory of its own, and `room` for so many
    /// callers at once, those with a place included.
    pub fn new(cost: Cost, concurrent: usize, room: usize) -> Result<Self, HashError> {
        let places = concurrent.max(1);
        let hall = Hall { line: Mutex::new(Some(Line::new(places, room))), entered: Condvar::new() };
        // From here on a failure ends the threads that were started.
        let passwords = Self { hall: Arc::new(hall), computed: AtomicU64::new(0) };
        for _ in 0..places {
            let hall = Arc::clone(&passwords.hall);
            let thread = thread::Builder::new().name("password".to_owned());
            thread.spawn(move || hall.serve(cost)).map_err(|_| HashError::Failed)?;
        }
        Ok(passwords)
    }

    /// Hashes a new password, for an operator. Blocks.
    pub fn hash(&self, password: &Secret<String>) -> Result<String, HashError> {
        self.hash_for(Caller { address: IpAddr::V6(Ipv6Addr::LOCALHOST), known: true }, password)
    }

    /// The same for whoever chose it on a page, who waits in the line as for a login. Blocks.
    pub fn hash_for(&self, caller: Caller, password: &Secret<String>) -> Result<String, HashError> {
        let (answer, hashed) = mpsc::sync_channel(1);
        let _waiting = self.hall.enter(caller, Job::Hash { password: password.clone(), answer })?;
        hashed.recv().map_err(|_| HashError::Failed)?
    }

    /// Compares a password with a stored hash, or with nothing. Exactly one hash is computed, and a second only when a
    /// right password is stored at another cost. Who stops waiting gives up the turn.
    pub async fn verify(
        &self,
        caller: Caller,
        stored: Option<&str>,
        password: Secret<String>,
    ) -> Result<Verdict, HashError> {
        let (answer, verdict) = oneshot::channel();
        let job = Job::Compare { stored: stored.map(str::to_owned), password, answer };
        let _waiting = self.hall.enter(caller, job)?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        verdict.await.map_err(|_| HashError::Failed)?
    }

    /// How many comparisons were taken on: tests use it to show that refusals do the same work.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }
}

impl Drop for Passwords {
    fn drop(&mut self) {
        *self.hall.line() = None;
        self.hall.entered.notify_all();
    }
}

/// What is to be done in a hashing place, and who is told.
enum Job {
    Compare { stored: Option<String>, password: Secret<String>, answer: oneshot::Sender<Result<Verdict, HashError>> },
    Hash { password: Secret<String>, answer: mpsc::SyncSender<Result<String, HashError>> },
}

impl Job {
    /// Does it; the rest tells whoever waits. Who has gone away does not want it any more.
    fn done(self, memory: &mut Memory, cost: Cost) -> Box<dyn FnOnce()> {
        match self {
            Self::Compare { stored, password, answer } => {
                let verdict = verdict(memory, cost, stored.as_deref(), password.expose().as_bytes());
                Box::new(move || drop(answer.send(verdict)))
            }
            Self::Hash { password, answer } => {
                let hashed = memory.hash(cost, password.expose().as_bytes());
                Box::new(move || drop(answer.send(hashed)))
            }
        }
    }
}

fn verdict(memory: &mut Memory, cost: Cost, stored: Option<&str>, password: &[u8]) -> Result<Verdict, HashError> {
    let Some(stored) = stored else {
        memory.compare_with_nothing(cost, password)?;
        return Ok(Verdict { right: false, rehash: None });
    };
    let right = memory.compare(stored, password)?;
    let rehash = (right && !argon::costs(stored, cost)).then(|| memory.hash(cost, password)).transpose()?;
    Ok(Verdict { right, rehash })
}

/// Where callers wait and the hashing threads take them from; without a line it is closed.
struct Hall {
    line: Mutex<Option<Line<Job>>>,
    entered: Condvar,
}

impl Hall {
    fn line(&self) -> MutexGuard<'_, Option<Line<Job>>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, caller: Caller, job: Job) -> Result<Waiting<'_>, HashError> {
        let ticket = self.line().as_mut().and_then(|line| line.enter(caller, job)).ok_or(HashError::Busy)?;
        self.entered.notify_one();
        Ok(Waiting { hall: self, ticket })
    }

    /// The work of one hashing place, until the hall is closed.
    fn serve(&self, cost: Cost) {
        let mut memory = Memory::default();
        while let Some((ticket, job)) = self.next(&mut memory) {
            let tell = job.done(&mut memory, cost);
            memory.shrink(cost);
            // The place is free before anybody hears, so that whoever asks next finds it so.
            if let Some(line) = self.line().as_mut() {
                line.done(ticket);
            }
            tell();
        }
    }

    /// The next in line. A place that has nothing to do wipes its memory, and does not keep the line waiting for that.
    fn next(&self, memory: &mut Memory) -> Option<(Ticket, Job)> {
        if let Some(next) = self.line().as_mut()?.next() {
            return Some(next);
        }
        memory.wipe();
        let mut line = self.line();
        loop {
            if let Some(next) = line.as_mut()?.next() {
                return Some(next);
            }
            line = self.entered.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// One who waits; dropped, one who has gone away.
struct Waiting<'a> {
    hall: &'a Hall,
    ticket: Ticket,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(line) = self.hall.line().as_mut() {
            line.leave(self.ticket);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;

    const CHEAP: Cost = Cost { memory_kib: 64, iterations: 1, parallelism: 1 };

    const CALLER: Caller =
        Caller { address: std::net::IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7)), known: false };

    fn password(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn right_wrong_and_unknown() {
        let passwords = Passwords::new(CHEAP, 2, 8).unwrap();
        let stored = passwords.hash(&password("correct horse")).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        let right = passwords.verify(CALLER, Some(&stored), password("correct horse")).await.unwrap();
        assert!(right.right && right.rehash.is_none());
        assert!(!passwords.verify(CALLER, Some(&stored), password("correct horsf")).await.unwrap().right);
        assert!(!passwords.verify(CALLER, None, password("anything")).await.unwrap().right);
        assert_eq!(passwords.computed(), 3);
        assert_eq!(passwords.verify(CALLER, Some("nonsense"), password("x")).await.err(), Some(HashError::Failed));
    }

    #[tokio::test]
    async fn a_raised_cost_hashes_again_at_the_next_login() {
        let stored = Passwords::new(CHEAP, 1, 1).unwrap().hash(&password("correct horse")).unwrap();
        let dearer = Passwords::new(Cost { iterations: 2, ..CHEAP }, 1, 1).unwrap();
        assert!(dearer.verify(CALLER, Some(&stored), password("wrong")).await.unwrap().rehash.is_none());
        let rehash = dearer.verify(CALLER, Some(&stored), password("correct horse")).await.unwrap().rehash.unwrap();
        assert!(rehash.contains("t=2"));
    }

    /// Two passwords that differ only in their 64th character are two passwords.
    #[tokio::test]
    async fn the_whole_password_counts() {
        let passwords = Passwords::new(CHEAP, 1, 8).unwrap();
        let long = "é".repeat(63);
        let stored = passwords.hash(&password(&format!("{long}a"))).unwrap();
        assert!(!passwords.verify(CALLER, Some(&stored), password(&format!("{long}b"))).await.unwrap().right);
        assert!(passwords.verify(CALLER, Some(&stored), password(&format!("{long}a"))).await.unwrap().right);
    }

    #[tokio::test]
    async fn a_flood_is_told_to_try_again() {
        let passwords = Passwords::new(CHEAP, 1, 0).unwrap();
        assert_eq!(passwords.verify(CALLER, None, password("x")).await.err(), Some(HashError::Busy));
        assert_eq!(passwords.computed(), 0);
    }

    /// A caller that hangs up while it waits is not computed for, and its room is free again.
    #[tokio::test]
    async fn who_stops_waiting_gives_up_the_turn() {
        let passwords = Passwords::new(CHEAP, 1, 64).unwrap();
        for _ in 0..200 {
            let asked = passwords.verify(CALLER, None, password("x"));
            let polled_once = tokio::select! { biased; verdict = asked => verdict.err(), () = ready(()) => None };
            assert_eq!(polled_once, None, "there is room");
        }
        assert!(!passwords.verify(CALLER, None, password("x")).await.unwrap().right);
    }
}
