//! What happened, as its owner is told it on pages and phones: one sentence for one story of the audit log.

mod kinds;
mod when;

pub use kinds::key;
pub use when::{When, day, when};

use crate::agent;
use domain::{
    audit::{Kind, Record, story::Story},
    confirmation::{Channel, Operation, What},
    id::{ConfirmationId, SessionId},
};
use i18n::{Arg, Lang};
use jiff::tz::TimeZone;

/// To whom it is told: in which language, and with the time of which zone.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The language.
    pub lang: Lang,
    /// The zone.
    pub zone: TimeZone,
}

/// A story, and what its sentence needs beside it.
#[derive(Debug, Clone)]
pub struct Line {
    /// The story.
    pub story: Story,
    /// What its attempt was to confirm, as long as that is kept.
    pub operation: Option<Operation>,
    /// What its device is called.
    pub device: Option<String>,
    /// What the program is called.
    pub client: String,
}

/// The keys of how something ended: confirmed, denied, over before it was, and stopped after wrong codes.
struct Ends([&'static str; 4]);

impl Line {
    /// Whether the owner should look twice.
    pub fn alarming(&self) -> bool {
        self.story.alarming()
    }

    /// What happened, in one sentence.
    pub fn sentence(&self, reader: &Reader) -> String {
        let Some(record) = &self.story.told.record else { return reader.lang.t("activity-other") };
        let told = &self.story.told;
        if told.count > 1 {
            let since = when(reader.lang, &reader.zone, told.since).text;
            let what = reader.lang.t(key(record.kind.name()));
            let args = [("what", what.into()), ("n", told.count.into()), ("since", since.into())];
            return reader.lang.t_with("activity-several", &args);
        }
        if let Some(sentence) = self.of_device(reader.lang, record) {
            return sentence;
        }
        let what = match (self.story.attempt, &self.operation, record.kind) {
            (Some(_), ..) => self.of_attempt(reader.lang, record),
            (None, Some(Operation { what: What::Withdrawal(_) | What::WithdrawalBatch(_), .. }), kind) => {
                reader.lang.t_with(of_withdrawal(kind), &self.arguments(reader.lang))
            }
            (None, _, Kind::GrantEnded) => {
                reader.lang.t_with("event-grant-ended", &[("client", self.client.as_str().into())])
            }
            (None, _, kind) => reader.lang.t(key(kind.name())),
        };
        match &self.device {
            Some(device) => {
                reader.lang.t_with("event-with-device", &[("what", what.into()), ("device", device.as_str().into())])
            }
            None => what,
        }
    }

    /// By which program and from where it came, and what else there is to know: each in a few words.
    pub fn circumstances(&self, lang: Lang) -> Vec<String> {
        let operation = self.operation.as_ref();
        let program = operation.filter(|operation| operation.logs_in()).map(|login| agent::name(&login.agent));
        let wrong = self.story.wrong;
        let before = (self.story.told.kind() == Some(Kind::Confirmed) && wrong > 0)
            .then(|| lang.t_with("event-wrong-before", &[("n", wrong.into())]));
        let desk = self.story.by_desk().then(|| lang.t("event-by-desk"));
        [program, self.address(), before, desk].into_iter().flatten().filter(|text| !text.is_empty()).collect()
    }

    /// The network address that it was asked from, or else done from.
    pub fn address(&self) -> Option<String> {
        // A back end asks from where its user is not.
        let asked = self.operation.as_ref().filter(|operation| operation.channel != Channel::Backchannel);
        let seen = || self.story.about.address.map(|address| address.to_string());
        asked.map(|operation| operation.address.clone()).or_else(seen)
    }

    /// Whether the owner can say "it wasn't me" to it: whoever began it had the password, and it has not been said.
    pub fn can_be_disowned(&self) -> bool {
        let kinds = [Kind::Confirmed, Kind::Expired, Kind::Abandoned, Kind::Exhausted, Kind::AnsweredWrong];
        self.story.attempt.is_some()
            && self.operation.as_ref().is_some_and(Operation::behind_password)
            && self.story.told.kind().is_some_and(|kind| kinds.contains(&kind))
    }

    /// The same as news: a browser or program by its name.
    pub fn news(&self, reader: &Reader) -> String {
        match (self.story.told.kind(), &self.operation) {
            (Some(Kind::MarkSet), Some(login)) => {
                let args = [("client", self.client.as_str().into()), ("browser", agent::name(&login.agent).into())];
                reader.lang.t_with("news-browser", &args)
            }
            _ => self.sentence(reader),
        }
    }

    /// Whether it was done in a session, or by the login that began it.
    pub fn done_in(&self, session: SessionId, login: ConfirmationId) -> bool {
        let asked_in = self.operation.as_ref().map(|operation| &operation.channel);
        self.story.attempt == Some(login)
            || matches!(asked_in, Some(Channel::Settings { session: asked }) if *asked == session)
    }

    /// What became of a device, which the sentence names itself.
    fn of_device(&self, lang: Lang, record: &Record) -> Option<String> {
        let (from, to) = (record.detail.from.as_deref(), record.detail.to.as_deref());
        if record.kind == Kind::DeviceRenamed {
            let (from, to) = (from?, to?);
            return Some(lang.t_with("event-device-renamed", &[("device", from.into()), ("name", to.into())]));
        }
        if record.kind == Kind::DeviceAdded {
            // One that comes with a serial number is given; a phone is activated.
            let key = if record.detail.serial.is_some() { "event-device-added" } else { "event-device-activated" };
            return Some(lang.t_with(key, &[("device", self.device.as_deref()?.into())]));
        }
        if record.kind != Kind::DeviceStateChanged {
            return None;
        }
        let key = match (from, to?) {
            (Some("suspended"), "active") => "event-device-resumed",
            (_, "active") => "event-device-activated",
            (Some("pending"), "revoked") => return Some(lang.t("activity-activation-ended")),
            (_, "suspended") => "event-device-suspended",
            (_, "lost") => "event-device-lost",
            (_, "revoked") => "event-device-removed",
            (_, "replaced") => "event-device-replaced",
            (_, "migrated") => "event-device-moved",
            (_, "expired") => "event-device-expired",
            _ => return None,
        };
        Some(lang.t_with(key, &[("device", self.device.as_deref()?.into())]))
    }

    fn of_attempt(&self, lang: Lang, record: &Record) -> String {
        let Ends([confirmed, denied, expired, stopped]) = self.ends();
        let behind_password = self.operation.as_ref().is_none_or(Operation::behind_password);
        let takes_password = self.operation.as_ref().is_some_and(Operation::takes_password);
        let key = match record.kind {
            Kind::Confirmed => confirmed,
            Kind::Denied => denied,
            Kind::Expired => expired,
            Kind::Exhausted => stopped,
            Kind::Abandoned if takes_password => "event-login-left",
            Kind::Abandoned => "event-request-called-off",
            Kind::Reported if takes_password => "event-login-reported",
            Kind::Reported => "event-request-reported",
            Kind::AnsweredWrong if behind_password => "event-wrong-codes",
            Kind::AnsweredWrong => "event-wrong-codes-request",
            Kind::SessionStarted | Kind::CodeIssued if self.story.logs_in => "event-login",
            kind => key(kind.name()),
        };
        lang.t_with(key, &self.arguments(lang))
    }

    fn ends(&self) -> Ends {
        match self.operation.as_ref().map(|operation| &operation.what) {
            Some(What::Login) => LOGIN,
            None if self.story.logs_in => LOGIN,
            None => REQUEST,
            Some(What::Authentication) => AUTHENTICATION,
            Some(What::Call(_)) => CALL,
            Some(What::Withdrawal(_) | What::WithdrawalBatch(_)) => WITHDRAWAL,
            Some(What::CardPayment(_)) => CARD_PAYMENT,
            Some(What::CardPreauthorisation(_)) => CARD_PREAUTHORISATION,
            Some(What::PhoneActivation | What::PhoneMove) => PHONE_ACTIVATION,
            Some(What::PasswordChange | What::PasswordReset | What::DeskCase(_)) => CHANGE,
            Some(What::NewsAcknowledgement) => CHANGE,
            Some(What::PasskeyAddition(_)) => PASSKEY_ADDITION,
            Some(What::LimitChange(_) | What::TwoDevicesChange(_) | What::TransferLockOpen(_)) => CHANGE,
            Some(What::PinChange(_) | What::DeviceOrder(_) | What::NumberRecovery | What::ContactChange(_)) => CHANGE,
        }
    }

    /// Whatever a sentence about an attempt may name.
    fn arguments(&self, lang: Lang) -> Vec<(&'static str, Arg)> {
        let what = self.operation.as_ref().map(|operation| &operation.what);
        let marks = amount::Marks::of(lang.tag());
        let amount = what.and_then(What::amount).map(|it| amount::write(it.digits(), it.currency(), marks));
        let payee = match what {
            Some(What::Withdrawal(withdrawal)) => withdrawal.destination.name.as_str().to_owned(),
            Some(What::WithdrawalBatch(batch)) => {
                let n = i64::try_from(batch.withdrawals().len()).unwrap_or(i64::MAX);
                lang.t_with("activity-payees", &[("n", Arg::Int(n))])
            }
            Some(What::CardPayment(payment)) => payment.merchant.as_str().to_owned(),
            _ => String::new(),
        };
        vec![
            ("what", what.and_then(change).map(|key| lang.t(key)).unwrap_or_default().into()),
            ("client", self.client.as_str().into()),
            ("amount", amount.unwrap_or_default().into()),
            ("payee", payee.into()),
            ("n", self.story.wrong.into()),
        ]
    }
}

const LOGIN: Ends = Ends(["event-login", "event-login-denied", "event-login-expired", "event-login-stopped"]);
const AUTHENTICATION: Ends =
    Ends(["event-identity-confirmed", "event-identity-denied", "event-identity-expired", "event-identity-stopped"]);
const CALL: Ends = Ends(["event-call-confirmed", "event-call-denied", "event-call-expired", "event-call-stopped"]);
const WITHDRAWAL: Ends = Ends([
    "event-withdrawal-confirmed",
    "event-withdrawal-denied",
    "event-withdrawal-expired",
    "event-withdrawal-stopped",
]);
const CARD_PAYMENT: Ends =
    Ends(["event-payment-confirmed", "event-payment-denied", "event-payment-expired", "event-payment-stopped"]);
const CARD_PREAUTHORISATION: Ends =
    Ends(["event-purchase-confirmed", "event-purchase-denied", "event-purchase-expired", "event-purchase-stopped"]);
const PHONE_ACTIVATION: Ends = Ends([
    "event-activation-confirmed",
    "event-activation-denied",
    "event-activation-expired",
    "event-activation-stopped",
]);
const PASSKEY_ADDITION: Ends =
    Ends(["event-passkey-confirmed", "event-passkey-denied", "event-passkey-expired", "event-passkey-stopped"]);
const CHANGE: Ends =
    Ends(["event-change-confirmed", "event-change-denied", "event-change-expired", "event-change-stopped"]);
/// What it was is not kept any more.
const REQUEST: Ends =
    Ends(["event-request-confirmed", "event-request-denied", "event-request-expired", "event-request-stopped"]);

/// The name of a change of the user's own rules or devices; none of what is none.
fn change(what: &What) -> Option<&'static str> {
    match what {
        What::LimitChange(_) => Some("desk-what-limit-change"),
        What::TwoDevicesChange(_) => Some("desk-what-two-devices-change"),
        What::TransferLockOpen(_) => Some("desk-what-transfer-lock-open"),
        What::PasswordChange => Some("desk-what-password-change"),
        What::PasswordReset => Some("desk-what-password-reset"),
        What::PinChange(_) => Some("desk-what-pin-change"),
        What::DeviceOrder(_) => Some("desk-what-device-order"),
        What::DeskCase(_) => Some("desk-what-desk-case"),
        What::NewsAcknowledgement => Some("desk-what-news-acknowledgement"),
        What::NumberRecovery => Some("desk-what-number-recovery"),
        What::ContactChange(_) => Some("desk-what-contact-change"),
        _ => None,
    }
}

/// What became of a withdrawal after it was confirmed.
fn of_withdrawal(kind: Kind) -> &'static str {
    match kind {
        Kind::WithdrawalSettled => "event-withdrawal-completed",
        Kind::WithdrawalCancelled => "event-withdrawal-cancelled",
        Kind::WithdrawalStopped => "event-withdrawal-locked",
        kind => key(kind.name()),
    }
}

#[cfg(test)]
mod tests;
