//! `countersign config …` and `countersign key …`.

use super::output::{Failure, line};
use crate::{boot, config};
use std::{fs::OpenOptions, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::PathBuf};

/// What to do about the configuration file.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print a commented sample with every setting and its default.
    Sample,
}

/// What to do about the sealing key.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a new sealing key, readable by its owner only. An existing file is not touched.
    New {
        /// Where to write it.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

pub(crate) fn config(command: &ConfigCommand) -> Result<(), Failure> {
    match command {
        ConfigCommand::Sample => line(config::sample().trim_end()),
    }
}

pub(crate) fn key(command: &KeyCommand) -> Result<(), Failure> {
    let KeyCommand::New { out } = command;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(out);
    let written = file.and_then(|mut file| file.write_all(boot::new_sealing_key().as_bytes()));
    written.map_err(|error| Failure(format!("{}: {error}", out.display())))?;
    line(&format!("{} holds a new sealing key. Keep a copy away from the database.", out.display()))
}
