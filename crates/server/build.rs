//! Makes the folders of the built scripts and of the built phone apps, which may be empty: a program that was compiled
//! before they were built then finds them all the same.

#![allow(clippy::print_stdout, reason = "cargo reads it")]

fn main() {
    for folder in ["pages", "phone", "standalone"] {
        let scripts = format!("{}/../../web/dist/{folder}", env!("CARGO_MANIFEST_DIR"));
        println!("cargo:rerun-if-changed={scripts}");
        if let Err(error) = std::fs::create_dir_all(&scripts) {
            println!("cargo:warning=the folder {scripts} cannot be made: {error}");
        }
    }
}
