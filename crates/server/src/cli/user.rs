//! `countersign user …`.

use crate::{
    app::App,
    cli::{
        ConfigFile,
        output::{Failure, Output, new_secret},
        serve::open,
        shown::User as Shown,
    },
    flow::{
        leaving, roster,
        user::{self, NewUser},
    },
};
use i18n::Lang;
use std::{
    fs::OpenOptions,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};
use store::user::User;

/// What to do with users.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Add a user. The password is asked for, or read from a file.
    Add {
        /// The username: a–z, 0–9 and . _ - @
        username: String,
        /// A file whose first line is the first password.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        /// Invite the user by mail to choose the first password.
        #[arg(long, requires = "mail", conflicts_with = "password_file")]
        invite: bool,
        /// A mail address for messages.
        #[arg(long, value_name = "ADDRESS")]
        mail: Option<String>,
        /// A phone number for messages.
        #[arg(long, value_name = "NUMBER")]
        phone: Option<String>,
        /// The language of messages: en or ru.
        #[arg(long, default_value = "en", value_parser = language)]
        locale: Lang,
        #[command(flatten)]
        common: Common,
    },
    /// List users by name.
    List {
        /// List those whose names follow this one.
        #[arg(long, default_value = "")]
        after: String,
        /// How many at most.
        #[arg(long, default_value_t = 100)]
        limit: u32,
        #[command(flatten)]
        common: Common,
    },
    /// Show a user.
    Show {
        /// The username.
        username: String,
        #[command(flatten)]
        common: Common,
    },
    /// Lift a user's lock after an identity check.
    Unlock {
        /// The username.
        username: String,
        #[command(flatten)]
        common: Common,
    },
    /// Give a user another password, after an identity check: it is asked for, or read from a file. Lifts every lock, also
    /// that of "it wasn't me", and ends whatever the old one gave.
    SetPassword {
        /// The username.
        username: String,
        /// A file whose first line is the password.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        #[command(flatten)]
        common: Common,
    },
    /// End every browser session of a user.
    EndSessions {
        /// The username.
        username: String,
        #[command(flatten)]
        common: Common,
    },
    /// Set what the user tells a client whose requests (CIBA) must carry it. It is asked for, or read from a file.
    UserCode {
        /// The username.
        username: String,
        /// A file whose first line is the code.
        #[arg(long, value_name = "FILE", conflicts_with = "clear")]
        code_file: Option<PathBuf>,
        /// Take it away: such clients can then ask nothing of this user.
        #[arg(long)]
        clear: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Write down everything that is kept of a user, as one JSON file that a person can read. Secrets are not in it.
    Export {
        /// The username.
        username: String,
        #[command(flatten)]
        common: Common,
    },
    /// Erase a user: what is personal goes for good, amounts and what happened stay without it. The name is not given again.
    Erase {
        /// The username.
        username: String,
        #[command(flatten)]
        common: Common,
    },
    /// Fill an empty database with users for a load test. Whoever has the roster can log in as any of them.
    Crowd {
        /// How many.
        #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        count: u32,
        /// The file to write for `countersign-client bench`: everybody's password, PIN, card and phone.
        #[arg(long, value_name = "FILE")]
        roster: PathBuf,
        #[command(flatten)]
        common: Common,
    },
    /// Set the device that programs without a chooser get.
    DefaultDevice {
        /// The username.
        username: String,
        /// The device's id.
        device: String,
        #[command(flatten)]
        common: Common,
    },
}

/// What every command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    #[command(flatten)]
    pub(crate) output: Output,
}

pub(super) fn language(tag: &str) -> Result<Lang, String> {
    Lang::parse(tag).ok_or_else(|| "en or ru".to_owned())
}

pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Add { username, password_file, invite, mail, phone, locale, common } => {
            let app = open(&common.config)?;
            let new = NewUser {
                username: username.clone(),
                password: (!invite).then(|| new_secret(password_file.as_deref(), "password")).transpose()?,
                locale: *locale,
                mail: mail.clone(),
                phone: phone.clone(),
            };
            let user = user::add_user(&app, &new)?;
            print(&app, common.output, &user, "added")
        }
        Command::List { after, limit, common } => {
            let app = open(&common.config)?;
            let (after, limit) = (after.clone(), *limit);
            let users = app.store.read_blocking(move |sql| store::user::page(sql, &after, limit))?;
            let shown = users.iter().map(|user| Shown::of(&app, user)).collect::<Result<Vec<_>, _>>()?;
            let lines: Vec<_> = shown.iter().map(Shown::line).collect();
            let text = if lines.is_empty() { "no users".to_owned() } else { lines.join("\n") };
            common.output.print(&shown, &text)
        }
        Command::Show { username, common } => {
            let app = open(&common.config)?;
            let name = domain::user::Username::parse(username)?;
            let user = app.store.read_blocking(move |sql| store::user::by_name(sql, &name))?;
            let shown = Shown::of(&app, &user.ok_or(user::EnrolError::NoUser)?)?;
            common.output.print(&shown, &shown.text())
        }
        Command::Unlock { username, common } => {
            let app = open(&common.config)?;
            let user = user::unlock_user(&app, username)?;
            print(&app, common.output, &user, "unlocked")
        }
        Command::SetPassword { username, password_file, common } => {
            let app = open(&common.config)?;
            let user = user::set_password(&app, username, &new_secret(password_file.as_deref(), "password")?)?;
            print(&app, common.output, &user, "has another password")
        }
        Command::EndSessions { username, common } => {
            let app = open(&common.config)?;
            let user = user::end_sessions(&app, username)?;
            print(&app, common.output, &user, "every session ended")
        }
        Command::UserCode { username, code_file, clear, common } => {
            let app = open(&common.config)?;
            let code = (!clear).then(|| new_secret(code_file.as_deref(), "user code")).transpose()?;
            let user = user::set_user_code(&app, username, code.as_ref())?;
            print(&app, common.output, &user, if *clear { "user code taken away" } else { "user code set" })
        }
        Command::Export { username, common } => export(username, common),
        Command::Erase { username, common } => erase(username, common),
        Command::Crowd { count, roster, common } => self::crowd(*count, roster, common),
        Command::DefaultDevice { username, device, common } => {
            let app = open(&common.config)?;
            let user = crate::flow::device::issue::set_default_device(&app, username, device)?;
            print(&app, common.output, &user, "changed")
        }
    }
}

fn export(username: &str, common: &Common) -> Result<(), Failure> {
    let kept = leaving::export::by_operator(&open(&common.config)?, username)?;
    common.output.print(&kept, &serde_json::to_string_pretty(&kept)?)
}

fn erase(username: &str, common: &Common) -> Result<(), Failure> {
    let user = leaving::erase::by_operator(&open(&common.config)?, username)?;
    let text = format!("{}  erased", user.id);
    common.output.print(&serde_json::json!({ "id": user.id.to_string(), "erased": true }), &text)
}

fn crowd(count: u32, path: &Path, common: &Common) -> Result<(), Failure> {
    // The file comes first: users whose secrets could not be written would be of no use.
    let failed = |error: std::io::Error| Failure(format!("{}: {error}", path.display()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    let roster = roster::seed(&open(&common.config)?, count)?;
    file.write_all(serde_json::to_string(&roster)?.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    let text = format!("{} users in {}", roster.users.len(), path.display());
    common.output.print(&serde_json::json!({ "users": roster.users.len() }), &text)
}

fn print(app: &Arc<App>, output: Output, user: &User, done: &str) -> Result<(), Failure> {
    let shown = Shown::of(app, user)?;
    output.print(&shown, format!("{}  {done}", shown.line()).trim_end())
}
