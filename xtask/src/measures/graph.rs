//! Which file names which, by `use` and by paths, within one folder. A name that a file only passes on (`pub use`)
//! leads to the file where it is.

use super::files::File;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

/// Files and the arrows between them.
pub(super) struct Graph {
    folder: String,
    arrows: BTreeMap<String, BTreeSet<String>>,
}

/// One room names another.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// Who names.
    pub from: String,
    /// Who is named.
    pub to: String,
}

impl std::fmt::Display for Arrow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} → {}", self.from, self.to)
    }
}

impl Graph {
    /// The graph of the files below a folder of a crate's `src`.
    pub(super) fn of(files: &[File], folder: &str) -> Self {
        let source = folder.split_once("/src/").map_or(folder, |(before, _)| before).to_owned() + "/src/";
        let within: Vec<_> = files.iter().filter(|file| file.path.starts_with(&source)).collect();
        let modules: BTreeMap<Vec<String>, &str> =
            within.iter().map(|file| (module(&file.path, &source), file.path.as_str())).collect();
        let passed_on = within.iter().map(|file| (file.path.as_str(), Names::of(file, &source, true))).collect();
        let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for file in within.iter().filter(|file| file.path.starts_with(folder)) {
            let to = arrows.entry(file.path.clone()).or_default();
            for path in Names::of(file, &source, false) {
                if let Some(target) = resolve(&path, &modules, &passed_on, 4)
                    && target.starts_with(folder)
                    && target != file.path
                {
                    to.insert(target.to_owned());
                }
            }
        }
        Self { folder: folder.to_owned(), arrows }
    }

    /// Sets of files that reach each other, one line each.
    pub(super) fn circles(&self) -> Vec<String> {
        let reach: BTreeMap<&String, BTreeSet<&String>> =
            self.arrows.keys().map(|file| (file, self.reach(file))).collect();
        let mut seen = BTreeSet::new();
        let mut circles = Vec::new();
        for (file, reached) in &reach {
            if !seen.contains(file) && reached.contains(file) {
                let back = |other: &&&String| reach.get(**other).is_some_and(|reached| reached.contains(file));
                let circle: Vec<_> = reached.iter().filter(back).copied().collect();
                seen.extend(circle.iter().copied());
                circles.push(circle.iter().map(|file| self.short(file)).collect::<Vec<_>>().join(" "));
            }
        }
        circles
    }

    /// The rooms: folders and files at the first level.
    pub(super) fn rooms(&self) -> Vec<String> {
        self.arrows.keys().map(|file| self.room(file)).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The arrows between rooms.
    pub(super) fn arrows(&self) -> Vec<Arrow> {
        let arrow = |from, to| Arrow { from: self.room(from), to: self.room(to) };
        let all = self.arrows.iter().flat_map(|(from, to)| to.iter().map(move |to| arrow(from, to)));
        all.filter(|arrow| arrow.from != arrow.to).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn reach<'a>(&'a self, from: &'a String) -> BTreeSet<&'a String> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&String> = self.arrows.get(from).into_iter().flatten().collect();
        while let Some(file) = next.pop() {
            if reached.insert(file) {
                next.extend(self.arrows.get(file).into_iter().flatten());
            }
        }
        reached
    }

    fn short(&self, file: &str) -> String {
        file.strip_prefix(&self.folder).unwrap_or(file).to_owned()
    }

    fn room(&self, file: &str) -> String {
        let short = self.short(file);
        short.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned()
    }
}

/// The module of a file: `flow/oidc/ping.rs` is `flow`, `oidc`, `ping`.
fn module(path: &str, source: &str) -> Vec<String> {
    let short = path.strip_prefix(source).unwrap_or(path).trim_end_matches(".rs");
    let mut names: Vec<_> = short.split('/').map(str::to_owned).collect();
    if matches!(names.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        names.pop();
    }
    names
}

/// The file that a path from the crate's root leads to.
fn resolve<'a>(
    path: &[String],
    modules: &BTreeMap<Vec<String>, &'a str>,
    passed_on: &BTreeMap<&'a str, BTreeSet<Vec<String>>>,
    depth: u32,
) -> Option<&'a str> {
    let (length, file) =
        (1..=path.len()).rev().find_map(|length| Some((length, *modules.get(path.get(..length)?)?)))?;
    // What follows the module is a name in it; the module may only pass it on.
    let name = path.get(length);
    let original = passed_on.get(file).into_iter().flatten().find(|original| depth > 0 && original.last() == name);
    match (name, original) {
        (Some(_), Some(original)) => resolve(original, modules, passed_on, depth - 1).or(Some(file)),
        _ => Some(file),
    }
}

/// The paths that a file names, from the crate's root; or only those that it passes on.
struct Names {
    module: Vec<String>,
    only_passed_on: bool,
    found: BTreeSet<Vec<String>>,
}

impl Names {
    fn of(file: &File, source: &str, only_passed_on: bool) -> BTreeSet<Vec<String>> {
        let mut names = Self { module: module(&file.path, source), only_passed_on, found: BTreeSet::new() };
        names.visit_file(&file.tree);
        names.found
    }

    /// Keeps a path that begins in this crate.
    fn keep(&mut self, path: &[String]) {
        let mut module = self.module.clone();
        let mut rest = path;
        match rest.first().map(String::as_str) {
            Some("crate") => module.clear(),
            Some("self") => {}
            Some("super") => {
                module.pop();
            }
            _ => return,
        }
        rest = rest.get(1..).unwrap_or_default();
        while rest.first().is_some_and(|name| name == "super") {
            module.pop();
            rest = rest.get(1..).unwrap_or_default();
        }
        module.extend(rest.iter().cloned());
        self.found.insert(module);
    }

    fn keep_tree(&mut self, before: &mut Vec<String>, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.keep_tree(before, &path.tree);
                before.pop();
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.keep_tree(before, tree)),
            syn::UseTree::Glob(_) => self.keep(before),
            syn::UseTree::Name(name) => self.keep_name(before, &name.ident),
            syn::UseTree::Rename(rename) => self.keep_name(before, &rename.ident),
        }
    }

    fn keep_name(&mut self, before: &[String], name: &syn::Ident) {
        let last = (name != "self").then(|| name.to_string());
        self.keep(&before.iter().cloned().chain(last).collect::<Vec<_>>());
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let passed_on = !matches!(item.vis, syn::Visibility::Inherited);
        if passed_on || !self.only_passed_on {
            let mut before = Vec::new();
            // `pub use child::Name` begins at this module where `child` is declared in it.
            if let (true, syn::UseTree::Path(path)) = (passed_on, &item.tree)
                && !["crate", "self", "super"].iter().any(|word| path.ident == word)
            {
                before.push("self".to_owned());
            }
            self.keep_tree(&mut before, &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if !self.only_passed_on {
            let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.keep(&names);
        }
        visit::visit_path(self, path);
    }

    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {
        // `pub(super)` says who may name it, and names nobody.
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        // What tests name is no arrow of the program's; `super` inside would begin elsewhere.
        if item.content.is_none() {
            visit::visit_item_mod(self, item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(files: &[(&str, &str)]) -> Graph {
        let file = |(path, text): &(&str, &str)| File {
            path: format!("crates/x/src/{path}"),
            text: (*text).to_owned(),
            tree: syn::parse_file(text).unwrap(),
        };
        Graph::of(&files.iter().map(file).collect::<Vec<_>>(), "crates/x/src/flow/")
    }

    #[test]
    fn a_circle_is_found_through_uses_paths_and_names_that_are_passed_on() {
        let graph = graph(&[
            ("lib.rs", "pub mod flow;"),
            ("flow/mod.rs", "pub mod a; pub mod b; pub mod c; pub use a::Thing;"),
            ("flow/a.rs", "use super::b; pub struct Thing;"),
            ("flow/b/mod.rs", "use crate::flow::Thing; fn f() { crate::flow::c::g() }"),
            ("flow/c.rs", "pub fn g() {} #[cfg(test)] mod tests { use crate::flow::b; }"),
        ]);
        assert_eq!(graph.circles(), ["a.rs b/mod.rs"]);
        assert_eq!(graph.rooms(), ["a", "b", "c", "mod"]);
        let arrows: Vec<_> = graph.arrows().iter().map(Arrow::to_string).collect();
        assert_eq!(arrows, ["a → b", "b → a", "b → c", "mod → a"]);
    }

    #[test]
    fn a_line_is_no_circle_and_a_longer_circle_is_one() {
        let line = [
            ("flow/a.rs", "use super::b;"),
            ("flow/b.rs", "use super::c;"),
            ("flow/c.rs", "use crate::app; pub(super) fn f() {}"),
        ];
        assert!(graph(&line).circles().is_empty());
        let ring =
            [("flow/a.rs", "use super::b;"), ("flow/b.rs", "use super::c::X;"), ("flow/c.rs", "use super::a::Y;")];
        assert_eq!(graph(&ring).circles(), ["a.rs b.rs c.rs"]);
    }
}
