//! What the server takes of the machine's memory.

use super::place::demo;
use serde_json::Value;

/// RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Each hash takes 19 MiB while it is computed. Memory that came anew for each hash stayed behind, hundreds of MiB of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_wrong_passwords_leaves_no_memory_behind() {
    let dir = tempfile::tempdir().unwrap();
    let (server, ready) = demo(&dir.path().join("demo"));
    let http = reqwest::Client::new();
    let address = format!("{}/oauth2/authorize-challenge", ready.url);
    for _ in 0..3 {
        let tries = (0..60).map(|n| {
            let name = format!("nobody-{n}");
            let form =
                [("client_id", "tws"), ("username", &name), ("password", "wrong"), ("code_challenge", CHALLENGE)];
            let asked = http.post(&address).form(&form).send();
            tokio::spawn(async move { asked.await.unwrap().json::<Value>().await.unwrap() })
        });
        for tried in tries.collect::<Vec<_>>() {
            assert_eq!(tried.await.unwrap()["failure"]["reason"], "invalid_credentials");
        }
    }
    // Of the 100 MiB that it may take, the pages of the unoptimised program, which grows with every feature, are half.
    let own = server.own_mib();
    assert!(own < 64, "{own} MiB are left");
}
