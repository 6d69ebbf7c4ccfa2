//! The real program: what it prints, and how it ends.

mod card_reader;
mod one_time;
mod pskc;

use std::process::{Command, Stdio};

/// What a run gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn run(arguments: &[&str]) -> Run {
    let output =
        Command::new(env!("CARGO_BIN_EXE_countersign-client")).args(arguments).stdin(Stdio::null()).output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The value alone on a line, with nothing on standard error.
pub(crate) fn value(arguments: &[&str]) -> String {
    let run = run(arguments);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{arguments:?}");
    run.out.strip_suffix('\n').filter(|value| !value.contains('\n')).unwrap_or_else(|| panic!("{}", run.out)).to_owned()
}

/// Wrong usage: a reason on standard error, nothing on standard output.
pub(crate) fn refused(arguments: &[&str]) {
    let run = run(arguments);
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}: {}", run.err);
    assert!(!run.err.trim().is_empty(), "{arguments:?}");
}
