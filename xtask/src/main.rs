//! The repository's own tasks, as `cargo xtask TASK`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]

mod arrows;
mod debian;
mod habits;
mod measures;
mod run;

use run::{Failed, Parts, cargo, linting, npm};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

const USAGE: &str = "\
usage: cargo xtask TASK

  demo [OPTIONS]  build the pages' scripts and start the demo; OPTIONS go to `countersign demo`
  test            run every check and test there is; installs what is missing from Debian when run as root
  quick           formatting, arrows between the parts, clippy and the tests of the Rust crates
  arrows          only the arrows
  measures [places]  how the code stands against what it is judged by; with `places`, where
  screenshots     take the pictures in docs/screenshots
";

/// One of the checks, or a suite of tests.
type Check = fn() -> Result<(), Failed>;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let done = match task.as_str() {
        "demo" => demo(&rest),
        "test" => told(test),
        "quick" => told(quick),
        "arrows" => arrows::check(&root()),
        "measures" => measures::print(&root(), rest.iter().any(|word| word == "places")),
        "screenshots" => screenshots(),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(why)) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

fn demo(options: &[String]) -> Result<(), Failed> {
    if run::exists("npm") {
        web(&["run", "build"])?;
    } else {
        println!("npm is not there: the pages go without scripts, which they can.");
    }
    cargo(&["build", "--workspace", "--bins"]).run()?;
    let program = run::target().join("debug").join("countersign");
    run::Command::new(program).args(["demo"]).args(options).run()
}

/// Runs npm in `web`, with what it needs installed.
fn web(arguments: &[&str]) -> Result<(), Failed> {
    let folder = root().join("web");
    let installed = folder.join("node_modules/.package-lock.json");
    let lock = folder.join("package-lock.json");
    let newer = |a: &Path, b: &Path| Some(a.metadata().ok()?.modified().ok()? > b.metadata().ok()?.modified().ok()?);
    if newer(&lock, &installed).unwrap_or(true) {
        npm(&folder, &["ci", "--no-audit", "--no-fund"]).run()?;
    }
    npm(&folder, arguments).run()
}

/// Carries out the parts of a task, and tells at the end how long each took, however it ended.
fn told(task: fn(&mut Parts) -> Result<(), Failed>) -> Result<(), Failed> {
    let mut parts = Parts::default();
    let done = task(&mut parts);
    println!("\n{parts}");
    done?;
    match parts.failed().as_slice() {
        [] => {
            println!("All is well.");
            Ok(())
        }
        failed => Err(Failed(format!("failed: {}", failed.join("; ")))),
    }
}

fn test(parts: &mut Parts) -> Result<(), Failed> {
    parts.run("programs of Debian", || debian::need(debian::FOR_TESTS))?;
    for (what, arguments) in [
        ("types of the scripts", ["run", "check"]),
        ("tests of the scripts", ["run", "test"]),
        ("build of the scripts", ["run", "build"]),
    ] {
        parts.run(what, || web(&arguments))?;
    }
    build(parts)?;
    // One that fails does not keep the others from telling what they find.
    let suites: [(_, Check); 4] = [
        ("tests of the Rust crates", rust_tests),
        ("the HTTP tests once more, on PostgreSQL", http_tests_on_postgres),
        ("tests in a browser", || web(&["run", "e2e"])),
        ("judges: foreign programs use the OpenID Connect provider", || web(&["run", "judges"])),
    ];
    let habits = habits::PARTS.map(|part| (part.name, part.check));
    for (what, check) in habits.into_iter().chain(suites) {
        if let Err(Failed(why)) = parts.run(what, check) {
            eprintln!("xtask: {why}");
        }
    }
    Ok(())
}

/// What needs no test to run, and the programs, which are linted as they are built.
fn build(parts: &mut Parts) -> Result<(), Failed> {
    parts.run("formatting", || cargo(&["fmt", "--all", "--check"]).run())?;
    parts.run("arrows", || arrows::check(&root()))?;
    parts.run("the programs and their tests, by clippy's compiler", || {
        linting(cargo(&["build", "--workspace", "--all-targets"])).run()
    })?;
    Ok(())
}

/// All of them. Of the whole workspace, here and below: a package alone would be built anew, with the features that it
/// alone asks for.
fn rust_tests() -> Result<(), Failed> {
    beside_postgres(&["--workspace"], &[]).run()
}

/// Those that are about a server and its data. What is typed in a terminal or killed starts the demo, which knows SQLite
/// alone.
fn http_tests_on_postgres() -> Result<(), Failed> {
    let left_out: &[&str] = if has_nextest() {
        &["-E", "not test(/^terminal::|::kill::/)"]
    } else {
        &["--", "--skip=terminal::", "--skip=::kill::"]
    };
    beside_postgres(&["--workspace", "--test", "http"], left_out).env("COUNTERSIGN_TEST_STORE", "postgres").run()
}

/// Tests beside a PostgreSQL server of their own.
fn beside_postgres(which: &[&str], more: &[&str]) -> run::Command {
    let with = run::target().join("debug").join("with-postgres");
    let runner: &[&str] = if has_nextest() { &["nextest", "run", "--no-fail-fast"] } else { &["test"] };
    // A test of a server also waits, for its data and for answers: one more than there are processors keeps them busy.
    let at_once = std::thread::available_parallelism().map_or(2, std::num::NonZero::get) + 1;
    linting(run::Command::new(with).at(&root()).args(["cargo"]).args(runner).args(which).args(more))
        .env("NEXTEST_TEST_THREADS", at_once.to_string())
}

fn has_nextest() -> bool {
    run::exists("cargo-nextest")
}

fn quick(parts: &mut Parts) -> Result<(), Failed> {
    build(parts)?;
    parts.run("tests of the Rust crates", rust_tests)
}

fn screenshots() -> Result<(), Failed> {
    debian::need(debian::FOR_TESTS)?;
    web(&["run", "build"])?;
    cargo(&["build", "--workspace", "--bins"]).run()?;
    web(&["run", "screenshots"])
}
