//! Client marks: what a server gave this program after a login, so that it knows the program again.
//!
//! A marked program has a failure budget of its own (a stranger who guesses cannot lock the owner out of the
//! owner's own machine), so a mark is kept like a cookie: one per server, client and username, in a private file.

use crate::private_file::Locked;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const FORMAT: &str = "countersign-marks/1";
/// The oldest go first: nobody logs in from one program as more users than this.
const MOST: usize = 1000;

/// Why the marks could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum MarksError {
    /// The file system refused.
    #[error("cannot use the mark file {path}: {source}", path = path.display())]
    Io {
        /// The mark file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file is something else.
    #[error("{path} is not a mark file; remove it or name another with --mark-file", path = path.display())]
    Format {
        /// The mark file.
        path: PathBuf,
    },
}

/// Whose mark: a mark is never sent to another server, client or user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner<'a> {
    /// The server's issuer URL.
    pub issuer: &'a str,
    /// The OAuth client id.
    pub client_id: &'a str,
    /// The username as typed.
    pub username: &'a str,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    format: String,
    marks: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    issuer: String,
    client_id: String,
    username: String,
    mark: String,
}

impl Entry {
    fn is_of(&self, owner: Owner<'_>) -> bool {
        self.issuer == owner.issuer && self.client_id == owner.client_id && self.username == owner.username
    }
}

/// The mark file.
#[derive(Debug, Clone)]
pub struct Marks {
    path: PathBuf,
}

impl Marks {
    /// Uses the file at `path`, which need not exist yet.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The mark to send with the first request of a login.
    ///
    /// # Errors
    /// [`MarksError`] when the file exists and cannot be read.
    pub fn find(&self, owner: Owner<'_>) -> Result<Option<Zeroizing<String>>, MarksError> {
        let content = match std::fs::read(&self.path) {
            Ok(octets) => self.parse(&octets)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.failed(source)),
        };
        Ok(content.marks.into_iter().find(|entry| entry.is_of(owner)).map(|entry| Zeroizing::new(entry.mark)))
    }

    /// Keeps `mark` as the owner's only one. Makes the directory when it is missing.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// use countersign_client::marks::{Marks, Owner};
    ///
    /// let marks = Marks::at(&dir.path().join("marks.json"));
    /// let alice = Owner { issuer: "https://login.example", client_id: "tws", username: "alice" };
    /// assert!(marks.find(alice)?.is_none());
    /// marks.keep(alice, "mark")?;
    /// assert_eq!(marks.find(alice)?.as_deref().map(String::as_str), Some("mark"));
    /// let elsewhere = Owner { issuer: "https://other.example", ..alice };
    /// assert!(marks.find(elsewhere)?.is_none(), "a mark is sent to no other server");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MarksError`] when the file cannot be read or written.
    pub fn keep(&self, owner: Owner<'_>, mark: &str) -> Result<(), MarksError> {
        if let Some(parent) = self.path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent).map_err(|e| self.failed(e))?;
        }
        let locked = Locked::acquire(&self.path).map_err(|e| self.failed(e))?;
        let mut content = match locked.read() {
            Ok(octets) => self.parse(&octets)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Content { format: FORMAT.to_owned(), marks: Vec::new() }
            }
            Err(source) => return Err(self.failed(source)),
        };
        content.marks.retain(|entry| !entry.is_of(owner));
        content.marks.push(Entry {
            issuer: owner.issuer.to_owned(),
            client_id: owner.client_id.to_owned(),
            username: owner.username.to_owned(),
            mark: mark.to_owned(),
        });
        let excess = content.marks.len().saturating_sub(MOST);
        content.marks.drain(..excess);
        let text = serde_json::to_vec_pretty(&content).map_err(|e| self.failed(e.into()))?;
        locked.replace(&text).map_err(|e| self.failed(e))
    }

    fn parse(&self, octets: &[u8]) -> Result<Content, MarksError> {
        serde_json::from_slice::<Content>(octets)
            .ok()
            .filter(|content| content.format == FORMAT)
            .ok_or_else(|| MarksError::Format { path: self.path.clone() })
    }

    fn failed(&self, source: io::Error) -> MarksError {
        MarksError::Io { path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: Owner<'_> = Owner { issuer: "https://login.example", client_id: "tws", username: "alice" };

    #[test]
    fn keeps_one_mark_per_server_client_and_user() {
        let dir = tempfile::tempdir().unwrap();
        let marks = Marks::at(&dir.path().join("deep/er/marks.json"));
        assert!(marks.find(ALICE).unwrap().is_none());
        marks.keep(ALICE, "one").unwrap();
        marks.keep(ALICE, "two").unwrap();
        marks.keep(Owner { username: "boris", ..ALICE }, "three").unwrap();
        assert_eq!(marks.find(ALICE).unwrap().unwrap().as_str(), "two");
        assert!(marks.find(Owner { issuer: "https://evil.example", ..ALICE }).unwrap().is_none());
        assert!(marks.find(Owner { client_id: "web-trader", ..ALICE }).unwrap().is_none());
        let text = std::fs::read_to_string(dir.path().join("deep/er/marks.json")).unwrap();
        assert_eq!(text.matches("\"mark\"").count(), 2);
    }

    #[test]
    fn refuses_what_is_not_a_mark_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        std::fs::write(&path, "{\"format\":\"other/1\",\"marks\":[]}").unwrap();
        let marks = Marks::at(&path);
        assert!(matches!(marks.find(ALICE), Err(MarksError::Format { .. })));
        assert!(matches!(marks.keep(ALICE, "m"), Err(MarksError::Format { .. })));
        assert!(std::fs::read_to_string(&path).unwrap().contains("other/1"), "left alone");
    }
}
