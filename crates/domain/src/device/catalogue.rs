//! The device catalogue: classes as data. An institution changes any cell in its configuration; a bad table is
//! refused with the row and the reason.

use operation::{Currency, Money};
use serde::{Deserialize, Serialize};

/// How a device confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A notification that is approved on the phone.
    Seamless,
    /// A challenge typed into the device, its response typed back.
    ChallengeResponse,
    /// A passcode that changes with time.
    TimeCode,
    /// Two values looked up on a printed card.
    CodeCard,
    /// A code sent by SMS.
    SentCode,
    /// A temporary code from the desk.
    StaticCode,
    /// A passkey or security key.
    Webauthn,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 7] = [
        Self::Seamless,
        Self::ChallengeResponse,
        Self::TimeCode,
        Self::CodeCard,
        Self::SentCode,
        Self::StaticCode,
        Self::Webauthn,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seamless => "seamless",
            Self::ChallengeResponse => "challenge_response",
            Self::TimeCode => "time_code",
            Self::CodeCard => "code_card",
            Self::SentCode => "sent_code",
            Self::StaticCode => "static_code",
            Self::Webauthn => "webauthn",
        }
    }

    /// Whether it may show the desk who is on the line. What is read out on the telephone must be of no use for anything
    /// else: a challenge says what it is for, and a passcode or a card's values do not.
    pub fn serves_calls(self) -> bool {
        matches!(self, Self::Seamless | Self::ChallengeResponse)
    }

    /// Reads a stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }
}

/// How a device of a class comes to its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Issuance {
    /// The user activates one without asking.
    SelfService,
    /// The user asks for one; a balance is needed.
    OnRequest,
    /// Out of a temporary access, for a while.
    FromTemporaryAccess,
    /// Only while the user has no permanent device.
    WhileNoPermanentDevice,
    /// The desk gives it.
    Desk,
    /// Not issued any more; those in customers' hands work.
    Legacy,
}

/// A limit on withdrawals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// No limit.
    Unlimited,
    /// At most this much.
    UpTo(Money),
}

impl Limit {
    /// A limit in whole US dollars.
    pub const fn usd(dollars: i64) -> Self {
        Self::UpTo(Money::from_minor(dollars.saturating_mul(100), Currency::USD))
    }
}

/// The limits of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Per calendar day.
    pub per_day: Limit,
    /// Per five business days.
    pub per_five_days: Limit,
}

/// The class of passkeys that stay on one device.
pub const PASSKEY_BOUND: &str = "passkey-bound";
/// The class of temporary codes, whose limits are also those of a phone in doubt.
pub const TEMPORARY_CODE: &str = "temporary-code";

/// The class of passkeys that may be copied to other devices of their user.
pub const PASSKEY_SYNCED: &str = "passkey-synced";

/// The class of a passkey, by whether its authenticator says that it may be backed up.
pub fn passkey_class(backup_eligible: bool) -> &'static str {
    if backup_eligible { PASSKEY_SYNCED } else { PASSKEY_BOUND }
}

/// One row of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// The stable name, e.g. `dsc-plus`.
    pub name: String,
    /// The product's name in choosers, e.g. `Digital Security Card+`. Stable: programs pick by it.
    pub label: String,
    /// What such a device can do, the preferred method first.
    pub methods: Vec<Method>,
    /// How it comes to its user.
    pub issuance: Issuance,
    /// Interim classes end when a permanent device becomes active.
    pub interim: bool,
    /// What such a device may authorise.
    pub limits: Limits,
    /// The most that one card payment or pre-authorisation may be; none of them counts towards `limits`.
    pub per_card_payment: Limit,
}

/// A row that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("device class {class}: {problem}")]
pub struct CatalogueError {
    /// The row.
    pub class: String,
    /// What is wrong with it.
    pub problem: CatalogueProblem,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueProblem {
    /// Two rows of one name.
    #[error("the name is used twice")]
    Duplicate,
    /// Not lower-case letters, digits and hyphens.
    #[error("a class name consists of a–z, 0–9 and hyphens")]
    Name,
    /// No label.
    #[error("a label is needed: customers and programs choose by it")]
    NoLabel,
    /// No method.
    #[error("at least one method is needed")]
    NoMethod,
    /// A method named twice.
    #[error("a method is named twice")]
    MethodTwice,
    /// A limit below zero.
    #[error("a limit must not be negative")]
    NegativeLimit,
    /// The limits are in two currencies.
    #[error("both limits must be in one currency")]
    TwoCurrencies,
    /// The day limit is above the five-day limit.
    #[error("the limit per day is above the limit per five business days")]
    DayAboveFiveDays,
}

/// The checked table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue(Vec<Class>);

impl Catalogue {
    /// Checks a table; every bad row is reported.
    pub fn new(classes: Vec<Class>) -> Result<Self, Vec<CatalogueError>> {
        let mut errors = Vec::new();
        for (index, class) in classes.iter().enumerate() {
            let earlier = classes.iter().take(index).any(|other| other.name == class.name);
            let problem = if earlier { Some(CatalogueProblem::Duplicate) } else { class.problem() };
            errors.extend(problem.map(|problem| CatalogueError { class: class.name.clone(), problem }));
        }
        if errors.is_empty() { Ok(Self(classes)) } else { Err(errors) }
    }

    /// The row of a class.
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.0.iter().find(|class| class.name == name)
    }

    /// What a phone that came back by a code alone may authorise while it is in doubt: as much as a temporary code.
    pub fn limits_in_doubt(&self) -> Limits {
        self.class(TEMPORARY_CODE).map_or(LOW, |class| class.limits)
    }

    /// Every row.
    pub fn classes(&self) -> &[Class] {
        &self.0
    }
}

/// Why a device of a class is not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The class is legacy: such devices are not issued, only adopted when a customer already holds one.
    #[error("this class is not issued any more; a device that a customer already holds can be adopted")]
    Legacy,
    /// Such devices are activated by their user and not added by an operator.
    #[error("devices of this class are activated by the user")]
    ByUser,
}

impl Class {
    /// Whether its users may add a device of it themselves.
    pub fn self_service(&self) -> bool {
        self.issuance == Issuance::SelfService
    }

    /// Whether a device of it proves enough for the desk's own agents: it is nobody's for a while only, and it does more than
    /// show codes that somebody could read out.
    pub fn is_strong(&self) -> bool {
        let strong = [Method::Seamless, Method::ChallengeResponse, Method::Webauthn];
        !self.interim && self.methods.iter().any(|method| strong.contains(method))
    }

    /// Whether an operator may add a device of this class; `adopt` says that the customer already holds it.
    pub fn check_issue(&self, adopt: bool) -> Result<(), IssueError> {
        match self.issuance {
            Issuance::Legacy if !adopt => Err(IssueError::Legacy),
            Issuance::SelfService | Issuance::WhileNoPermanentDevice | Issuance::FromTemporaryAccess => {
                Err(IssueError::ByUser)
            }
            Issuance::Legacy | Issuance::OnRequest | Issuance::Desk => Ok(()),
        }
    }

    fn problem(&self) -> Option<CatalogueProblem> {
        let name_fits = !self.name.is_empty()
            && self.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let repeated = self.methods.iter().enumerate().any(|(i, m)| self.methods.iter().take(i).any(|n| n == m));
        match () {
            () if !name_fits => Some(CatalogueProblem::Name),
            () if self.label.trim().is_empty() => Some(CatalogueProblem::NoLabel),
            () if self.methods.is_empty() => Some(CatalogueProblem::NoMethod),
            () if repeated => Some(CatalogueProblem::MethodTwice),
            () => self.limits.problem().or_else(|| self.per_card_payment.problem()),
        }
    }
}

impl Limit {
    fn problem(self) -> Option<CatalogueProblem> {
        match self {
            Self::UpTo(money) if money.minor() < 0 => Some(CatalogueProblem::NegativeLimit),
            // It is compared with what a payment comes to in the currency of the limits.
            Self::UpTo(money) if money.currency() != Currency::USD => Some(CatalogueProblem::TwoCurrencies),
            _ => None,
        }
    }
}

impl Limits {
    fn problem(&self) -> Option<CatalogueProblem> {
        let negative = |limit: &Limit| matches!(limit, Limit::UpTo(money) if money.minor() < 0);
        if negative(&self.per_day) || negative(&self.per_five_days) {
            return Some(CatalogueProblem::NegativeLimit);
        }
        match (self.per_day, self.per_five_days) {
            (_, Limit::Unlimited) => None,
            (Limit::Unlimited, Limit::UpTo(_)) => Some(CatalogueProblem::DayAboveFiveDays),
            (Limit::UpTo(day), Limit::UpTo(five)) => match day.at_most(five) {
                Ok(true) => None,
                Ok(false) => Some(CatalogueProblem::DayAboveFiveDays),
                Err(_) => Some(CatalogueProblem::TwoCurrencies),
            },
        }
    }
}

/// The lowest limits of the design's table.
const LOW: Limits = Limits { per_day: Limit::usd(50_000), per_five_days: Limit::usd(100_000) };

impl Default for Catalogue {
    /// The design's table: limits by class as the modelled broker publishes them.
    fn default() -> Self {
        use Issuance::{Desk, FromTemporaryAccess, Legacy, OnRequest, SelfService, WhileNoPermanentDevice};
        use Method::{ChallengeResponse, CodeCard, Seamless, SentCode, StaticCode, TimeCode, Webauthn};
        const COMMON: Limits = Limits { per_day: Limit::usd(200_000), per_five_days: Limit::usd(600_000) };
        const HIGH: Limits = Limits { per_day: Limit::usd(1_000_000), per_five_days: Limit::usd(1_500_000) };
        const NONE: Limits = Limits { per_day: Limit::Unlimited, per_five_days: Limit::Unlimited };
        let row = |name: &str, label: &str, methods: &[Method], issuance, limits| Class {
            name: name.to_owned(),
            label: label.to_owned(),
            methods: methods.to_vec(),
            issuance,
            interim: matches!(issuance, FromTemporaryAccess | WhileNoPermanentDevice | Desk),
            limits,
            per_card_payment: Limit::Unlimited,
        };
        Self(vec![
            row("phone", "Mobile app", &[Seamless, ChallengeResponse], SelfService, COMMON),
            row("security-code-card", "Security Code Card", &[CodeCard], Legacy, COMMON),
            row("dsc", "Digital Security Card", &[TimeCode], Legacy, HIGH),
            row("dsc-plus", "Digital Security Card+", &[ChallengeResponse], OnRequest, NONE),
            row("gold", "Gold Device", &[TimeCode], Legacy, NONE),
            row("platinum", "Platinum Device", &[ChallengeResponse], Legacy, NONE),
            row("online-code-card", "Online Security Code Card", &[CodeCard], FromTemporaryAccess, COMMON),
            row("sms", "SMS code", &[SentCode], WhileNoPermanentDevice, COMMON),
            row(TEMPORARY_CODE, "Temporary code", &[StaticCode], Desk, LOW),
            row(PASSKEY_BOUND, "Passkey", &[Webauthn], SelfService, COMMON),
            row(PASSKEY_SYNCED, "Synced passkey", &[Webauthn], SelfService, LOW),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl Fn(&mut Class)) -> Result<Catalogue, Vec<CatalogueProblem>> {
        let mut classes = Catalogue::default().0;
        change(&mut classes[0]);
        Catalogue::new(classes).map_err(|errors| errors.into_iter().map(|e| e.problem).collect())
    }

    #[test]
    fn the_default_table_is_valid_and_as_published() {
        let catalogue = with(|_| ()).unwrap();
        assert_eq!(catalogue, Catalogue::default());
        assert_eq!(catalogue.classes().len(), 11);
        let limits = |name| catalogue.class(name).map(|c| (c.limits.per_day, c.limits.per_five_days));
        assert_eq!(limits("phone"), Some((Limit::usd(200_000), Limit::usd(600_000))));
        assert_eq!(limits("dsc"), Some((Limit::usd(1_000_000), Limit::usd(1_500_000))));
        for class in ["dsc-plus", "gold", "platinum"] {
            assert_eq!(limits(class), Some((Limit::Unlimited, Limit::Unlimited)), "{class}");
        }
        assert_eq!(limits("passkey-bound"), Some((Limit::usd(200_000), Limit::usd(600_000))));
        assert_eq!(limits("passkey-synced"), Some((Limit::usd(50_000), Limit::usd(100_000))));
        assert_eq!(limits("temporary-code"), Some((Limit::usd(50_000), Limit::usd(100_000))));
        let interim: Vec<_> = catalogue.classes().iter().filter(|c| c.interim).map(|c| c.name.as_str()).collect();
        assert_eq!(interim, ["online-code-card", "sms", "temporary-code"]);
    }

    #[test]
    fn a_bad_row_is_refused_with_its_reason() {
        use CatalogueProblem as P;
        assert_eq!(with(|c| c.name = "Phone".into()), Err(vec![P::Name]));
        assert_eq!(with(|c| c.name = "dsc".into()), Err(vec![P::Duplicate]));
        assert_eq!(with(|c| c.label = " ".into()), Err(vec![P::NoLabel]));
        assert_eq!(with(|c| c.methods.clear()), Err(vec![P::NoMethod]));
        assert_eq!(with(|c| c.methods.push(Method::Seamless)), Err(vec![P::MethodTwice]));
        assert_eq!(with(|c| c.limits.per_day = Limit::usd(-1)), Err(vec![P::NegativeLimit]));
        assert_eq!(with(|c| c.limits.per_day = Limit::usd(600_001)), Err(vec![P::DayAboveFiveDays]));
        assert_eq!(with(|c| c.limits.per_day = Limit::Unlimited), Err(vec![P::DayAboveFiveDays]));
        let euro = Limit::UpTo(Money::from_minor(1, Currency::parse("EUR").unwrap()));
        assert_eq!(with(|c| c.limits.per_day = euro), Err(vec![P::TwoCurrencies]));
        assert_eq!(with(|c| c.per_card_payment = Limit::usd(-1)), Err(vec![P::NegativeLimit]));
        assert_eq!(with(|c| c.per_card_payment = euro), Err(vec![P::TwoCurrencies]));
        assert!(with(|c| c.limits.per_day = Limit::usd(600_000)).is_ok());
    }

    #[test]
    fn legacy_classes_are_adopted_and_never_issued() {
        let catalogue = Catalogue::default();
        for class in catalogue.classes().iter().filter(|c| c.issuance == Issuance::Legacy) {
            assert_eq!(class.check_issue(false), Err(IssueError::Legacy), "{}", class.name);
            assert_eq!(class.check_issue(true), Ok(()), "{}", class.name);
        }
        assert_eq!(catalogue.class("dsc-plus").map(|c| c.check_issue(false)), Some(Ok(())));
        for eligible in [false, true] {
            assert_eq!(catalogue.class(passkey_class(eligible)).map(Class::self_service), Some(true));
        }
        assert_eq!(catalogue.class("phone").map(|c| c.check_issue(true)), Some(Err(IssueError::ByUser)));
    }

    #[test]
    fn method_names_read_back() {
        for method in Method::ALL {
            assert_eq!(Method::parse(method.name()), Some(method));
        }
        assert_eq!(Method::parse("push"), None);
    }
}
