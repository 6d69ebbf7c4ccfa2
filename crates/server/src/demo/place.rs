//! The folder that holds a demo: database, sealing key, card files, clock.

use crate::{app::random, boot::new_sealing_key};
use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

/// The folder.
pub(crate) struct Place {
    path: PathBuf,
    temporary: bool,
}

impl Place {
    /// The given folder, or one of its own that goes with the demo.
    pub(crate) fn open(given: Option<PathBuf>) -> io::Result<Self> {
        let temporary = given.is_none();
        let own = || {
            let name: String = random::<8>().iter().map(|octet| format!("{octet:02x}")).collect();
            std::env::temp_dir().join(format!("countersign-demo-{name}"))
        };
        let path = given.unwrap_or_else(own);
        for folder in ["cards", "phones"] {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(path.join(folder))?;
        }
        Ok(Self { path: path.canonicalize()?, temporary })
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("countersign.db")
    }

    /// The sample brokerage's own database.
    pub(crate) fn brokerage(&self) -> PathBuf {
        self.path.join("brokerage.db")
    }

    /// The secrets of the sample brokerage's clients.
    pub(crate) fn brokerage_secrets(&self) -> PathBuf {
        self.path.join("brokerage.json")
    }

    /// The secret of the sample brokerage's card processor.
    pub(crate) fn card_processor_secret(&self) -> PathBuf {
        self.path.join("card-processor.secret")
    }

    /// How far the test clock is ahead, in microseconds.
    pub(crate) fn clock(&self) -> PathBuf {
        self.path.join("clock")
    }

    /// The sample users with their passwords, PINs and card files.
    pub(crate) fn roster(&self) -> PathBuf {
        self.path.join("demo.json")
    }

    pub(crate) fn card(&self, name: &str) -> PathBuf {
        self.path.join("cards").join(format!("{name}.json"))
    }

    pub(crate) fn phone(&self, username: &str) -> PathBuf {
        self.path.join("phones").join(format!("{username}.json"))
    }

    /// The sealing key, made the first time.
    pub(crate) fn sealing_key(&self) -> io::Result<String> {
        let path = self.path.join("sealing.key");
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                write_private(&path, &new_sealing_key())?;
                fs::read_to_string(&path)
            }
            read => read,
        }
    }

    /// How far the test clock was moved ahead, which a restart must not undo.
    pub(crate) fn clock_ahead(&self) -> Duration {
        let text = fs::read_to_string(self.clock()).unwrap_or_default();
        Duration::from_micros(text.trim().parse().unwrap_or(0))
    }

    pub(crate) fn keep_clock(&self, ahead: Duration) -> io::Result<()> {
        write_private(&self.clock(), &ahead.as_micros().to_string())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.temporary {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Writes a file of its owner's only, whole or not at all.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}
