//! How the code stands against what it is judged by: counted from the syntax tree, so that a comment or a string does
//! not count. What stands inside a macro's brackets is not seen.

mod files;
mod graph;
mod syntax;

use crate::run::Failed;
use std::path::Path;

/// The use cases: where most of what is counted was found.
const FLOW: &str = "crates/server/src/flow/";
/// The rooms of HTTP, one an API, and what they share.
const HTTP: &str = "crates/server/src/http/";
/// Lines that a file may have, and a file of tests.
const FILE: usize = 400;
const TEST_FILE: usize = 600;
/// Lines of code that a function may have.
const FUNCTION: usize = 60;
/// Arrows that there may be between the rooms of `flow`.
const ARROWS: usize = 45;

/// One count, and where its members are.
struct Measure {
    name: &'static str,
    aim: Aim,
    found: Vec<String>,
}

/// What the count should be.
#[derive(Clone, Copy)]
enum Aim {
    AtMost(usize),
    AtLeast(usize),
    /// It is told, and nothing is wanted of it.
    Told,
}

impl Aim {
    fn words(self) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {most}"),
            Self::AtLeast(least) => format!("≥ {least}"),
            Self::Told => String::new(),
        }
    }

    fn met(self, count: usize) -> &'static str {
        match self {
            Self::AtMost(most) if count > most => "no",
            Self::AtLeast(least) if count < least => "no",
            Self::Told => "",
            _ => "yes",
        }
    }
}

/// Prints the table; with `places`, also where each thing was found.
pub fn print(root: &Path, places: bool) -> Result<(), Failed> {
    let measures = measure(root)?;
    let width = measures.iter().map(|measure| measure.name.chars().count()).max().unwrap_or(0);
    println!("{:width$}  {:>6}  {:>6}  met", "measure", "found", "aim");
    for Measure { name, aim, found } in &measures {
        println!("{name:width$}  {:>6}  {:>6}  {}", found.len(), aim.words(), aim.met(found.len()));
        for place in found.iter().filter(|_| places) {
            println!("    {place}");
        }
    }
    if !places {
        println!("\n`cargo xtask measures places` says where.");
    }
    Ok(())
}

/// The circles of files among the server's use cases: there may be none.
pub fn circles(root: &Path) -> Result<Vec<String>, Failed> {
    Ok(graph::Graph::of(&files::all(root)?, FLOW).circles())
}

/// The arrows between the rooms of the server's HTTP.
pub fn http_arrows(root: &Path) -> Result<Vec<graph::Arrow>, Failed> {
    Ok(graph::Graph::of(&files::all(root)?, HTTP).arrows())
}

fn measure(root: &Path) -> Result<Vec<Measure>, Failed> {
    let files = files::all(root)?;
    let flow = graph::Graph::of(&files, FLOW);
    let mut measures = vec![
        Measure { name: "circles of files in server/src/flow", aim: Aim::AtMost(0), found: flow.circles() },
        Measure { name: "rooms in server/src/flow", aim: Aim::Told, found: flow.rooms() },
        Measure {
            name: "arrows between these rooms",
            aim: Aim::AtMost(ARROWS),
            found: flow.arrows().iter().map(graph::Arrow::to_string).collect(),
        },
    ];
    let facts: Vec<_> = files.iter().map(|file| (file, syntax::facts(file))).collect();
    let each = |name, aim, pick: fn(&syntax::Facts) -> &Vec<String>| Measure {
        name,
        aim,
        found: facts.iter().flat_map(|(_, facts)| pick(facts).iter().cloned()).collect(),
    };
    measures.push(each("parameters that are tuples", Aim::Told, |facts| &facts.tuple_parameters));
    let tuples = facts.iter().filter(|(file, _)| file.path.starts_with(FLOW));
    measures.push(Measure {
        name: "… of these in server/src/flow",
        aim: Aim::AtMost(0),
        found: tuples.flat_map(|(_, facts)| facts.tuple_parameters.iter().cloned()).collect(),
    });
    measures.extend([
        each("types Result<Result<…>>", Aim::AtMost(0), |facts| &facts.nested_results),
        each("expressions and patterns Ok(Err(…))", Aim::AtMost(0), |facts| &facts.ok_errs),
        each("matches from refusals to words in the server", Aim::AtMost(1), |facts| &facts.refusals_to_words),
        each("functions of more than 60 lines of code", Aim::AtMost(0), |facts| &facts.long_functions),
        each("functions of more than 6 arguments", Aim::Told, |facts| &facts.many_arguments),
    ]);
    let long = files.iter().filter(|file| file.lines() > if file.is_test() { TEST_FILE } else { FILE });
    measures.push(Measure {
        name: "files of more than 400 lines (tests: 600)",
        aim: Aim::AtMost(0),
        found: long.map(|file| format!("{}: {} lines", file.path, file.lines())).collect(),
    });
    measures.push(Measure {
        name: "examples in the documentation that run",
        aim: Aim::AtLeast(1),
        found: files.iter().flat_map(files::File::doc_tests).collect(),
    });
    Ok(measures)
}
