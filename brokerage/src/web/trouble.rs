//! What a handler cannot do anything about.

use super::{home, visit::Visit};
use crate::{provider::ProviderError, store::StoreError};
use axum::{http::StatusCode, response::Response};

/// Trouble of ours, or of the login server.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The login server.
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Trouble {
    /// Logs it and says so on a page.
    pub fn show(&self, visit: &Visit) -> Response {
        tracing::error!(error = %self, "a request failed");
        match self {
            Self::Store(_) => home::message(visit, StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            Self::Provider(_) => home::message(visit, StatusCode::BAD_GATEWAY, "provider"),
        }
    }
}
