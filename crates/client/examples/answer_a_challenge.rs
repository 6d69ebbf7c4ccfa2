//! Logs in with a card from a program, as a desktop client would: password, then the card's response.
//!
//! `cargo run -p countersign-client --example answer_a_challenge -- http://localhost:8080 carol CARD_FILE`, with password
//! and PIN on a line each of standard input. `cargo xtask demo --json` names a user, a card file and both.
#![allow(clippy::print_stdout, reason = "an example that says what it does")]

use countersign_client::{
    card::Card,
    first_party::{Attempt as _, Credentials, Progress, Server, ServerUrl, Session},
};
use std::path::Path;
use wire::Next;
use zeroize::Zeroizing;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, username, card] = arguments.as_slice() else {
        return Err(
            "usage: answer_a_challenge SERVER USERNAME CARD_FILE, with password and PIN on standard input".into()
        );
    };
    let mut lines = std::io::stdin().lines();
    let mut line = || Ok::<_, std::io::Error>(Zeroizing::new(lines.next().transpose()?.unwrap_or_default()));
    let (password, pin) = (line()?, line()?);

    let url: ServerUrl = url.parse()?;
    let credentials = Credentials {
        username: username.clone(),
        password,
        client_id: "tws".to_owned(),
        client_version: Some("966".to_owned()),
        client_mark: None,
        scope: "openid".to_owned(),
    };
    let (session, mut progress) = Session::begin(Server::discover(&url, None).await?, &credentials).await?;
    let card = Card::open(Path::new(card))?;
    loop {
        let step = match progress {
            Progress::Step(step) => step,
            Progress::Done(granted) => {
                let tokens = session.redeem(&granted.authorization_code).await?;
                println!("logged in; scope {}", tokens.scope.unwrap_or_default());
                return Ok(());
            }
        };
        if let Some(failure) = step.failure {
            return Err(format!("refused: {:?}", failure.reason).into());
        }
        progress = match step.next {
            Next::Respond { challenge, .. } => session.respond(card.respond(&challenge, Some(&pin))?.as_str()).await?,
            Next::CodeCard { indices, .. } => session.respond(&card.values(indices)?).await?,
            Next::ChooseDevice { devices, .. } => {
                let able =
                    devices.iter().find(|device| device.methods.iter().any(|method| method == "challenge_response"));
                session.choose(&able.ok_or("no card that answers challenges")?.id, None).await?
            }
            other => return Err(format!("this program cannot do that: {other:?}").into()),
        };
    }
}
