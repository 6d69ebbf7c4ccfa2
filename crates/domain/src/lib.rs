//! Countersign: domain.
