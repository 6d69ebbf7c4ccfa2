//! `countersign config …`.

use super::output::{Failure, line};
use crate::config;

/// What to do about the configuration file.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print a commented sample with every setting and its default.
    Sample,
}

pub(crate) fn config(command: &ConfigCommand) -> Result<(), Failure> {
    match command {
        ConfigCommand::Sample => line(config::sample().trim_end()),
    }
}
