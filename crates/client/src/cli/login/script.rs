//! A login by flags: progress in words on standard error, the result on standard output.

use super::super::Entry;
use super::super::output::{self, Failure};
use super::Arguments;
use super::answers::Source;
use crate::first_party::{Attempt, Error, Identity, Program, Progress, Purpose, Step};
use crate::market::{Board, Market};
use crate::terminal::model::device_of;
use crate::words;
use i18n::Lang;
use serde_json::{Value, json};
use std::time::Duration;
use wire::{DeviceRef, LimitedDevice, Next};
use zeroize::Zeroizing;

/// Seconds a question about the phone is held by the server.
const HOLD: u64 = 25;
const AFTER_TROUBLE: Duration = Duration::from_secs(2);

/// A scripted login, and what follows it.
pub(super) struct Script<'a, 'e> {
    pub(super) arguments: &'a Arguments,
    pub(super) lang: Lang,
    pub(super) program: Program,
    /// The device that is wanted, by its label or id.
    pub(super) device: Option<&'a str>,
    /// The method that is wanted of it.
    pub(super) method: Option<&'a str>,
    pub(super) source: Source,
    pub(super) entry: &'a mut Entry<'e>,
    /// Whether the device and method asked for are those of the present step.
    pub(super) settled: bool,
}

/// Why nobody is signed in.
pub(super) enum Ended {
    /// The server's word, and what it said.
    Server(Error),
    /// A wrong response, with none left to try.
    Refused(wire::Failure),
    /// Something was not given.
    Wanting { reason: &'static str, words: String, more: Value },
    /// Something on this side failed.
    Here(Failure),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Server(error)
    }
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Here(failure)
    }
}

impl Script<'_, '_> {
    pub(super) async fn run(&mut self, username: &str, password: Zeroizing<String>) -> Result<(), Failure> {
        match self.attempt(username, password).await {
            Ok(identity) => self.signed_in(&identity).await,
            Err(end) => Err(Told::of_login(self.arguments, self.lang).ended(self.entry, end)),
        }
    }

    pub(super) async fn attempt(&mut self, username: &str, password: Zeroizing<String>) -> Result<Identity, Ended> {
        let (session, progress) = self.program.begin(username, password).await?;
        let granted = self.taken_on(&session, progress).await?;
        Ok(self.program.finish(&session, username, &granted).await?)
    }

    /// Takes an attempt on to its end.
    pub(super) async fn taken_on<A: Attempt>(
        &mut self,
        session: &A,
        mut progress: Progress<A::Done>,
    ) -> Result<A::Done, Ended> {
        loop {
            progress = match progress {
                Progress::Done(done) => return Ok(done),
                Progress::Step(step) => self.act(session, step).await?,
            };
        }
    }

    async fn act<A: Attempt>(&mut self, session: &A, step: Step) -> Result<Progress<A::Done>, Ended> {
        if let Some(failure) = &step.failure {
            let words = words::failure(self.lang, A::PURPOSE, failure);
            self.say(&words);
        }
        if let Next::ChooseDevice { devices, limited, .. } = &step.next {
            // Who asks for a device that may not is told which would do; the others are only named.
            let wanted = |device: &DeviceRef| self.device.is_some_and(|wanted| is_wanted(device, wanted));
            let offered: Vec<_> = devices.iter().cloned().chain(limited.iter().map(named).filter(wanted)).collect();
            return self.choose(session, &offered).await;
        }
        if !std::mem::replace(&mut self.settled, true)
            && let Some(progress) = self.settle(session, &step.next).await?
        {
            return Ok(progress);
        }
        match &step.next {
            Next::Approve { number, silent, .. } => {
                let help = if *silent { "terminal-approve-silent-help" } else { "terminal-approve-help" };
                self.await_phone(session, help, number.as_deref()).await
            }
            Next::Qr { payload, .. } => self.await_phone(session, "terminal-qr-help", Some(payload)).await,
            Next::Webauthn { .. } => {
                Err(self.wanting("webauthn", self.lang.t("terminal-webauthn-help"), json!({ "next": step.next })))
            }
            _ => self.answer(session, &step).await,
        }
    }

    async fn choose<A: Attempt>(&mut self, session: &A, devices: &[DeviceRef]) -> Result<Progress<A::Done>, Ended> {
        let Some(wanted) = self.device else {
            let list: String = devices.iter().map(|device| format!("\n  {}  {}", device.id, device.label)).collect();
            let words = format!("{}{list}", self.lang.t("script-choose-device"));
            return Err(self.wanting("choose_device", words, json!({ "devices": devices })));
        };
        let fitting: Vec<&DeviceRef> = devices.iter().filter(|device| is_wanted(device, wanted)).collect();
        let [device] = fitting.as_slice() else {
            let key = if fitting.is_empty() { "script-no-such-device" } else { "script-several-such-devices" };
            let words = self.lang.t_with(key, &[("device", wanted.into())]);
            return Err(self.wanting("choose_device", words, json!({ "devices": devices })));
        };
        self.settled = true;
        Ok(session.choose(&device.id, self.method).await?)
    }

    /// Without a chooser the server picks the device: another one, or another method, is then asked for.
    async fn settle<A: Attempt>(&self, session: &A, next: &Next) -> Result<Option<Progress<A::Done>>, Ended> {
        let method = self.method;
        match (self.device, device_of(next)) {
            (Some(wanted), Some(device)) if !is_wanted(device, wanted) => {
                if is_id(wanted) {
                    return Ok(Some(session.choose(wanted, method).await?));
                }
                let words = self.lang.t_with("script-no-such-device", &[("device", wanted.into())]);
                Err(self.wanting("choose_device", words, json!({ "devices": [device] })))
            }
            _ => match method {
                Some(method) if method != method_of(next) => Ok(Some(session.method(method).await?)),
                _ => Ok(None),
            },
        }
    }

    async fn await_phone<A: Attempt>(
        &mut self,
        session: &A,
        help: &str,
        shown: Option<&str>,
    ) -> Result<Progress<A::Done>, Ended> {
        if !self.arguments.wait {
            return Err(self.wanting("approval_pending", self.lang.t("script-wait"), Value::Null));
        }
        self.say(&self.lang.t(help));
        if let Some(shown) = shown {
            self.say(&format!("{}: {shown}", self.lang.t("terminal-number")));
        }
        loop {
            match session.poll(HOLD).await {
                Ok(Progress::Step(Step { next: Next::Approve { .. } | Next::Qr { .. }, failure: None, .. })) => {}
                Ok(progress) => return Ok(progress),
                Err(error) if error.is_passing() => tokio::time::sleep(AFTER_TROUBLE).await,
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn answer<A: Attempt>(&mut self, session: &A, step: &Step) -> Result<Progress<A::Done>, Ended> {
        if let Next::Respond { challenge, .. } = &step.next {
            // The first digit says what a response does; one that moves money is never a login's business.
            if !A::PURPOSE.fits(challenge) {
                let (reason, words) = match A::PURPOSE {
                    Purpose::Login => ("challenge_not_for_login", self.lang.t("script-not-for-login")),
                    Purpose::Withdrawal => ("challenge_not_for_money", self.lang.t("script-not-for-money")),
                };
                return Err(self.wanting(reason, words, Value::Null));
            }
            if step.failure.is_none() {
                self.say(&format!("{}: {challenge}", self.lang.t("terminal-challenge")));
            }
        }
        if let (Next::CodeCard { indices: [first, second], .. }, None) = (&step.next, &step.failure) {
            self.say(&format!("{}: {first} {second}", self.lang.t("terminal-code-card-places")));
        }
        let prompt = self.lang.t("terminal-response");
        let (source, unix_now) = (&mut self.source, self.entry.unix_now);
        match tokio::task::block_in_place(|| source.next(&step.next, &prompt, unix_now))? {
            Some(response) => Ok(session.respond(&response).await?),
            None => Err(match &step.failure {
                Some(failure) => Ended::Refused(failure.clone()),
                None => {
                    self.wanting("response_needed", self.lang.t("script-no-response"), json!({ "next": step.next }))
                }
            }),
        }
    }

    fn wanting(&self, reason: &'static str, words: String, more: Value) -> Ended {
        Ended::Wanting { reason, words, more }
    }

    /// Progress, for people.
    fn say(&mut self, words: &str) {
        let _ = writeln!(self.entry.err, "{words}");
    }

    async fn signed_in(&mut self, identity: &Identity) -> Result<(), Failure> {
        mark_problem(self.entry, identity.mark_problem.as_deref());
        let board = match &self.arguments.brokerage {
            Some(url) => Some(Market::at(url, identity.access_token.clone())?.board().await?),
            None => None,
        };
        let text = if self.arguments.json {
            let Identity { username, sub, acr, amr, scope, .. } = identity;
            let mut answer =
                json!({ "signed_in": true, "username": username, "sub": sub, "acr": acr, "amr": amr, "scope": scope });
            if let (Value::Object(answer), Value::Object(board)) = (&mut answer, json!(board)) {
                answer.extend(board);
            }
            answer.to_string()
        } else {
            let name = self.lang.t_with("terminal-signed-in-as", &[("name", identity.username.as_str().into())]);
            board.map_or(name.clone(), |board| format!("{name}\n{}", listed(&board)))
        };
        output::line(self.entry, &text)
    }
}

/// The market as lines: quotes, then what is held.
fn listed(board: &Board) -> String {
    let price = |price: &Option<String>| price.clone().unwrap_or_else(|| "-".to_owned());
    let quotes = board.quotes.iter().map(|q| format!("{:<6} {:>10} {:>10}", q.symbol, price(&q.bid), price(&q.ask)));
    let held = &board.holdings;
    let cash = format!("{:<10} {} {}", held.account, held.free, held.currency);
    let shares = held.positions.iter().map(|held| format!("{:<6} {:>10}", held.symbol, held.quantity));
    quotes.chain([cash]).chain(shares).collect::<Vec<_>>().join("\n")
}

/// How a failure is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) json: bool,
    pub(super) lang: Lang,
    pub(super) purpose: Purpose,
    /// The member of the object that says whether it was done.
    pub(super) done: &'static str,
}

impl Told {
    pub(super) fn of_login(arguments: &Arguments, lang: Lang) -> Self {
        Self { json: arguments.json, lang, purpose: Purpose::Login, done: "signed_in" }
    }

    /// Says why it was not done: in words, and as one object where that is wanted.
    pub(super) fn ended(self, entry: &mut Entry<'_>, ended: Ended) -> Failure {
        let (failure, words, more) = self.of(ended);
        if let Some(words) = words {
            let _ = writeln!(entry.err, "{words}");
        }
        if self.json {
            let mut answer = json!({ self.done: false, "failure": failure });
            if let (Value::Object(answer), Value::Object(more)) = (&mut answer, more) {
                answer.extend(more);
            }
            if let Err(failure) = output::line(entry, &answer.to_string()) {
                return failure;
            }
        }
        Failure::Told
    }

    /// For scripts, for people, and what else there is to know.
    fn of(self, ended: Ended) -> (Value, Option<String>, Value) {
        match ended {
            // What is left was said when the response was refused.
            Ended::Refused(failure) => (json!(failure), None, Value::Null),
            Ended::Server(Error::Refused(failure)) => {
                (json!(failure), Some(words::failure(self.lang, self.purpose, &failure)), Value::Null)
            }
            Ended::Server(Error::Limited(devices)) => {
                let words = words::error(self.lang, self.purpose, &Error::Limited(devices.clone()));
                (json!({ "reason": "device_limit", "devices": devices }), Some(words), Value::Null)
            }
            Ended::Server(error) => {
                let detail = error.to_string();
                let words = format!("{} ({detail})", words::error(self.lang, self.purpose, &error));
                (json!({ "reason": error.slug(), "message": detail }), Some(words), Value::Null)
            }
            Ended::Wanting { reason, words, more } => (json!({ "reason": reason }), Some(words), more),
            Ended::Here(failure) => {
                let message = failure.reason().map(str::to_owned);
                (json!({ "reason": "client", "message": message }), message, Value::Null)
            }
        }
    }
}

/// Says that the mark could not be kept: the next login is then that of a program nobody knows.
pub(super) fn mark_problem(entry: &mut Entry<'_>, problem: Option<&str>) {
    if let Some(problem) = problem {
        let _ = writeln!(entry.err, "countersign-client: {problem}");
    }
}

/// A device that may not confirm so much, as one that may be asked for: the answer says which would do.
fn named(limited: &LimitedDevice) -> DeviceRef {
    let LimitedDevice { id, class, label, .. } = limited.clone();
    DeviceRef { id, class, label, methods: Vec::new(), default: false }
}

fn is_wanted(device: &DeviceRef, wanted: &str) -> bool {
    device.id.eq_ignore_ascii_case(wanted) || device.label.to_lowercase() == wanted.to_lowercase()
}

/// Whether a text has a UUID's form.
fn is_id(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// The method that a step belongs to, as the wire names it.
fn method_of(next: &Next) -> &'static str {
    match next {
        Next::ChooseDevice { .. } => "",
        Next::Approve { .. } => "seamless",
        Next::Respond { .. } => "challenge_response",
        Next::CodeCard { .. } => "code_card",
        Next::Passcode { sent_to: Some(_), .. } => "sent_code",
        Next::Passcode { sent_to: None, .. } => "time_code",
        Next::StaticCode { .. } => "static_code",
        Next::Webauthn { .. } => "webauthn",
        Next::Qr { .. } => "qr",
    }
}
