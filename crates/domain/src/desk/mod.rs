//! The secure-login desk: who may do what there, what needs two people, and temporary access.

pub mod call;
pub mod case;
pub mod role;
pub mod temporary;

pub use call::{Call, CallRefusal, CallState};
pub use case::{Act, Case, CaseEvent, CaseRefusal, CaseState};
pub use role::{Right, Role, Roles};
