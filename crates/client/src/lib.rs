//! Countersign: client.
