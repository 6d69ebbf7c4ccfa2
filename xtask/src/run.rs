//! Running other programs, and telling how long each step took.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process,
    time::Instant,
};

/// Why a task stopped.
#[derive(Debug)]
pub struct Failed(pub String);

/// A program to run; what it prints goes to the terminal.
pub struct Command(process::Command);

impl Command {
    /// A program.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self(process::Command::new(program))
    }

    /// Adds arguments.
    pub fn args<T: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = T>) -> Self {
        self.0.args(arguments);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs it in a folder.
    pub fn at(mut self, folder: &Path) -> Self {
        self.0.current_dir(folder);
        self
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Result<(), Failed> {
        let words = format!("{:?}", self.0).replace('"', "");
        match self.0.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failed(format!("{words}: {status}"))),
            Err(error) => Err(Failed(format!("{words}: {error}"))),
        }
    }
}

/// Cargo, in the repository.
pub fn cargo(arguments: &[&str]) -> Command {
    Command::new("cargo").args(arguments).at(&crate::root())
}

/// npm, in a folder.
pub fn npm(folder: &Path, arguments: &[&str]) -> Command {
    Command::new("npm").args(arguments).at(folder).env("COUNTERSIGN_BIN", target().join("debug").join("countersign"))
}

/// Where cargo builds.
#[expect(clippy::disallowed_methods, reason = "cargo's own variable")]
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), PathBuf::from)
}

/// Whether a program is there.
#[expect(clippy::disallowed_methods, reason = "the search path is the system's")]
pub fn exists(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A step, for telling how long it took.
pub struct Step {
    what: &'static str,
    started: Instant,
}

impl Step {
    /// Says that a step begins.
    #[expect(clippy::disallowed_methods, reason = "telling how long a step took needs the clock")]
    pub fn new(what: &'static str) -> Self {
        println!("\n== {what}");
        Self { what, started: Instant::now() }
    }

    /// Says that it is done.
    pub fn done(self) {
        println!("== {}: {:.0} s", self.what, self.started.elapsed().as_secs_f64());
    }
}
