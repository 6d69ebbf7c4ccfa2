//! Files with secrets that appear whole or not at all.

use super::output::Failure;
use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};
use std::{
    fs::File,
    io::{self, Write as _},
    os::fd::AsRawFd as _,
    path::{Path, PathBuf},
};

/// A file that is written and has no name yet: if nothing comes of it, nothing is left.
pub(super) struct NewFile {
    file: File,
    path: PathBuf,
}

impl NewFile {
    /// Writes a file for the eyes of its owner alone, to be called so; nothing may be called so yet.
    pub(super) fn write(path: &Path, octets: &[u8]) -> Result<Self, Failure> {
        if path.symlink_metadata().is_ok() {
            return Err(named(path, "this file is there already"));
        }
        let file = open(folder(path), OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC, Mode::RUSR | Mode::WUSR);
        let mut file = File::from(file.map_err(|error| named(path, io::Error::from(error)))?);
        file.write_all(octets).and_then(|()| file.sync_all()).map_err(|error| named(path, error))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Gives the file its name.
    pub(super) fn appear(self) -> Result<(), Failure> {
        let unnamed = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        let done = linkat(CWD, &unnamed, CWD, &self.path, AtFlags::SYMLINK_FOLLOW).map_err(io::Error::from);
        let done = done.and_then(|()| File::open(folder(&self.path))?.sync_all());
        done.map_err(|error| named(&self.path, error))
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

fn named(path: &Path, why: impl std::fmt::Display) -> Failure {
    Failure(format!("{}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt as _};

    #[test]
    fn a_file_appears_whole_and_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("card.pdf");
        let there = || fs::read_dir(dir.path()).unwrap().count();
        drop(NewFile::write(&path, b"secret").map_err(|failure| failure.0).unwrap());
        assert_eq!(there(), 0, "what was given up leaves nothing");
        let (one, other) = (NewFile::write(&path, b"one"), NewFile::write(&path, b"other"));
        assert!(one.and_then(NewFile::appear).is_ok());
        assert!(other.and_then(NewFile::appear).is_err_and(|failure| failure.0.contains("exists")));
        assert!(NewFile::write(&path, b"third").is_err_and(|failure| failure.0.contains("there already")));
        assert_eq!((fs::read(&path).unwrap(), there()), (b"one".to_vec(), 1));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
