//! Why a container is refused, and where.

use crate::open::{MAX_ITERATIONS, MIN_ITERATIONS};
use std::fmt;

/// A refusal, with its place. Nothing of it is secret: of values only their kind is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The line of the file, counted from 1.
    pub line: u64,
    /// The elements that the place is in, the outermost first.
    pub path: Vec<String>,
    /// What is wrong.
    pub problem: Problem,
}

impl Error {
    /// The same, with the element around it named.
    pub(crate) fn within(mut self, element: &str) -> Self {
        self.path.insert(0, element.to_owned());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if !self.path.is_empty() {
            write!(f, ", {}", self.path.join("/"))?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for Error {}

/// What is wrong with a container.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(String),
    /// It is not XML in UTF-8.
    #[error("this is not well-formed XML in UTF-8")]
    NotXml,
    /// It says that it is in another encoding.
    #[error("the file is not in UTF-8: convert it first")]
    NotUtf8,
    /// It has a document type or an entity of its own.
    #[error("the file has a document type or entities, which no key file needs: it is not trusted")]
    Entities,
    /// One element is larger than any that makes sense.
    #[error("an element is larger or deeper than any key package needs")]
    TooLarge,
    /// It ends too early, or goes on after its end.
    #[error("the file is cut off, or goes on after its end")]
    Cut,
    /// Its root is another element.
    #[error("this is not a PSKC file: its root is not KeyContainer of urn:ietf:params:xml:ns:keyprov:pskc")]
    NotPskc,
    /// Its version is unknown.
    #[error("version {0} of the format is not known; 1.0 is")]
    Version(String),
    /// An element that is not understood.
    #[error("{0} is not understood here, and a key without it might be another key")]
    Unknown(String),
    /// An element or attribute that is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// An element that stands there twice.
    #[error("{0} stands here more than once")]
    Twice(String),
    /// A value that is not what it should be.
    #[error("this is not {0}")]
    NotA(&'static str),
    /// The method of encryption is not supported.
    #[error(
        "{0} is not supported: ask for a file by a pre-shared key or a password (AES-128, -192 or -256 with a MAC, or \
         AES key wrap)"
    )]
    Unsupported(String),
    /// A value in a mode that needs a MAC has none.
    #[error("a value that is encrypted by AES-CBC has no MAC: it may have been altered, and is not opened")]
    NoMac,
    /// The MAC or the check of the key wrap fails.
    #[error("it does not open: the key or the password is wrong, or the file was altered")]
    Wrong,
    /// The key has another length.
    #[error("the key has {found} octets, and {algorithm} needs {needed}")]
    KeyLength {
        /// The name of the algorithm.
        algorithm: String,
        /// The length that it needs.
        needed: usize,
        /// The length of the key.
        found: usize,
    },
    /// The password is to be derived too often, or not often enough.
    #[error("the password is to be hashed {0} times; from {MIN_ITERATIONS} to {MAX_ITERATIONS} times is taken")]
    Iterations(u64),
    /// The file needs the other kind of key.
    #[error("the file is encrypted by {0}: give that")]
    OtherKey(&'static str),
}
