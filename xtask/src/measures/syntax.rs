//! What stands in one file.

use super::{FUNCTION, files::File};
use std::collections::BTreeSet;
use syn::{
    spanned::Spanned,
    visit::{self, Visit},
};

/// Where the things are that are counted.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) tuple_parameters: Vec<String>,
    pub(super) nested_results: Vec<String>,
    pub(super) ok_errs: Vec<String>,
    pub(super) refusals_to_words: Vec<String>,
    pub(super) long_functions: Vec<String>,
    pub(super) many_arguments: Vec<String>,
}

/// Reads a file. Tests are as small as anything else, and free in their types.
pub(super) fn facts(file: &File) -> Facts {
    let test = file.is_test() || file.path.contains("/examples/");
    let mut reader = Reader { file, test, inside: None, facts: Facts::default() };
    reader.visit_file(&file.tree);
    reader.facts
}

struct Reader<'a> {
    file: &'a File,
    test: bool,
    /// The type whose `impl` is being read: `Self` in a pattern.
    inside: Option<String>,
    facts: Facts,
}

impl Reader<'_> {
    fn place(&self, of: &impl Spanned, what: &str) -> String {
        format!("{}:{} {what}", self.file.path, of.span().start().line)
    }

    fn function(&mut self, signature: &syn::Signature, whole: &impl Spanned) {
        let name = signature.ident.to_string();
        let code = self.code_lines(whole);
        if code > FUNCTION {
            self.facts.long_functions.push(self.place(signature, &format!("{name}: {code}")));
        }
        if signature.inputs.len() > 6 {
            self.facts.many_arguments.push(self.place(signature, &name));
        }
        let tuple = |input: &&syn::FnArg| match input {
            syn::FnArg::Typed(typed) => holds_tuple(&typed.ty),
            syn::FnArg::Receiver(_) => false,
        };
        if !self.test {
            let places: Vec<_> = signature.inputs.iter().filter(tuple).map(|input| self.place(input, &name)).collect();
            self.facts.tuple_parameters.extend(places);
        }
    }

    /// Lines that are neither empty nor a comment.
    fn code_lines(&self, whole: &impl Spanned) -> usize {
        let (first, last) = (whole.span().start().line, whole.span().end().line);
        let lines = self.file.text.lines().skip(first.saturating_sub(1)).take(last + 1 - first);
        lines.map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
    }

    /// The enums that a pattern names a variant of.
    fn enums(&self, pattern: &syn::Pat, found: &mut BTreeSet<String>) {
        let mut path = |path: &syn::Path| {
            let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            if let [.., name, _] = names.as_slice() {
                found.insert(match (name.as_str(), &self.inside) {
                    ("Self", Some(inside)) => inside.clone(),
                    _ => name.clone(),
                });
            }
        };
        match pattern {
            syn::Pat::Path(pattern) => path(&pattern.path),
            syn::Pat::TupleStruct(pattern) => path(&pattern.path),
            syn::Pat::Struct(pattern) => path(&pattern.path),
            syn::Pat::Or(pattern) => pattern.cases.iter().for_each(|case| self.enums(case, found)),
            syn::Pat::Paren(pattern) => self.enums(&pattern.pat, found),
            syn::Pat::Guard(pattern) => self.enums(&pattern.pat, found),
            syn::Pat::Reference(pattern) => self.enums(&pattern.pat, found),
            _ => {}
        }
    }
}

fn holds_tuple(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Tuple(tuple) => tuple.elems.len() > 1,
        syn::Type::Reference(reference) => holds_tuple(&reference.elem),
        _ => false,
    }
}

/// The first type in a path's brackets, when the path ends in this name.
fn first_argument<'a>(path: &'a syn::Path, name: &str) -> Option<&'a syn::Type> {
    let last = path.segments.last().filter(|segment| segment.ident == name)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn is_call_of(expression: &syn::Expr, name: &str) -> bool {
    matches!(expression, syn::Expr::Call(call) if matches!(&*call.func, syn::Expr::Path(path) if path.path.is_ident(name)))
}

/// Whether an arm gives words: a text, or a variant or constant of something else that has a text.
fn gives_words(body: &syn::Expr) -> bool {
    match body {
        syn::Expr::Lit(literal) => matches!(literal.lit, syn::Lit::Str(_)),
        syn::Expr::Path(path) => path.path.segments.len() > 1,
        syn::Expr::Call(call) => gives_words(&call.func) || call.args.iter().any(gives_words),
        syn::Expr::Tuple(tuple) => tuple.elems.iter().any(gives_words),
        syn::Expr::Struct(_) => true,
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let before = self.inside.take();
        if let syn::Type::Path(path) = &*item.self_ty {
            self.inside = path.path.segments.last().map(|segment| segment.ident.to_string());
        }
        visit::visit_item_impl(self, item);
        self.inside = before;
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let before = self.test;
        self.test |= item.ident == "tests";
        visit::visit_item_mod(self, item);
        self.test = before;
    }

    fn visit_type_path(&mut self, ty: &'ast syn::TypePath) {
        if let Some(syn::Type::Path(inner)) = first_argument(&ty.path, "Result")
            && inner.path.segments.last().is_some_and(|segment| segment.ident == "Result")
            && !self.test
        {
            self.facts.nested_results.push(self.place(ty, ""));
        }
        visit::visit_type_path(self, ty);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let ok = matches!(&*call.func, syn::Expr::Path(path) if path.path.is_ident("Ok"));
        if ok && call.args.first().is_some_and(|argument| is_call_of(argument, "Err")) && !self.test {
            self.facts.ok_errs.push(self.place(call, ""));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_pat_tuple_struct(&mut self, pattern: &'ast syn::PatTupleStruct) {
        let err = |inner: &syn::Pat| matches!(inner, syn::Pat::TupleStruct(inner) if inner.path.is_ident("Err"));
        if pattern.path.is_ident("Ok") && pattern.elems.first().is_some_and(err) && !self.test {
            self.facts.ok_errs.push(self.place(pattern, "(pattern)"));
        }
        visit::visit_pat_tuple_struct(self, pattern);
    }

    fn visit_expr_match(&mut self, found: &'ast syn::ExprMatch) {
        let mut enums = BTreeSet::new();
        found.arms.iter().for_each(|arm| self.enums(&arm.pat, &mut enums));
        let refusal = enums.iter().find(|name| name.contains("Refus"));
        let words = found.arms.iter().filter(|arm| gives_words(&arm.body)).count();
        if let Some(name) = refusal
            && self.file.path.starts_with("crates/server/src/")
            && words >= 3
            && !self.test
        {
            let arms = found.arms.len();
            self.facts.refusals_to_words.push(self.place(found, &format!("{name}, {arms} arms")));
        }
        visit::visit_expr_match(self, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> Facts {
        facts(&File { path: path.to_owned(), text: text.to_owned(), tree: syn::parse_file(text).unwrap() })
    }

    #[test]
    fn each_thing_counts_where_it_is_and_not_in_comments_texts_or_tests() {
        let text = r#"
            // Ok(Err(x)) Result<Result<A, B>, C>
            fn f((a, b): (u8, u8), c: &(u8, u8), d: ()) -> Result<Result<u8, u8>, u8> { Ok(Err("Ok(Err(")) }
            fn g(x: R) -> bool { matches!(x, R) || match x { Ok(Err(_)) => true, _ => false } }
            mod tests { fn f(a: (u8, u8)) -> Result<Result<u8, u8>, u8> { Ok(Err(a.0)) } }
        "#;
        let facts = of("crates/x/src/a.rs", text);
        assert_eq!(facts.tuple_parameters.len(), 2);
        assert_eq!((facts.nested_results.len(), facts.ok_errs.len()), (1, 2));
        assert!(facts.ok_errs[0].starts_with("crates/x/src/a.rs:3"), "{:?}", facts.ok_errs);
    }

    #[test]
    fn a_match_from_a_refusal_to_words_is_told_from_one_that_decides() {
        let arms = |a: &str, b: &str, c: &str| {
            let text = format!(
                "impl Refused {{ fn w(&self) -> &str {{ match self {{ Self::A => {a}, Self::B(_) => {b}, Refused::C => {c} }} }} }}"
            );
            of("crates/server/src/http/p.rs", &text).refusals_to_words.len()
        };
        assert_eq!(arms("\"a\"", "\"b\"", "\"c\""), 1);
        assert_eq!(arms("Slug::A.into()", "Slug::B", "(400, Slug::C)"), 0, "two are not enough");
        assert_eq!(arms("Slug::A", "Slug::B", "(400, Slug::C)"), 1);
        assert_eq!(arms("true", "false", "f()"), 0);
    }

    #[test]
    fn long_functions_are_counted_by_their_code() {
        let lines = |code: &str, count| format!("fn f() {{\n{}}}\n", code.repeat(count));
        assert!(of("crates/x/src/a.rs", &lines("a();\n", 58)).long_functions.is_empty());
        assert!(of("crates/x/src/a.rs", &lines("// a();\n\n", 100)).long_functions.is_empty());
        assert_eq!(of("crates/x/src/a.rs", &lines("a();\n", 59)).long_functions.len(), 1);
    }
}
