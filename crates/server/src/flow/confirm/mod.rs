//! One user confirms one operation with one device: attempts, their steps, and what they give.

mod act;
pub(in crate::flow) mod assertion;
pub mod attempt;
pub mod candidates;
pub mod effects;
pub mod give;
pub mod next;
pub mod offer;
mod prepared;
pub mod round;
pub mod turn;
pub mod way_back;
