//! `countersign card …`: code cards on paper.

use super::{new_file::NewFile, output::Failure, serve::open, user::Common};
use crate::{
    app::App,
    flow::{
        desk::reprint,
        device::printed::{self, Batch, Card},
    },
    pages::{DeskLine, letter::CardLetter},
};
use i18n::Lang;
use paper::{CardSheet, Size};
use serde_json::json;
use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};
use zeroize::Zeroizing;

/// What to do with code cards.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Print a card and its letter to a PDF file: once. The file is the card.
    Print {
        /// The card's serial number.
        #[arg(long)]
        serial: String,
        /// The file to write, readable by its owner only. It must not exist.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        look: Look,
        #[command(flatten)]
        common: Common,
    },
    /// Print another card in place of a user's, once two agents of the desk agreed to it. The old card ends when its user
    /// activates the new one.
    Reprint {
        /// The case of the desk.
        #[arg(long)]
        case: String,
        /// The file to write, readable by its owner only. It must not exist.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The new card's serial number; else it gets ten digits of its own.
        #[arg(long)]
        serial: Option<String>,
        #[command(flatten)]
        look: Look,
        #[command(flatten)]
        common: Common,
    },
    /// Make cards ahead of their users: they lie in the depot (`countersign token`), each printed to a PDF file.
    Batch {
        /// How many.
        #[arg(long)]
        count: u32,
        /// A folder for the files, which are called by the serial numbers; made where it is missing.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        /// The class; else the first one of code cards.
        #[arg(long)]
        class: Option<String>,
        /// The first serial number, in digits, which the others follow; else each gets ten digits of its own.
        #[arg(long, value_name = "SERIAL")]
        first: Option<String>,
        #[command(flatten)]
        look: Look,
        #[command(flatten)]
        common: Common,
    },
}

/// How it is printed.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Look {
    /// The size of the paper.
    #[arg(long, value_enum, default_value_t = Paper::A4)]
    paper: Paper,
    /// The language of card and letter: en or ru.
    #[arg(long, default_value = "en", value_parser = super::user::language)]
    language: Lang,
}

/// A size of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Paper {
    /// 210 × 297 mm.
    A4,
    /// 8.5 × 11 inches.
    Letter,
}

pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Print { serial, out, look, common } => {
            let app = open(&common.config)?;
            print(&app, serial, out, *look)?;
            let text = format!("{} is the card {serial}: print it, and remove the file.", out.display());
            common.output.print(&json!({ "serial": serial, "file": out.display().to_string() }), &text)
        }
        Command::Reprint { case, out, serial, look, common } => {
            let app = open(&common.config)?;
            let made = reprint::make(&app, case, serial.as_deref())?;
            let card = made.card();
            let file = NewFile::write(out, &sheet(&app, &card, *look)?)?;
            reprint::keep(&app, &made)?;
            file.appear()?;
            let serial = &card.serial;
            let text = format!("{} is the card {serial}: print it, mail it, and remove the file.", out.display());
            common.output.print(&json!({ "serial": serial, "file": out.display().to_string() }), &text)
        }
        Command::Batch { count, out, class, first, look, common } => {
            let app = open(&common.config)?;
            // A folder that cannot be had is found out before there are cards without paper.
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(out)
                .map_err(|error| Failure(format!("{}: {error}", out.display())))?;
            let batch = Batch { count: *count, class: class.clone(), first: first.clone() };
            let serials = printed::make(&app, &batch)?;
            for serial in &serials {
                print(&app, serial, &out.join(format!("{serial}.pdf")), *look)?;
            }
            let text = format!("In the depot, and as PDF in {} ({count}):\n{}", out.display(), serials.join("\n"));
            common.output.print(&json!({ "serials": serials, "folder": out.display().to_string() }), &text)
        }
    }
}

/// Prints a card. It counts as printed before the file has a name: one that could be printed twice would be two cards.
fn print(app: &Arc<App>, serial: &str, out: &Path, look: Look) -> Result<(), Failure> {
    let card = printed::card(app, serial)?;
    let file = NewFile::write(out, &sheet(app, &card, look)?)?;
    printed::printed(app, serial)?;
    file.appear()
}

fn sheet(app: &App, card: &Card, look: Look) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let settings = &app.settings;
    let desk = settings.desk.iter();
    let letter = CardLetter {
        class: card.class.clone(),
        label: card.label.clone(),
        serial: card.serial.clone(),
        places: card.values.len(),
        address: settings.issuer.clone(),
        reuse: settings.policy.reuse_card_values,
        desk: desk.map(|desk| DeskLine { country: desk.country.clone(), phone: desk.phone.clone() }).collect(),
    };
    let values: Vec<_> = card.values.iter().map(|value| Zeroizing::new(value.expose().clone())).collect();
    let sheet = CardSheet {
        size: match look.paper {
            Paper::A4 => Size::A4,
            Paper::Letter => Size::Letter,
        },
        language: look.language.tag(),
        institution: &settings.product,
        title: &letter.title(look.language),
        serial: &letter.serial(look.language),
        letter: &letter.parts(look.language),
        values: &values,
    };
    Ok(paper::card(&sheet)?)
}
