//! Where a phone keeps its state: in a file that several processes may hold, or in memory for tests and load.

use super::PhoneError;
use crate::private_file::Locked;
use otp::{
    Code, Key,
    ocra::{Input, Suite},
};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use wire::phone_file::{FORMAT, PhoneFile};
use zeroize::Zeroizing;

/// The place of a phone's state.
#[derive(Debug, Clone)]
pub enum Shelf {
    /// A file.
    File(PathBuf),
    /// Memory, shared by clones.
    Memory(Arc<Mutex<PhoneFile>>),
}

impl Shelf {
    /// In memory.
    pub fn memory(state: PhoneFile) -> Self {
        Self::Memory(Arc::new(Mutex::new(state)))
    }

    /// Puts the state of a newly activated phone into a file that must not exist yet.
    ///
    /// # Errors
    /// [`PhoneError::Io`] when it cannot be written, or is there already.
    pub fn create(path: &Path, state: &PhoneFile) -> Result<Self, PhoneError> {
        let failed = |source| PhoneError::Io { path: path.to_owned(), source };
        let locked = Locked::acquire(path).map_err(failed)?;
        if locked.read().is_ok() {
            return Err(failed(std::io::Error::new(std::io::ErrorKind::AlreadyExists, "it is there already")));
        }
        let text = serde_json::to_vec_pretty(state).map(Zeroizing::new).map_err(|error| failed(error.into()))?;
        locked.replace(&text).map_err(failed)?;
        Ok(Self::File(path.to_owned()))
    }

    /// The state as it is.
    ///
    /// # Errors
    /// When the file cannot be read or is none of ours.
    pub fn read(&self) -> Result<PhoneFile, PhoneError> {
        match self {
            Self::Memory(state) => Ok(state.lock().unwrap_or_else(PoisonError::into_inner).clone()),
            Self::File(path) => {
                let text = std::fs::read(path).map(Zeroizing::new);
                parse(path, &text.map_err(|source| PhoneError::Io { path: path.clone(), source })?)
            }
        }
    }

    /// Changes the state, durably where it is a file, and gives what the change gave.
    ///
    /// # Errors
    /// The change's own, which leaves the state as it was; or the file's.
    pub fn change<T>(&self, change: impl FnOnce(&mut PhoneFile) -> Result<T, PhoneError>) -> Result<T, PhoneError> {
        match self {
            Self::Memory(state) => {
                let mut held = state.lock().unwrap_or_else(PoisonError::into_inner);
                let mut next = held.clone();
                let given = change(&mut next)?;
                *held = next;
                Ok(given)
            }
            Self::File(path) => {
                let failed = |source| PhoneError::Io { path: path.clone(), source };
                let locked = Locked::acquire(path).map_err(failed)?;
                let mut state = parse(path, &locked.read().map(Zeroizing::new).map_err(failed)?)?;
                let given = change(&mut state)?;
                let text =
                    serde_json::to_vec_pretty(&state).map(Zeroizing::new).map_err(|error| failed(error.into()))?;
                locked.replace(&text).map_err(failed)?;
                Ok(given)
            }
        }
    }
}

fn parse(path: &Path, text: &[u8]) -> Result<PhoneFile, PhoneError> {
    let format = |why: String| PhoneError::Format { path: path.to_owned(), why };
    let state: PhoneFile = serde_json::from_slice(text).map_err(|error| format(error.to_string()))?;
    if state.format == FORMAT { Ok(state) } else { Err(format("its format is another one".to_owned())) }
}

/// The response to a challenge, without a network. The counter moves on before anybody sees the response; whether the
/// PIN is right only the server can tell.
///
/// # Errors
/// When the challenge does not fit or the state cannot be changed.
pub fn respond(shelf: &Shelf, challenge: &str, pin: &str) -> Result<Code, PhoneError> {
    shelf.change(|state| {
        if state.migrated {
            return Err(PhoneError::Migrated);
        }
        let suite = Suite::parse(&state.suites.respond).map_err(|_| PhoneError::Key)?;
        let hash = suite.pin_hash(pin);
        let input = Input { counter: Some(state.counter), question: challenge, pin: hash.as_ref(), ..Input::default() };
        let response =
            suite.respond(&Key::new(state.respond_key.expose().to_vec()), &input).map_err(PhoneError::Challenge)?;
        state.counter = state.counter.checked_add(1).ok_or(PhoneError::Key)?;
        Ok(response)
    })
}
