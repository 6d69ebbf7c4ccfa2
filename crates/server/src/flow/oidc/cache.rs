//! What every node holds of the database's clients and signing keys, and how it learns that they changed.

use super::{keys, topic::TOPIC};
use crate::{app::App, clients};
use oidc::client::SigningAlg;
use std::{sync::Arc, time::Duration};
use store::Error;

/// How often a copy is compared anyway: a command's signal may not reach another process.
const POLL: Duration = Duration::from_secs(1);

/// Keeps this node's copy fresh, for as long as the server runs.
pub async fn follow(app: Arc<App>) {
    let mut news = app.store.watch(TOPIC);
    loop {
        if let Err(error) = refresh(&app).await {
            tracing::warn!(%error, "clients and signing keys could not be read again");
        }
        tokio::select! {
            () = news.changed() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Reads clients and keys again. The first key of a kind that a client wants is made here, outside of every unit of
/// work: an RSA key takes a while.
pub async fn refresh(app: &Arc<App>) -> Result<(), Error> {
    let reader = Arc::clone(app);
    let (stored, keys) = app
        .store
        .read(move |sql| Ok::<_, Error>((store::client::all(sql)?, store::secret::signing_keys(sql, &reader.sealer)?)))
        .await?;
    app.clients.replace(clients::read(&stored));
    if let Err(error) = app.signer.replace(&keys) {
        tracing::error!(%error, "a stored signing key cannot be used");
    }
    for alg in SigningAlg::ALL {
        if app.clients.want(alg) && !app.signer.can_sign(alg, app.now()) {
            let maker = Arc::clone(app);
            let made =
                tokio::task::spawn_blocking(move || keys::ensure(&maker.store, &maker.sealer, alg, maker.now())).await;
            if !matches!(made, Ok(Ok(()))) {
                tracing::error!(alg = alg.name(), "a signing key could not be made");
            }
        }
    }
    Ok(())
}
