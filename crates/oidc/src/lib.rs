//! Countersign: oidc.
