//! The arrows between the parts (see ARCHITECTURE.md): any other one fails the check.

use crate::run::Failed;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What each crate may depend on of ours, outside of its tests.
const CRATES: &[(&str, &[&str])] = &[
    ("otp", &[]),
    ("operation", &[]),
    ("pskc", &[]),
    ("paper", &[]),
    ("oidc", &["operation"]),
    ("wire", &["operation"]),
    ("i18n", &[]),
    ("amount", &[]),
    ("testing", &[]),
    ("domain", &["operation", "otp"]),
    ("store", &["domain", "operation"]),
    ("client", &["operation", "otp", "oidc", "wire", "i18n", "amount", "pskc"]),
    ("server", &["operation", "domain", "store", "otp", "oidc", "wire", "i18n", "amount", "pskc", "paper"]),
];

/// What files of a folder of the server must not name.
const NEVER: &[(&str, &[&str], &str)] = &[
    ("flow", &["crate::http", "crate::pages", "axum::"], "use cases know no HTTP"),
    ("http", &["store::", "rusqlite::"], "HTTP goes through flows"),
    ("pages", &["store::", "crate::http", "crate::flow"], "pages get their contexts ready made"),
];

/// Rooms of the server's HTTP, one an API: none names another.
const APIS: &[&str] = &["app", "oauth", "pages", "phone"];
/// What these rooms share, which names none of them.
const SHARED: &[&str] = &["answer", "extract", "layers", "problem"];

/// Checks every arrow.
pub fn check(root: &Path) -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for (name, allowed) in CRATES {
        crate_arrows(root, &format!("crates/{name}"), allowed, &mut wrong)?;
    }
    // A relying party knows what is public; how people write amounts is nobody's secret.
    crate_arrows(root, "brokerage", &["amount"], &mut wrong)?;
    let circles = crate::measures::circles(root)?;
    wrong.extend(circles.into_iter().map(|circle| format!("a circle of files in crates/server/src/flow: {circle}")));
    let between = crate::measures::http_arrows(root)?;
    let never = between.iter().filter(|arrow| crosses(&arrow.from, &arrow.to));
    wrong.extend(
        never.map(|arrow| format!("crates/server/src/http: {arrow} (what two APIs share is in extract or problem)")),
    );
    for (folder, forbidden, why) in NEVER {
        for file in files(&root.join("crates/server/src").join(folder))? {
            let text = read(&file)?;
            for (number, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default();
                for word in forbidden.iter().filter(|word| names(code, word)) {
                    let place = file.strip_prefix(root).unwrap_or(&file).display();
                    wrong.push(format!("{place}:{}: {word} ({why})", number + 1));
                }
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failed(format!("arrows that must not be:\n  {}", wrong.join("\n  ")))) }
}

/// Whether a room of HTTP names one that it must not.
fn crosses(from: &str, to: &str) -> bool {
    (APIS.contains(&from) || SHARED.contains(&from)) && APIS.contains(&to)
}

/// Whether code names a path: `store::` is not named by `my_store::`.
fn names(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

fn crate_arrows(root: &Path, folder: &str, allowed: &[&str], wrong: &mut Vec<String>) -> Result<(), Failed> {
    let manifest = read(&root.join(folder).join("Cargo.toml"))?;
    let mut section = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        }
        let dependency = line.split(['.', ' ', '=']).next().unwrap_or_default();
        let dependency = match dependency {
            "countersign-client" => "client",
            "countersign" => "server",
            other => other,
        };
        let ours = CRATES.iter().any(|(other, _)| *other == dependency);
        if section == "[dependencies]" && ours && !allowed.contains(&dependency) {
            wrong.push(format!("{folder} depends on {dependency}"));
        }
    }
    Ok(())
}

/// The Rust files below a folder.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
    let failed = |error: std::io::Error| Failed(format!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<String, Failed> {
    fs::read_to_string(path).map_err(|error| Failed(format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_named_only_as_a_whole() {
        assert!(names("use store::Error;", "store::"));
        assert!(names("let x = store::user::by_id(sql);", "store::"));
        assert!(!names("use my_store::Error;", "store::"));
        assert!(!names("crate::store::x", "store::"));
    }

    #[test]
    fn apis_share_what_is_below_them_and_name_no_other() {
        assert!(crosses("phone", "oauth") && crosses("extract", "pages"));
        assert!(!crosses("phone", "extract") && !crosses("problem", "extract"));
        // The composition names all of them, and each names what a row is.
        assert!(!crosses("routes", "phone") && !crosses("phone", "routes"));
    }

    #[test]
    fn the_repository_keeps_its_arrows() {
        assert_eq!(check(&crate::root()).map_err(|failed| failed.0), Ok(()));
    }
}
