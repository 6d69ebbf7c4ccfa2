//! Small private files that several processes may change at once: a software card, the client marks.
//!
//! Readers always find a whole file (it is replaced by rename), and whoever wants to change it holds an
//! exclusive lock on a lock file beside it, so that two processes never work from the same old content.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// An exclusive lock on a file that is about to be changed; released when dropped.
#[derive(Debug)]
pub struct Locked {
    path: PathBuf,
    _lock: File,
}

impl Locked {
    /// Waits until nobody else holds the lock of `path`. The lock file is `path` with `.lock` appended; the file
    /// itself need not exist yet.
    ///
    /// # Errors
    /// When the lock file cannot be created or locked.
    pub fn acquire(path: &Path) -> io::Result<Self> {
        // A symbolic link would be replaced by the rename; what it points to is what must change.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let lock = private(&beside(&path, ".lock"), false)?;
        lock.lock()?;
        Ok(Self { path, _lock: lock })
    }

    /// The file's present content.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        fs::read(&self.path)
    }

    /// Replaces the file's content: after a crash it is either the old or the new one. Mode 0600.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("state.json");
    /// use countersign_client::private_file::Locked;
    ///
    /// let locked = Locked::acquire(&path)?;
    /// locked.replace(b"{}")?;
    /// assert_eq!(locked.read()?, b"{}");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the new content cannot be written, made durable or put in place.
    pub fn replace(&self, content: &[u8]) -> io::Result<()> {
        let next = beside(&self.path, ".new");
        // A file left by a crash may have another mode.
        match fs::remove_file(&next) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = private(&next, true)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&next, &self.path)?;
        sync_directory(&self.path)
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn private(path: &Path, must_be_new: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).create_new(must_be_new).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    File::open(parent)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_and_keeps_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.json");
        fs::write(&path, "old").unwrap();
        let locked = Locked::acquire(&path).unwrap();
        assert_eq!(locked.read().unwrap(), b"old");
        locked.replace(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[cfg(unix)]
    #[test]
    fn changes_what_a_link_points_to() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        Locked::acquire(&link).unwrap().replace(b"new").unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn a_second_holder_waits() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("n");
        fs::write(&path, "0").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        let locked = Locked::acquire(&path).unwrap();
                        let n: u32 = String::from_utf8(locked.read().unwrap()).unwrap().parse().unwrap();
                        locked.replace((n + 1).to_string().as_bytes()).unwrap();
                    }
                });
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap(), "80");
    }
}
