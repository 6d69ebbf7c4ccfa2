//! Makes the folder of the built scripts, which may be empty: a program that was compiled before the scripts were
//! built then finds them all the same.

#![allow(clippy::print_stdout, reason = "cargo reads it")]

fn main() {
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist/pages");
    println!("cargo:rerun-if-changed={scripts}");
    if let Err(error) = std::fs::create_dir_all(scripts) {
        println!("cargo:warning=the folder of the pages' scripts cannot be made: {error}");
    }
}
