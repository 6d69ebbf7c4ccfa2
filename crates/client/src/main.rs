//! `countersign-client`: cards, native login and test tools.
fn main() {}
