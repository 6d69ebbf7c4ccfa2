//! `phone`: a software phone, whose state is a file.

use super::output::{self, Failure};
use super::{
    Entry,
    phone_activate::{self, Activate},
    phone_cards,
    phone_manage::{self, NewPin},
    phone_migrate,
    phone_pin::{Pin, read_pin},
    phone_words::words,
};
use crate::phone::{Events, Phone, PhoneError, Shelf, respond};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use wire::phone::{Decision, Pending, own::Wanted, push::SubscriptionKeys};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Activate a phone: username and password, the code that is sent, a new PIN.
    Activate(Activate),
    /// Take over from the standalone app: its key signs, ends, and this phone's begins.
    Migrate(phone_migrate::Migrate),
    /// Show what became of this phone, also when it has ended.
    Fate(Common),
    /// It wasn't me: end the phone that took this one's place by a code alone.
    Veto(Common),
    /// List what awaits this phone.
    List(Common),
    /// Show what awaits this phone, as it comes, until it is stopped.
    Watch(Common),
    /// Approve: the named confirmation, or the only one there is.
    Approve {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        pin: Pin,
        /// The two digits on the login screen, where it shows them.
        #[arg(long, value_name = "NN")]
        number: Option<String>,
        /// The confirmation's id.
        id: Option<String>,
    },
    /// Refuse: the named confirmation, or the only one there is.
    Deny {
        #[command(flatten)]
        common: Common,
        /// It wasn't me: refuse, lock the password and tell the desk.
        #[arg(long)]
        not_me: bool,
        /// The confirmation's id.
        id: Option<String>,
    },
    /// The response to a challenge; needs no network.
    Respond {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        pin: Pin,
        /// The challenge, as the login shows it.
        challenge: String,
    },
    /// Give the phone another label, by which people and programs choose it.
    Rename {
        #[command(flatten)]
        common: Common,
        /// The label.
        label: String,
    },
    /// End this phone at the server; its file is of no more use.
    Remove(Common),
    /// Show what happened to the user.
    Activity {
        #[command(flatten)]
        common: Common,
        /// The language of the words, such as `ru`; else the user's own.
        #[arg(long, value_name = "TAG")]
        lang: Option<String>,
    },
    /// Change the PIN, proven by a response with the current one.
    ChangePin {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        pin: Pin,
        #[command(flatten)]
        new: NewPin,
    },
    /// Show how the transfer lock stands, or close it.
    Lock {
        #[command(flatten)]
        common: Common,
        /// Nothing leaves: close it, or keep it closed. What is not carried out yet is stopped.
        #[arg(long)]
        close: bool,
    },
    /// Have this phone woken at a push service: what a browser that subscribed was given.
    Subscribe {
        #[command(flatten)]
        common: Common,
        /// The address of the subscription.
        #[arg(long, value_name = "URL")]
        endpoint: String,
        /// The browser's public key, base64url.
        #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
        p256dh: String,
        /// The browser's authentication secret, base64url.
        #[arg(long, value_name = "SECRET", allow_hyphen_values = true)]
        auth: String,
    },
    /// Ask the server to wake this phone once.
    TestPush(Common),
    /// List the debit cards.
    Cards(Common),
    /// Allow one large purchase with a card within the next minutes.
    Preauthorise {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        pin: Pin,
        /// The card's id.
        card: String,
        /// The most that the purchase may be, in whole units of the card's currency.
        amount: String,
    },
    /// Let a declined payment be tried again: the merchant then repeats it.
    Authorise {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        pin: Pin,
        /// The card's id.
        card: String,
        /// The payment's id.
        payment: String,
    },
    /// Block a card that is lost, for good.
    Block {
        #[command(flatten)]
        common: Common,
        /// The card's id.
        card: String,
    },
    /// Have carried out what was approved, where an answer was lost.
    Finish {
        #[command(flatten)]
        common: Common,
        /// The confirmation's id.
        id: String,
    },
    /// End the app's session; the phone still answers challenges.
    Logout(Common),
}

#[derive(Debug, clap::Args)]
pub(super) struct Common {
    /// The phone's file.
    #[arg(long, value_name = "FILE")]
    pub(super) state: PathBuf,
    /// Trust the certificate authorities in this PEM file too.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Print JSON, for scripts.
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn run(command: &Command, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match command {
        Command::Respond { common, pin, challenge } => offline(common, pin, challenge, entry),
        Command::Activate(arguments) => runtime.block_on(phone_activate::run(arguments, entry)),
        Command::Migrate(arguments) => runtime.block_on(phone_migrate::run(arguments, entry)),
        Command::Fate(common) => runtime.block_on(phone_migrate::fate(common, entry)),
        Command::Veto(common) => runtime.block_on(phone_migrate::veto(common, entry)),
        Command::List(common) => runtime.block_on(list(common, entry)),
        Command::Watch(common) => runtime.block_on(watch(common, entry)),
        Command::Approve { common, pin, number, id } => {
            runtime.block_on(approve(common, (pin, number.as_deref(), id.as_deref()), entry))
        }
        Command::Deny { common, not_me, id } => {
            let decision = if *not_me { Decision::Report } else { Decision::Deny };
            runtime.block_on(deny(common, (decision, id.as_deref()), entry))
        }
        Command::Rename { common, label } => runtime.block_on(phone_manage::rename(common, label, entry)),
        Command::Remove(common) => runtime.block_on(phone_manage::remove(common, entry)),
        Command::Activity { common, lang } => runtime.block_on(phone_manage::activity(common, lang.as_deref(), entry)),
        Command::ChangePin { common, pin, new } => {
            runtime.block_on(phone_manage::change_pin(common, (pin, new), entry))
        }
        Command::Lock { common, close } => runtime.block_on(phone_manage::lock(common, *close, entry)),
        Command::Subscribe { common, endpoint, p256dh, auth } => runtime.block_on(async {
            let keys = SubscriptionKeys { p256dh: p256dh.clone(), auth: auth.clone() };
            let state = open(common, entry).await?.subscribe(endpoint, keys).await?;
            output::value(entry, &state.server_key, common.json)
        }),
        Command::TestPush(common) => runtime.block_on(async {
            open(common, entry).await?.test_push().await?;
            output::value(entry, "asked", common.json)
        }),
        Command::Cards(common) => runtime.block_on(phone_cards::list(common, entry)),
        Command::Preauthorise { common, pin, card, amount } => {
            let what = Wanted::CardPreauthorisation { card_id: card.clone(), amount: amount.clone() };
            runtime.block_on(phone_cards::ask(common, pin, what, entry))
        }
        Command::Authorise { common, pin, card, payment } => {
            let what = Wanted::CardPayment { card_id: card.clone(), payment_id: payment.clone() };
            runtime.block_on(phone_cards::ask(common, pin, what, entry))
        }
        Command::Block { common, card } => runtime.block_on(phone_cards::block(common, card, entry)),
        Command::Finish { common, id } => runtime.block_on(phone_cards::finish(common, id, entry)),
        Command::Logout(common) => runtime.block_on(async {
            open(common, entry).await?.log_out().await?;
            output::value(entry, "logged out", common.json)
        }),
    }
}

fn offline(common: &Common, pin: &Pin, challenge: &str, entry: &mut Entry<'_>) -> Result<(), Failure> {
    // People read "123 456" and type it so.
    let challenge: String = challenge.chars().filter(|c| !c.is_whitespace()).collect();
    let shelf = Shelf::File(common.state.clone());
    shelf.read()?;
    super::warn(&challenge, entry);
    let pin = read_pin(pin)?;
    let response = respond(&shelf, &challenge, &pin)?;
    output::value(entry, response.as_str(), common.json)
}

async fn list(common: &Common, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let pending = open(common, entry).await?.pending().await?;
    if common.json {
        return output::line(entry, &serde_json::to_string(&pending)?);
    }
    if pending.is_empty() {
        let _ = writeln!(entry.err, "Nothing awaits this phone.");
    }
    pending.iter().try_for_each(|one| output::line(entry, &words(one)))
}

/// How long before listening again after a connection that broke, at first …
const PAUSE: Duration = Duration::from_secs(1);
/// … and at most: it doubles each time.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Shows requests until it is stopped, or until the server knows this phone no more.
async fn watch(common: &Common, entry: &mut Entry<'_>) -> Result<(), Failure> {
    let phone = open(common, entry).await?;
    let mut watch = Watch { phone: &phone, events: None, pause: PAUSE };
    let mut seen: Vec<String> = Vec::new();
    loop {
        let pending = watch.next(entry).await?;
        for one in pending.iter().filter(|one| !seen.contains(&one.id)) {
            let line = if common.json { serde_json::to_string(one)? } else { words(one) };
            output::line(entry, &line)?;
        }
        seen = pending.into_iter().map(|one| one.id).collect();
    }
}

/// Listens, and listens again when the connection breaks.
struct Watch<'a> {
    phone: &'a Phone,
    events: Option<Events>,
    pause: Duration,
}

impl Watch<'_> {
    /// The next list. A server that is away is waited for.
    async fn next(&mut self, entry: &mut Entry<'_>) -> Result<Vec<Pending>, PhoneError> {
        loop {
            match self.hear().await {
                Err(error) if error.passing() => {
                    let again = self.pause.as_secs();
                    let _ = writeln!(entry.err, "countersign-client: {error}; trying again in {again} s");
                    self.events = None;
                    tokio::time::sleep(self.pause).await;
                    self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                }
                heard => {
                    self.pause = PAUSE;
                    return heard;
                }
            }
        }
    }

    async fn hear(&mut self) -> Result<Vec<Pending>, PhoneError> {
        loop {
            let events = match &mut self.events {
                Some(events) => events,
                None => self.events.insert(self.phone.events().await?),
            };
            if let Some(pending) = events.next().await? {
                return Ok(pending);
            }
            // A stream ends with the access token that opened it.
            self.events = None;
        }
    }
}

async fn approve(
    common: &Common,
    (pin, number, id): (&Pin, Option<&str>, Option<&str>),
    entry: &mut Entry<'_>,
) -> Result<(), Failure> {
    let phone = open(common, entry).await?;
    let shown = phone.one(id).await?;
    if number.is_none() && shown.number_required {
        return Err(Failure::Failed("the login screen shows two digits; give them with --number".to_owned()));
    }
    let _ = writeln!(entry.err, "{}", words(&shown));
    let pin = read_pin(pin)?;
    let decided = phone.approve(&shown, &pin, number).await?;
    decision(common, entry, &decided)
}

async fn deny(
    common: &Common,
    (decision_made, id): (Decision, Option<&str>),
    entry: &mut Entry<'_>,
) -> Result<(), Failure> {
    let phone = open(common, entry).await?;
    let shown = phone.one(id).await?;
    let _ = writeln!(entry.err, "{}", words(&shown));
    let decided = phone.deny(&shown, decision_made).await?;
    decision(common, entry, &decided)
}

fn decision(common: &Common, entry: &mut Entry<'_>, decided: &wire::phone::Decided) -> Result<(), Failure> {
    if common.json {
        return output::line(entry, &serde_json::to_string(decided)?);
    }
    output::line(entry, &decided.outcome)
}

pub(super) async fn open(common: &Common, entry: &Entry<'_>) -> Result<Phone, Failure> {
    let ca = ca(common)?;
    Ok(Phone::open(Shelf::File(common.state.clone()), ca.as_deref(), entry.unix_now).await?)
}

pub(super) fn ca(common: &Common) -> Result<Option<Vec<u8>>, Failure> {
    let read =
        |path: &Path| std::fs::read(path).map_err(|error| Failure::Failed(format!("{}: {error}", path.display())));
    common.ca_file.as_deref().map(read).transpose()
}
