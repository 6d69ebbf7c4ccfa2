//! The sample brokerage beside the demo: a process of its own, which knows the server only as every client does.

use super::place::{Place, write_private};
use crate::app::random;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::scope;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{env, fs, io, path::PathBuf, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, ChildStdin, Command},
    time::timeout,
};

/// Its program, beside ours.
const PROGRAM: &str = "countersign-brokerage";
/// How long it may take to be ready: on a busy machine it is slow, and only one that hangs is given up.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How long it may take to stop.
const STOPS_WITHIN: Duration = Duration::from_secs(4);

/// The secrets of its clients. They stay with the demo's data.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Secrets {
    client_portal: String,
    web_trader: String,
    payments: String,
    /// Of its card processor's API; absent in data of an earlier version.
    #[serde(default)]
    card_processor: String,
}

impl Secrets {
    /// Those of an earlier run, or fresh ones.
    pub(super) fn kept(place: &Place) -> io::Result<Self> {
        let path = place.brokerage_secrets();
        let fresh = || URL_SAFE_NO_PAD.encode(random::<32>());
        let mut secrets = match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text)?,
            Err(_) => {
                Self { client_portal: fresh(), web_trader: fresh(), payments: fresh(), card_processor: String::new() }
            }
        };
        if secrets.card_processor.is_empty() {
            secrets.card_processor = fresh();
            write_private(&path, &serde_json::to_string_pretty(&secrets)?)?;
        }
        write_private(&place.card_processor_secret(), &secrets.card_processor)?;
        Ok(secrets)
    }

    /// The secret of a client, if it has one.
    pub(super) fn of(&self, client: &str) -> Option<&str> {
        match client {
            "client-portal" => Some(&self.client_portal),
            "web-trader" => Some(&self.web_trader),
            "payments" => Some(&self.payments),
            _ => None,
        }
    }

    /// The clients' part of the configuration. Without a brokerage they have nowhere to come back to.
    pub(super) fn clients(&self, brokerage: Option<&str>) -> String {
        let registered = |secret: &str| {
            let digest: String = Sha256::digest(secret.as_bytes()).iter().map(|octet| format!("{octet:02x}")).collect();
            format!("[clients.oauth]\nauth = \"client_secret_basic\"\nsecret_sha256 = \"{digest}\"\n")
        };
        let web = |part: &str| {
            let uris = |url: &str| {
                format!(
                    "redirect_uris = [\"{url}/{part}/callback\"]\npost_logout_redirect_uris = [\"{url}/{part}/bye\"]\n\
                     backchannel_logout_uri = \"{url}/{part}/backchannel-logout\"\n"
                )
            };
            brokerage.map(uris).unwrap_or_default()
        };
        // The brokerage's back office: it asks for confirmations, and the whole of the institution's API is its.
        let scopes = scope::LOGIN_SCOPES.iter().chain(scope::API_SCOPES).map(|scope| format!("\"{scope}\""));
        let scopes: Vec<_> = scopes.collect();
        format!(
            "[[clients]]\nid = \"client-portal\"\nname = \"Client Portal\"\n{}{}\
             authorization_details_types = [\"withdrawal\"]\n\
             [[clients]]\nid = \"web-trader\"\nname = \"Web Trader\"\n{}{}introspection = true\n\
             [[clients]]\nid = \"payments\"\nname = \"Payments\"\n{}ciba = \"poll\"\n\
             authorization_details_types = [\"card_payment\", \"withdrawal\"]\nscopes = [{}]\n",
            registered(&self.client_portal),
            web("portal"),
            registered(&self.web_trader),
            web("trader"),
            registered(&self.payments),
            scopes.join(", "),
        )
    }
}

/// The running brokerage. It stops with this process, whatever becomes of it: its standard input ends then.
pub(super) struct Brokerage {
    child: Child,
    stdin: Option<ChildStdin>,
    /// Its address.
    pub(super) url: String,
}

#[derive(Deserialize)]
struct Ready {
    url: String,
}

impl Brokerage {
    /// Starts it where its program is beside ours, and waits until it is ready. None, having said why, where it is not.
    pub(super) async fn start(place: &Place, port: u16, secrets: &Secrets, clock: bool) -> Option<Self> {
        let Some(program) = program() else {
            tracing::warn!("{PROGRAM} is not beside this program: the demo goes on without the sample brokerage");
            return None;
        };
        match Self::started(&program, place, (port, secrets), clock).await {
            Ok(brokerage) => Some(brokerage),
            Err(error) => {
                tracing::warn!(%error, "the demo goes on without the sample brokerage");
                None
            }
        }
    }

    async fn started(
        program: &PathBuf,
        place: &Place,
        (port, secrets): (u16, &Secrets),
        clock: bool,
    ) -> io::Result<Self> {
        let mut command = Command::new(program);
        command
            // The port after the server's, so that it is the same at the next start.
            .args(["serve", "--json", "--until-stdin-ends", "--or-any-port", "--listen"])
            .arg(format!("127.0.0.1:{}", port.saturating_add(1)))
            .args(["--issuer", &format!("http://localhost:{port}"), "--data"])
            .arg(place.brokerage())
            .env("BROKERAGE_CLIENT_PORTAL_SECRET", &secrets.client_portal)
            .env("BROKERAGE_WEB_TRADER_SECRET", &secrets.web_trader)
            .env("BROKERAGE_PAYMENTS_SECRET", &secrets.payments)
            .env("BROKERAGE_PROCESSOR_SECRET", &secrets.card_processor)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        if clock {
            command.arg("--clock").arg(place.clock());
        }
        let mut child = command.spawn()?;
        let stdin = child.stdin.take();
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            timeout(READY_WITHIN, BufReader::new(stdout).read_line(&mut line)).await??;
        }
        let ready: Ready =
            serde_json::from_str(&line).map_err(|_| io::Error::other("the sample brokerage did not become ready"))?;
        Ok(Self { child, stdin, url: ready.url })
    }

    /// Stops it, and waits until it has.
    pub(super) async fn stop(mut self) {
        drop(self.stdin.take());
        if timeout(STOPS_WITHIN, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }
}

fn program() -> Option<PathBuf> {
    let beside = env::current_exe().ok()?.parent()?.join(PROGRAM);
    beside.is_file().then_some(beside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::File;

    #[test]
    fn the_clients_are_registered_with_and_without_a_brokerage() {
        let secret = |name: &str| name.to_owned();
        let secrets = Secrets {
            client_portal: secret("p"),
            web_trader: secret("t"),
            payments: secret("c"),
            card_processor: String::new(),
        };
        for url in [Some("http://localhost:8081"), None] {
            let text = format!("[http]\npublic_url = \"http://localhost:8080\"\n{}", secrets.clients(url));
            let file = File::parse(&text).unwrap();
            let clients = crate::clients::Clients::of(&file.clients);
            let portal = clients.find("client-portal").unwrap();
            let back: Vec<_> = url.map(|url| format!("{url}/portal/callback")).into_iter().collect();
            assert_eq!(portal.oauth.redirect_uris, back);
            assert!(clients.find("web-trader").unwrap().oauth.introspection);
            assert_eq!(clients.find("payments").unwrap().oauth.ciba, Some(oidc::client::CibaMode::Poll));
        }
    }
}
