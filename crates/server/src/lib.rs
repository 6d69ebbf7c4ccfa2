//! Countersign: server.
