//! The repository's own tasks, as `cargo xtask TASK`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]

mod arrows;
mod debian;
mod habits;
mod measures;
mod run;

use run::{Failed, Step, cargo, npm};
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

/// One of the suites of tests.
type Suite = fn() -> Result<(), Failed>;

const RUST_TESTS: &str = "tests of the Rust crates";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let done = match task.as_str() {
        "demo" => demo(&rest),
        "test" => test(),
        "quick" => quick(),
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
    let step = Step::new("the pages' scripts");
    if run::exists("npm") {
        web(&["run", "build"])?;
        step.done();
    } else {
        println!("npm is not there: the pages go without scripts, which they can.");
    }
    let step = Step::new("the programs");
    cargo(&["build", "--workspace", "--bins"]).run()?;
    step.done();
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

fn test() -> Result<(), Failed> {
    debian::need(debian::FOR_TESTS)?;
    for (what, arguments) in [
        ("types of the scripts", ["run", "check"]),
        ("tests of the scripts", ["run", "test"]),
        ("build of the scripts", ["run", "build"]),
    ] {
        let step = Step::new(what);
        web(&arguments)?;
        step.done();
    }
    lint()?;
    // A suite that fails does not keep the others from telling what they find.
    // Of the whole workspace: a package alone would be built anew, with the features that it alone asks for.
    let suites: [(_, Suite); 4] = [
        (RUST_TESTS, || rust_tests(&["--workspace"], &[])),
        ("the HTTP tests once more, on PostgreSQL", || {
            let over_http =
                ["--workspace", "--test", "login", "--test", "oidc", "--test", "phone", "--test", "terminal"];
            rust_tests(&over_http, &[("COUNTERSIGN_TEST_STORE", "postgres")])
        }),
        ("tests in a browser", || web(&["run", "e2e"])),
        ("judges: foreign programs use the OpenID Connect provider", || web(&["run", "judges"])),
    ];
    let mut failed = Vec::new();
    for (what, suite) in suites {
        let step = Step::new(what);
        if let Err(Failed(why)) = suite() {
            eprintln!("xtask: {why}");
            failed.push(what);
        }
        step.done();
    }
    if !failed.is_empty() {
        return Err(Failed(format!("failed: {}", failed.join("; "))));
    }
    println!("All is well.");
    Ok(())
}

/// What needs no test to run.
fn lint() -> Result<(), Failed> {
    let step = Step::new("formatting");
    cargo(&["fmt", "--all", "--check"]).run()?;
    step.done();
    let step = Step::new("arrows");
    arrows::check(&root())?;
    step.done();
    let step = Step::new("the programs");
    cargo(&["build", "--workspace", "--all-targets"]).run()?;
    step.done();
    let step = Step::new("clippy");
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]).run()?;
    step.done();
    for part in habits::PARTS {
        let step = Step::new(part.name);
        (part.check)()?;
        step.done();
    }
    Ok(())
}

/// Tests beside a PostgreSQL server of their own.
fn rust_tests(which: &[&str], variables: &[(&str, &str)]) -> Result<(), Failed> {
    let with = run::target().join("debug").join("with-postgres");
    let runner: &[&str] = if run::exists("cargo-nextest") { &["nextest", "run", "--no-fail-fast"] } else { &["test"] };
    let mut command = run::Command::new(with).args(["cargo"]).args(runner).args(which);
    for (name, value) in variables {
        command = command.env(name, value);
    }
    command.run()
}

fn quick() -> Result<(), Failed> {
    lint()?;
    let step = Step::new(RUST_TESTS);
    rust_tests(&["--workspace"], &[])?;
    step.done();
    Ok(())
}

fn screenshots() -> Result<(), Failed> {
    debian::need(debian::FOR_TESTS)?;
    web(&["run", "build"])?;
    cargo(&["build", "--workspace", "--bins"]).run()?;
    web(&["run", "screenshots"])
}
