//! What good houses check besides: where dependencies come from and under which licence, that each of them is used, and
//! that the documentation is true (its links lead somewhere, its examples run).

use crate::run::{self, Failed, cargo};

/// A subcommand of cargo that comes from crates.io.
struct Tool {
    name: &'static str,
    /// What is installed where there is none: a newer one may find more, on a day when nobody changed anything.
    version: &'static str,
}

/// Licences, sources and banned crates, by the rules of `deny.toml`. 170 s of processor time to build, once a machine.
const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
/// Dependencies that nothing uses. 90 s to build.
const MACHETE: Tool = Tool { name: "cargo-machete", version: "0.9.2" };

/// One of the checks.
pub struct Part {
    /// What it is about.
    pub name: &'static str,
    /// Runs it.
    pub check: fn() -> Result<(), Failed>,
}

/// What is checked, in this order.
pub const PARTS: [Part; 4] = [
    Part { name: "licences and sources of the dependencies", check: dependencies },
    Part { name: "unused dependencies", check: unused },
    Part { name: "documentation", check: documentation },
    Part { name: "examples in the documentation", check: examples },
];

fn dependencies() -> Result<(), Failed> {
    need(&DENY)?;
    // Advisories would need a network, and turn red on a day when nobody changed anything.
    cargo(&["deny", "check", "licenses", "bans", "sources"]).run()
}

fn unused() -> Result<(), Failed> {
    need(&MACHETE)?;
    // By itself and not as `cargo machete`: below `cargo run`, which `cargo xtask` is, it takes its own name for a folder.
    run::Command::new(MACHETE.name).args(["--skip-target-dir"]).at(&crate::root()).run()
}

fn documentation() -> Result<(), Failed> {
    cargo(&["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings").run()
}

/// nextest runs none. By the compiler that built everything else, else all of it were built once more.
fn examples() -> Result<(), Failed> {
    run::linting(cargo(&["test", "--workspace", "--doc", "--quiet"])).run()
}

/// Installs a tool where it is missing. It stays in cargo's home, for every checkout of this machine.
fn need(tool: &Tool) -> Result<(), Failed> {
    if run::exists(tool.name) {
        return Ok(());
    }
    println!("== installing {} {} from crates.io", tool.name, tool.version);
    cargo(&["install", "--locked", "--quiet", tool.name, "--version", tool.version]).run()
}
