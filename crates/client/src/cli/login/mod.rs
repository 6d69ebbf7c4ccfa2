//! `login`: a native desktop client's login, full screen for people and by flags for scripts.

mod answers;
mod script;
pub(super) mod withdraw;

use super::Entry;
use super::output::{self, Failure};
use crate::first_party::{Error, Program, Server, ServerUrl};
use crate::market::Market;
use crate::marks::Marks;
use crate::terminal::{desk, model::Model, run};
use answers::Source;
use i18n::Lang;
use std::path::PathBuf;
use zeroize::Zeroizing;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The OAuth client id of the program that logs in, such as `tws`.
    #[arg(long, default_value = "tws")]
    client: String,
    /// The program's version: older ones get no chooser.
    #[arg(long)]
    client_version: Option<String>,
    /// The server's address, as it calls itself: `https://…`, or `http://localhost:…`.
    #[arg(long, value_name = "URL")]
    server: ServerUrl,
    /// After the login open the market of the brokerage at this address.
    #[arg(long, value_name = "URL")]
    brokerage: Option<ServerUrl>,
    /// Trust the certificate authorities in this PEM file too.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// What to ask for.
    #[arg(long, default_value = "openid profile")]
    scope: String,
    /// The language: en or ru; that of the environment without it.
    #[arg(long, value_parser = |tag: &str| Lang::parse(tag).ok_or("en or ru"))]
    lang: Option<Lang>,
    /// The username.
    #[arg(long)]
    username: Option<String>,
    /// Read the password from this file; in a script it may also be in COUNTERSIGN_PASSWORD.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Confirm with this device, by its label or id.
    #[arg(long, value_name = "LABEL_OR_ID")]
    device: Option<String>,
    /// Confirm by this method of the device, such as `challenge_response`.
    #[arg(long)]
    method: Option<String>,
    /// A response to send; given again, each is for when the one before was wrong.
    #[arg(long, conflicts_with_all = ["response_command", "card_state"])]
    response: Vec<String>,
    /// A shell command that prints the response; the challenge (or the two places of a code card) is added to it.
    #[arg(long, value_name = "COMMAND", conflicts_with = "card_state")]
    response_command: Option<String>,
    /// Answer with the software card in this file.
    #[arg(long, value_name = "FILE")]
    card_state: Option<PathBuf>,
    /// Read the card's PIN from this file.
    #[arg(long, value_name = "FILE", requires = "card_state")]
    pin_file: Option<PathBuf>,
    /// Wait for the phone to confirm.
    #[arg(long)]
    wait: bool,
    /// Where client marks are kept.
    #[arg(long, value_name = "FILE", conflicts_with = "no_mark")]
    mark_file: Option<PathBuf>,
    /// Neither send nor keep a client mark.
    #[arg(long)]
    no_mark: bool,
    /// Print one JSON object, for scripts.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Whether a flag says that no person sits there.
    fn scripted(&self) -> bool {
        self.json
            || self.wait
            || self.password_file.is_some()
            || self.device.is_some()
            || self.method.is_some()
            || !self.response.is_empty()
            || self.response_command.is_some()
            || self.card_state.is_some()
    }
}

pub(super) fn run(arguments: &Arguments, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let lang = arguments.lang.unwrap_or_else(|| language(entry.variable));
    let ca = authorities(arguments)?;
    let runtime = runtime()?;
    // A held request must not hold up the end of the program.
    let done = if entry.on_terminal && !arguments.scripted() {
        full_screen(arguments, lang, ca.as_deref(), (&runtime, entry))
    } else {
        scripted(arguments, lang, ca.as_deref(), (&runtime, entry))
    };
    runtime.shutdown_background();
    done
}

fn authorities(arguments: &Arguments) -> Result<Option<Vec<u8>>, Failure> {
    let read =
        |path: &PathBuf| std::fs::read(path).map_err(|error| Failure::Failed(format!("{}: {error}", path.display())));
    arguments.ca_file.as_ref().map(read).transpose()
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

fn full_screen(
    arguments: &Arguments,
    lang: Lang,
    ca: Option<&[u8]>,
    (runtime, entry): (&tokio::runtime::Runtime, &mut Entry<'_>),
) -> Result<(), Failure> {
    let program = runtime.block_on(program(arguments, ca, entry))?;
    let name = match &arguments.client_version {
        Some(version) => format!("{} {version}", arguments.client),
        None => arguments.client.clone(),
    };
    let model = Model::new(lang, &name, arguments.server.as_str(), arguments.username.as_deref());
    let goes_on = arguments.brokerage.is_some();
    let outcome = runtime.block_on(run::run(model, program, entry.elapsed, goes_on))?;
    script::mark_problem(entry, outcome.mark_problem.as_deref());
    let Some(who) = outcome.signed_in else {
        return Err(Failure::Failed(lang.t("terminal-not-signed-in")));
    };
    if let (Some(url), Some(token)) = (&arguments.brokerage, outcome.access_token) {
        let market = Market::at(url, token)?;
        let desk = desk::model::Desk::new(lang, &who.username, url.as_str());
        runtime.block_on(desk::run::run(desk, market, entry.elapsed))?;
    }
    output::line(entry, &lang.t_with("terminal-signed-in-as", &[("name", who.username.into())]))
}

fn scripted(
    arguments: &Arguments,
    lang: Lang,
    ca: Option<&[u8]>,
    (runtime, entry): (&tokio::runtime::Runtime, &mut Entry<'_>),
) -> Result<(), Failure> {
    // All that may ask or be wrong comes first: an attempt's time does not run meanwhile.
    let username = arguments.username.clone().ok_or_else(|| Failure::usage("give --username"))?;
    let password = password(arguments, entry)?;
    let source = Source::of(arguments, entry)?;
    let attempt = async {
        let program = match program(arguments, ca, entry).await {
            Ok(program) => program,
            Err(error) => return Err(script::Told::of_login(arguments, lang).ended(entry, error.into())),
        };
        script(arguments, lang, program, (source, entry)).run(&username, password).await
    };
    runtime.block_on(attempt)
}

fn script<'a, 'e>(
    arguments: &'a Arguments,
    lang: Lang,
    program: Program,
    (source, entry): (Source, &'a mut Entry<'e>),
) -> script::Script<'a, 'e> {
    let (device, method) = (arguments.device.as_deref(), arguments.method.as_deref());
    script::Script { arguments, lang, program, device, method, source, entry, settled: false }
}

async fn program(arguments: &Arguments, ca: Option<&[u8]>, entry: &Entry<'_>) -> Result<Program, Error> {
    let marks = if arguments.no_mark { None } else { mark_file(arguments, entry) };
    Ok(Program {
        server: Server::discover(&arguments.server, ca).await?,
        client_id: arguments.client.clone(),
        client_version: arguments.client_version.clone(),
        scope: arguments.scope.clone(),
        marks: marks.map(|path| Marks::at(&path)),
        unix_now: entry.unix_now,
    })
}

/// The XDG Base Directory Specification: state that should outlive a restart, but is not precious.
fn mark_file(arguments: &Arguments, entry: &Entry<'_>) -> Option<PathBuf> {
    let folder = |name| (entry.variable)(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = || folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")));
    arguments.mark_file.clone().or_else(|| Some(state()?.join("countersign-client/marks.json")))
}

fn password(arguments: &Arguments, entry: &Entry<'_>) -> Result<Zeroizing<String>, Failure> {
    if let Some(path) = &arguments.password_file {
        return output::secret_file(path);
    }
    if let Some(password) = (entry.variable)("COUNTERSIGN_PASSWORD") {
        let password = password.into_string().map_err(|_| Failure::usage("COUNTERSIGN_PASSWORD is not UTF-8"))?;
        return Ok(Zeroizing::new(password));
    }
    output::ask("Password: ", "give --password-file or COUNTERSIGN_PASSWORD")
}

/// The environment's language, as POSIX orders its variables.
fn language(variable: fn(&str) -> Option<std::ffi::OsString>) -> Lang {
    let set = |name: &&str| variable(name).is_some_and(|value| !value.is_empty());
    let name = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find(set);
    name.and_then(variable).and_then(|value| Lang::parse(value.to_str()?)).unwrap_or_default()
}
