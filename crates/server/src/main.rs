//! `countersign`: the institution's side.

fn main() -> std::process::ExitCode {
    countersign::cli::main()
}
