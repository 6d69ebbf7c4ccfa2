//! Running other programs, and telling how long each step took.

use std::{
    ffi::OsStr,
    fmt,
    path::{Path, PathBuf},
    process,
    time::{Duration, Instant},
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

/// Cargo with clippy's compiler for what is ours: what is built for the tests is linted on the way, and a warning is an
/// error. `cargo clippy` would do the same work a second time, without anything to run in the end.
pub fn linting(command: Command) -> Command {
    // As `cargo clippy` hands over arguments to its compiler.
    let denied = ["-D", "warnings"].map(|word| format!("{word}__CLIPPY_HACKERY__")).concat();
    command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver").env("CLIPPY_ARGS", denied)
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

/// The parts of a task, and how long each of them took.
#[derive(Debug, Default)]
pub struct Parts(Vec<Part>);

#[derive(Debug)]
struct Part {
    what: &'static str,
    passed: Duration,
    worked: Option<Duration>,
    well: bool,
}

impl Parts {
    /// Says that a part begins, and carries it out.
    #[expect(clippy::disallowed_methods, reason = "telling how long a part took needs the clock")]
    pub fn run(&mut self, what: &'static str, part: impl FnOnce() -> Result<(), Failed>) -> Result<(), Failed> {
        println!("\n== {what}");
        let (started, before) = (Instant::now(), worked());
        let done = part();
        let worked = worked().zip(before).map(|(after, before)| after.saturating_sub(before));
        self.0.push(Part { what, passed: started.elapsed(), worked, well: done.is_ok() });
        done
    }

    /// The names of those that failed.
    pub fn failed(&self) -> Vec<&'static str> {
        self.0.iter().filter(|part| !part.well).map(|part| part.what).collect()
    }
}

impl fmt::Display for Parts {
    /// A line for each: how long it took, how long processors worked for it, and whether it failed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "    time   processors  part")?;
        for Part { what, passed, worked, well } in &self.0 {
            line(f, *passed, *worked, what, if *well { "" } else { "  FAILED" })?;
        }
        let worked = self.0.iter().map(|part| part.worked).sum();
        line(f, self.0.iter().map(|part| part.passed).sum(), worked, "altogether", "")
    }
}

fn line(f: &mut fmt::Formatter<'_>, passed: Duration, worked: Option<Duration>, what: &str, end: &str) -> fmt::Result {
    let worked = worked.map_or_else(String::new, |worked| format!("{:.0} s", worked.as_secs_f64()));
    writeln!(f, "{:>6.0} s {worked:>12}  {what}{end}", passed.as_secs_f64())
}

/// How long processors worked for the programs that were run and have ended, with what those ran and waited for (a browser
/// does not wait for all of its processes): it hardly depends on what else the machine does. Nothing where the system does
/// not tell.
fn worked() -> Option<Duration> {
    children_worked(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

/// Fields 16 and 17 of proc_pid_stat(5), in hundredths of a second. The second field, a name in brackets, may hold blanks.
fn children_worked(stat: &str) -> Option<Duration> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut times = after_name.split_whitespace().skip(13).map(str::parse::<u64>);
    let (user, system) = (times.next()?.ok()?, times.next()?.ok()?);
    Some(Duration::from_millis((user + system) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_programs_that_ended_is_read() {
        let stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 9 8 7 6 11 12 150 25 20 0 1 0 99 1000 200";
        assert_eq!(children_worked(stat), Some(Duration::from_millis(1750)));
        assert_eq!(children_worked("42 (x) S 1"), None);
    }

    #[test]
    fn every_part_is_told_with_what_became_of_it() {
        let mut parts = Parts::default();
        assert!(parts.run("one", || Ok(())).is_ok());
        assert!(parts.run("another", || Err(Failed("why".to_owned()))).is_err());
        assert_eq!(parts.failed(), ["another"]);
        let table = parts.to_string();
        let ends: Vec<_> = table.lines().map(|line| line.split("  ").last().unwrap_or_default()).collect();
        assert_eq!(ends, ["part", "one", "FAILED", "altogether"], "{table}");
    }
}
