//! Whether the server can serve.

use crate::app::App;
use std::sync::Arc;

/// Whether the database answers and has the tables this program needs.
pub async fn ready(app: &Arc<App>) -> bool {
    let store = app.store.clone();
    // Asking for the tables blocks its thread.
    let pending = tokio::task::spawn_blocking(move || store.pending(store::MIGRATIONS)).await;
    matches!(pending, Ok(Ok(pending)) if pending.is_empty())
}
