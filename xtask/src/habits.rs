//! What good houses check besides: where dependencies come from and under which licence, that each of them is used, and
//! that the documentation is true (its links lead somewhere, its examples run).

use crate::run::{self, Failed, Step, cargo};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path, process};

/// The version that is installed where there is none: a newer one may find more, on a day when nobody changed anything.
const MACHETE: &str = "0.9.2";

/// Checks all of it.
pub fn check(root: &Path) -> Result<(), Failed> {
    let step = Step::new("licences and sources of the dependencies");
    dependencies(root)?;
    step.done();
    let step = Step::new("unused dependencies");
    unused()?;
    step.done();
    let step = Step::new("documentation");
    cargo(&["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings").run()?;
    step.done();
    let step = Step::new("examples in the documentation");
    cargo(&["test", "--workspace", "--doc", "--quiet"]).run()?;
    step.done();
    Ok(())
}

/// Installs cargo-machete where it is missing, and asks it.
fn unused() -> Result<(), Failed> {
    if !run::exists("cargo-machete") {
        println!("== installing cargo-machete {MACHETE} from crates.io");
        cargo(&["install", "--locked", "--quiet", "cargo-machete", "--version", MACHETE]).run()?;
    }
    cargo(&["machete", "--skip-target-dir"]).run()
}

/// `cargo deny check licenses bans sources` without cargo-deny, which takes longer to build than everything else
/// together: see `docs/decisions/`. The rules are those of `deny.toml`.
fn dependencies(root: &Path) -> Result<(), Failed> {
    let path = root.join("deny.toml");
    let text = fs::read_to_string(&path).map_err(|error| Failed(format!("{}: {error}", path.display())))?;
    let rules: toml::Table = text.parse().map_err(|error| Failed(format!("deny.toml: {error}")))?;
    let rules = Rules::of(&rules)?;
    let wrong: Vec<_> = packages(root)?.iter().flat_map(|package| rules.broken_by(package)).collect();
    if wrong.is_empty() { Ok(()) } else { Err(Failed(format!("deny.toml is broken by\n  {}", wrong.join("\n  ")))) }
}

/// Everything that may be built, as cargo knows it.
fn packages(root: &Path) -> Result<Vec<Value>, Failed> {
    let output = process::Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--all-features", "--locked"])
        .current_dir(root)
        .stderr(process::Stdio::inherit())
        .output();
    let output = output.map_err(|error| Failed(format!("cargo metadata: {error}")))?;
    let mut metadata: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| Failed(format!("cargo metadata: {error}")))?;
    match metadata.get_mut("packages").map(Value::take) {
        Some(Value::Array(packages)) => Ok(packages),
        _ => Err(Failed("cargo metadata lists no packages".to_owned())),
    }
}

/// What `deny.toml` says, as far as it needs no network.
struct Rules {
    licences: BTreeSet<String>,
    /// Crates that may have one more licence.
    exceptions: Vec<Exception>,
    banned: BTreeSet<String>,
}

struct Exception {
    name: String,
    licences: BTreeSet<String>,
}

impl Rules {
    fn of(table: &toml::Table) -> Result<Self, Failed> {
        let list = |section: &str, name: &str| {
            let value = table.get(section).and_then(|section| section.get(name));
            value.and_then(toml::Value::as_array).cloned().unwrap_or_default()
        };
        let rules = Self {
            licences: texts(&list("licenses", "allow")),
            exceptions: list("licenses", "exceptions").iter().filter_map(Exception::of).collect(),
            banned: list("bans", "deny").iter().filter_map(crate_name).map(str::to_owned).collect(),
        };
        let missing = |what| Err(Failed(format!("deny.toml has no {what}")));
        match (rules.licences.is_empty(), rules.banned.is_empty()) {
            (true, _) => missing("licenses.allow"),
            (_, true) => missing("bans.deny"),
            _ => Ok(rules),
        }
    }

    /// What a package breaks.
    fn broken_by(&self, package: &Value) -> Vec<String> {
        let text = |name: &str| package.get(name).and_then(Value::as_str);
        let name = text("name").unwrap_or_default();
        let of = |why: String| format!("{name} {}: {why}", text("version").unwrap_or_default());
        let mut wrong = Vec::new();
        match text("source") {
            // Ours.
            None => wrong.extend(wildcards(package).map(|dependency| of(format!("any version of {dependency}")))),
            Some("registry+https://github.com/rust-lang/crates.io-index") => {
                wrong.extend(self.licence_broken(name, text("license")).map(of));
            }
            Some(other) => wrong.push(of(format!("its source is {other}"))),
        }
        if self.banned.contains(name) {
            wrong.push(of("it is banned".to_owned()));
        }
        wrong
    }

    fn licence_broken(&self, name: &str, licence: Option<&str>) -> Option<String> {
        let Some(licence) = licence else { return Some("it names no licence".to_owned()) };
        let expression = match spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX) {
            Ok(expression) => expression,
            Err(error) => return Some(format!("{licence} is no licence: {}", error.reason)),
        };
        let excepted = self.exceptions.iter().find(|exception| exception.name == name);
        let allowed = |requirement: &spdx::LicenseReq| {
            let wanted = requirement.to_string();
            self.licences.contains(&wanted) || excepted.is_some_and(|exception| exception.licences.contains(&wanted))
        };
        (!expression.evaluate(allowed)).then(|| format!("{licence} is not allowed"))
    }
}

impl Exception {
    fn of(value: &toml::Value) -> Option<Self> {
        let licences = value.get("allow").and_then(toml::Value::as_array)?;
        Some(Self { name: crate_name(value)?.to_owned(), licences: texts(licences) })
    }
}

fn texts(values: &[toml::Value]) -> BTreeSet<String> {
    values.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect()
}

fn crate_name(value: &toml::Value) -> Option<&str> {
    value.get("crate").or_else(|| value.get("name")).and_then(toml::Value::as_str)
}

/// Dependencies of ours that take any version.
fn wildcards(package: &Value) -> impl Iterator<Item = &str> {
    let dependencies = package.get("dependencies").and_then(Value::as_array).into_iter().flatten();
    let any = |dependency: &&Value| {
        dependency.get("req").and_then(Value::as_str) == Some("*") && dependency.get("path").is_none_or(Value::is_null)
    };
    dependencies.filter(any).filter_map(|dependency| dependency.get("name").and_then(Value::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rules() -> Rules {
        let table = r#"
            [licenses]
            allow = ["MIT", "Apache-2.0 WITH LLVM-exception"]
            exceptions = [{ crate = "odd", allow = ["NCSA"] }]
            [bans]
            deny = [{ crate = "openssl" }]
        "#;
        Rules::of(&table.parse().unwrap()).unwrap_or_else(|failed| panic!("{}", failed.0))
    }

    #[test]
    fn each_rule_is_broken_by_what_it_is_for() {
        let crates_io = "registry+https://github.com/rust-lang/crates.io-index";
        let broken = |name: &str, licence: Option<&str>, source: &str| {
            rules()
                .broken_by(&json!({ "name": name, "version": "1.0.0", "license": licence, "source": source }))
                .join(";")
        };
        for licence in ["MIT", "MIT OR GPL-3.0-only", "MIT/GPL-3.0", "GPL-2.0-only OR Apache-2.0 WITH LLVM-exception"] {
            assert_eq!(broken("a", Some(licence), crates_io), "", "{licence}");
        }
        for licence in ["GPL-3.0-only", "MIT AND NCSA", "Apache-2.0", "whatever"] {
            assert!(broken("a", Some(licence), crates_io).contains(licence), "{licence}");
        }
        assert_eq!(broken("odd", Some("MIT AND NCSA"), crates_io), "");
        assert_eq!(broken("a", None, crates_io), "a 1.0.0: it names no licence");
        assert_eq!(broken("openssl", Some("MIT"), crates_io), "openssl 1.0.0: it is banned");
        assert!(broken("a", Some("MIT"), "git+https://example.com/a").contains("source"));
    }

    #[test]
    fn ours_take_no_dependency_of_any_version() {
        let package = |requirement: &str, path: Option<&str>| json!({ "name": "ours", "dependencies": [{ "name": "x", "req": requirement, "path": path }] });
        assert_eq!(rules().broken_by(&package("*", None)), ["ours : any version of x"]);
        assert!(rules().broken_by(&package("^1", None)).is_empty());
        assert!(rules().broken_by(&package("*", Some("/x"))).is_empty());
    }

    #[test]
    fn the_repository_keeps_its_rules() {
        assert_eq!(dependencies(&crate::root()).map_err(|failed| failed.0), Ok(()));
    }
}
