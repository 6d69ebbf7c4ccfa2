//! The repository's Rust files, read and parsed once.

use crate::run::Failed;
use std::{fs, path::Path};

/// A file.
pub(super) struct File {
    /// Its path from the repository's root, with slashes.
    pub(super) path: String,
    /// Its text.
    pub(super) text: String,
    /// Its syntax tree.
    pub(super) tree: syn::File,
}

/// Every Rust file of ours.
pub(super) fn all(root: &Path) -> Result<Vec<File>, Failed> {
    let mut found = Vec::new();
    for folder in ["brokerage", "crates", "fuzz", "xtask"] {
        for path in crate::arrows::files(&root.join(folder))? {
            let failed = |error: &dyn std::fmt::Display| Failed(format!("{}: {error}", path.display()));
            let text = fs::read_to_string(&path).map_err(|error| failed(&error))?;
            let tree = syn::parse_file(&text).map_err(|error| failed(&error))?;
            let path = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            found.push(File { path, text, tree });
        }
    }
    Ok(found)
}

impl File {
    /// How many lines it has.
    pub(super) fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// Whether it holds nothing but tests.
    pub(super) fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// Examples in its documentation that the tests run.
    pub(super) fn doc_tests(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut inside = false;
        for (number, line) in self.text.lines().enumerate() {
            let line = line.trim_start();
            let Some(words) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else {
                inside = false;
                continue;
            };
            let Some(tag) = words.trim_start().strip_prefix("```") else { continue };
            if !inside && matches!(tag.trim(), "" | "rust" | "should_panic") {
                found.push(format!("{}:{}", self.path, number + 1));
            }
            inside = !inside;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_counts_once_and_other_blocks_do_not() {
        let text = "/// ```\n/// a();\n/// ```\nfn a() {}\n//! ```json\n//! {}\n//! ```\n/// ```ignore\n/// ```\n";
        let file = File { path: "x.rs".to_owned(), text: text.to_owned(), tree: syn::parse_file("").unwrap() };
        assert_eq!(file.doc_tests(), ["x.rs:1"]);
    }
}
