//! The secure-login desk: who may do what there, what needs two people, and temporary access.

pub mod alarm;
pub mod call;
pub mod case;
pub mod role;
pub mod temporary;
pub mod undelivered;

pub use alarm::{Alarm, AlarmRefusal, Taken};
pub use call::{Call, CallRefusal, CallState};
pub use case::{Act, Case, CaseEvent, CaseRefusal, CaseState};
pub use role::{Right, Role, Roles};
pub use undelivered::{SendRefusal, Undelivered};
