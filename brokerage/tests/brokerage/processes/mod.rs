//! The real programs: `countersign demo` with the brokerage beside it.

mod api;
mod beside;
mod browser;
mod cards;
mod institution;
mod processor;
mod rig;
