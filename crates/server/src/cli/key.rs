//! `countersign key …`.

use crate::{
    app::random,
    boot,
    cli::{
        output::{Failure, line},
        serve::{open, read},
        user::Common,
    },
    flow::oidc::keys::{self, Listed, moment},
    work::Stop,
};
use domain::audit::{Detail, Kind};
use oidc::client::SigningAlg;
use serde_json::json;
use std::{
    fs::OpenOptions,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use store::Error;

/// What to do about keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a new sealing key, readable by its owner only. An existing file is not touched.
    New {
        /// Where to write it.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// List the keys that sign tokens, and what each does.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Make a new signing key. It is published now and signs five minutes later, when everybody knows it. Servers that
    /// run take it up by themselves.
    Rotate {
        /// What it signs with: ES256 or RS256.
        #[arg(long, default_value = "ES256", value_parser = algorithm)]
        alg: SigningAlg,
        /// Let it sign now: after a leak. Programs that have just asked for the keys may refuse tokens for a moment.
        #[arg(long)]
        at_once: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Wrap what seals the database by the first key of the sealing key's file: make a new key, put it before the old one
    /// in the file, run this, restart the servers, and take the old one out.
    RotateSealing {
        #[command(flatten)]
        common: Common,
    },
    /// Take a signing key out of use at once: what it signed is believed no more.
    Retire {
        /// The key's id. A thumbprint may begin with a hyphen.
        #[arg(allow_hyphen_values = true)]
        kid: String,
        #[command(flatten)]
        common: Common,
    },
}

/// The algorithm of a name.
pub(crate) fn algorithm(name: &str) -> Result<SigningAlg, String> {
    SigningAlg::parse(name).ok_or_else(|| "ES256 or RS256".to_owned())
}

#[derive(serde::Serialize)]
struct Shown {
    kid: String,
    alg: String,
    state: &'static str,
    created_at: i64,
    signs_at: i64,
    published_until: Option<i64>,
}

pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::New { out } => new(out),
        Command::List { common } => {
            let listed = keys::list(&open(&common.config)?)?;
            let lines: Vec<_> = listed.iter().map(text).collect();
            common.output.print(&listed.iter().map(shown).collect::<Vec<_>>(), &lines.join("\n"))
        }
        Command::Rotate { alg, at_once, common } => {
            let app = open(&common.config)?;
            let made = keys::rotate(&app, *alg, *at_once)?;
            show(common, &keys::list(&app)?, &made.kid)
        }
        Command::RotateSealing { common } => rotate_sealing(common),
        Command::Retire { kid, common } => {
            let app = open(&common.config)?;
            keys::retire(&app, kid)?;
            show(common, &keys::list(&app)?, kid)
        }
    }
}

fn rotate_sealing(common: &Common) -> Result<(), Failure> {
    let ring = boot::key_ring(&read(&common.config)?)?;
    let (app, current) = (open(&common.config)?, ring.current());
    let wrapped = app.work_blocking(app.operator(), move |work| {
        let wrapped = store::seal::rewrap(work.sql, &ring, &random)?;
        if wrapped > 0 {
            work.record(Kind::SealingKeyRotated, Detail::none().kid(ring.current().to_string()))?;
        }
        Ok::<_, Stop<Error>>(wrapped)
    })?;
    let text = match wrapped {
        0 => format!("nothing to do: key {current}, the first of the file, seals everything already"),
        _ => format!("key {current} seals everything now: the others can be taken out of the file"),
    };
    common.output.print(&json!({ "sealing_key": current.to_string(), "data_keys_wrapped": wrapped }), &text)
}

fn new(out: &Path) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(out);
    let written = file.and_then(|mut file| file.write_all(boot::new_sealing_key().as_bytes()));
    written.map_err(|error| Failure(format!("{}: {error}", out.display())))?;
    line(&format!("{} holds a new sealing key. Keep a copy away from the database.", out.display()))
}

fn show(common: &Common, listed: &[Listed], kid: &str) -> Result<(), Failure> {
    let key = listed.iter().find(|listed| listed.key.kid == kid).ok_or(keys::KeyError::NoSuchKey)?;
    common.output.print(&shown(key), &text(key))
}

fn shown(listed: &Listed) -> Shown {
    Shown {
        kid: listed.key.kid.clone(),
        alg: listed.key.algorithm.clone(),
        state: listed.state.name(),
        created_at: listed.key.created_at.unix_seconds(),
        signs_at: listed.key.signs_at.unix_seconds(),
        published_until: listed.published_until.map(domain::Timestamp::unix_seconds),
    }
}

fn text(listed: &Listed) -> String {
    let until = listed.published_until.map(|until| format!(", published until {}", moment(until)));
    let signs = moment(listed.key.signs_at);
    format!(
        "{}  {}  {:<8}  signs from {signs}{}",
        listed.key.kid,
        listed.key.algorithm,
        listed.state.name(),
        until.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::Command;
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Program {
        #[command(subcommand)]
        command: Command,
    }

    /// One key id in 64 begins with a hyphen; it is an id in any place, and what is no id stays an option.
    #[test]
    fn a_key_id_may_look_like_an_option() {
        let kid = "-B5xYl2vQdM0tS1pXG8nRk3oJq7uWc9eZhF4aTiLyKE";
        for words in [
            &["key", "retire", kid, "--json"][..],
            &["key", "retire", "--json", kid],
            &["key", "retire", "--json", "--", kid],
        ] {
            let Program { command: Command::Retire { kid: read, common } } = Program::try_parse_from(words).unwrap()
            else {
                panic!("{words:?}")
            };
            assert_eq!((read.as_str(), common.output.json), (kid, true), "{words:?}");
        }
        assert!(Program::try_parse_from(["key", "retire", "--json"]).is_err(), "an option is no key id");
    }
}
