//! Checks the receipt of a confirmed operation, as whoever moves the money must: signed by the issuer, for this client, of
//! a confirmation that was not acted on before.
//!
//! `cargo run -p countersign-client --example verify_receipt -- https://login.example payments < receipt.jwt`
#![allow(clippy::print_stdout, reason = "an example that says what it found")]

use countersign_client::first_party::{Server, ServerUrl};
use oidc::{jwk::PublicKey, jws::Unverified};
use std::{collections::BTreeSet, io::Read as _};
use wire::receipt::{Link, Receipt, TYP};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(client_id)) = (arguments.next(), arguments.next()) else {
        return Err("usage: verify_receipt ISSUER CLIENT_ID < RECEIPT".into());
    };
    let mut jws = String::new();
    std::io::stdin().read_to_string(&mut jws)?;

    let url: ServerUrl = url.parse()?;
    let server = Server::discover(&url, None).await?;
    let receipt = verified(jws.trim(), &server.keys().await?)?;
    if receipt.iss != server.metadata().issuer || receipt.aud != client_id {
        return Err("the receipt is another issuer's, or another client's".into());
    }
    // Kept where the money is, in the same transaction that moves it.
    let mut acted_on = BTreeSet::new();
    if !acted_on.insert(receipt.jti.clone()) {
        return Err("this confirmation was acted on before".into());
    }
    let link = match receipt.link {
        Link::SeenAndSigned => "saw every detail on the device, which signed them",
        Link::ServerBound => "answered a challenge of this operation alone, without seeing it on the device",
        Link::PresenceOnly => "showed that the device was there, nothing more",
    };
    println!("{} {link}, at {} (Unix seconds):", receipt.sub, receipt.iat);
    for detail in &receipt.authorization_details {
        println!("{}", serde_json::to_string_pretty(detail)?);
    }
    Ok(())
}

/// The receipt, when one of the issuer's keys signed it as one: the header's `kid` says which.
fn verified(jws: &str, keys: &[serde_json::Value]) -> Result<Receipt, Box<dyn std::error::Error>> {
    let kid = Unverified::parse(jws)?.header().kid.clone().ok_or("the receipt names no key")?;
    let jwk = keys.iter().find(|jwk| jwk.get("kid").and_then(|held| held.as_str()) == Some(&kid));
    // Keys of the past stay at /oauth2/receipt-keys.
    let key = PublicKey::of(jwk.ok_or("the issuer publishes no such key today")?)?;
    Ok(serde_json::from_slice(&Unverified::parse(jws)?.verify(&key, TYP)?)?)
}
