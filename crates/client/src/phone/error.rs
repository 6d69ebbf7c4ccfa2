//! What can go wrong on the phone's side.

use std::io;
use std::path::PathBuf;
use wire::Problem;

/// Why the phone did not do it.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// The server refused.
    #[error("{}", words(.0))]
    Refused(Box<Problem>),
    /// The server answered with something else.
    #[error("the server's answer makes no sense: {0}")]
    Answer(&'static str),
    /// The server cannot be reached, or the connection broke.
    #[error("cannot reach the server: {0}")]
    Network(String),
    /// The URL is not one to send secrets to, or discovery fails.
    #[error(transparent)]
    Server(#[from] crate::first_party::Error),
    /// The server's part of the key agreement is not signed by it.
    #[error("the server's key agreement is not signed by the server")]
    Agreement,
    /// Its key was handed over to another app.
    #[error("this app has been replaced: its key was handed over")]
    Migrated,
    /// A key of this phone cannot be used.
    #[error("a key of this phone cannot be used")]
    Key,
    /// The challenge does not fit.
    #[error("the challenge does not fit this phone: {0}")]
    Challenge(otp::ocra::InputError),
    /// Nothing, or more than one thing, awaits this phone.
    #[error("{0}")]
    Choice(String),
    /// The state file cannot be used.
    #[error("cannot use the phone's file {path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is something else, or a newer version.
    #[error("{path} is not a phone's file: {why}", path = path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

impl PhoneError {
    /// Whether it may be otherwise in a moment: the server is away, or has too much to do.
    pub fn passing(&self) -> bool {
        match self {
            Self::Network(_) => true,
            Self::Refused(problem) => matches!(problem.status, 429 | 502..=504),
            _ => false,
        }
    }

    /// The problem's slug, where the server refused.
    pub fn slug(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) => problem.kind.rsplit('/').next(),
            _ => None,
        }
    }
}

fn words(problem: &Problem) -> String {
    let mut words = problem.title.clone();
    if let Some(detail) = problem.detail.as_deref().filter(|detail| !detail.eq_ignore_ascii_case(&words)) {
        words = format!("{words}: {detail}");
    }
    match (problem.attempts_left, problem.reason.as_deref()) {
        (Some(1), _) => format!("{words} (1 attempt left)"),
        (Some(left), _) => format!("{words} ({left} attempts left)"),
        (None, Some(reason)) => format!("{words} ({reason})"),
        (None, None) => words,
    }
}

impl From<reqwest::Error> for PhoneError {
    fn from(error: reqwest::Error) -> Self {
        match crate::first_party::Error::from(error) {
            crate::first_party::Error::Network(text) => Self::Network(text),
            other => Self::Server(other),
        }
    }
}
