//! Help: one page per procedure, and the list in which they are found.

mod search;
pub(crate) mod text;

pub use search::{Found, search};

use super::Frame;
use askama::Template;
use domain::device::catalogue::{Catalogue, Class, Limit, PASSKEY_BOUND, PASSKEY_SYNCED};
use operation::Amount;

/// A help page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpPage {
    /// Logging in.
    Login,
    /// Several devices and the chooser.
    SeveralDevices,
    /// Using the mobile app.
    MobileApp,
    /// Using a DSC+.
    DscPlus,
    /// Using a DSC.
    Dsc,
    /// Using a Gold device.
    Gold,
    /// Using a Platinum device.
    Platinum,
    /// Using a security code card.
    SecurityCodeCard,
    /// Codes by SMS.
    CodesBySms,
    /// Using passkeys.
    Passkeys,
    /// Requesting a device by mail.
    Ordering,
    /// Activating and reactivating a permanent device.
    Starting,
    /// Requesting a replacement.
    Replacement,
    /// Withdrawal limits by device.
    WithdrawalLimits,
    /// A customer's own limits, and the transfer lock.
    LimitsAndLock,
    /// Changing a password, and a forgotten one.
    Password,
    /// Temporary access by the desk.
    Temporary,
    /// The four starting points.
    StartingPoints,
    /// Migrating from the standalone app.
    Migrating,
    /// Moving to a new phone with the old one in hand.
    NewPhone,
    /// Activating the app again, on iOS.
    ReactivatingIos,
    /// Activating the app again, on Android.
    ReactivatingAndroid,
    /// Clearing the app's data.
    ClearingData,
    /// Changing contact points.
    Contacts,
    /// The secure-login system at a glance.
    Glance,
    /// The app's home screen and menus.
    AppScreens,
    /// Logging in without a connection.
    Offline,
    /// Activating the app for the first time, on iOS.
    ActivatingIos,
    /// Activating the app for the first time, on Android.
    ActivatingAndroid,
    /// "It wasn't me".
    NotMe,
}

impl HelpPage {
    /// Every page of the list, in its order: groups with the key of their heading.
    pub const GROUPS: [(&'static str, &'static [Self]); 6] = [
        ("help-group-start", &[Self::Glance, Self::StartingPoints, Self::AppScreens]),
        (
            "help-group-login",
            &[Self::Login, Self::SeveralDevices, Self::MobileApp, Self::Offline, Self::CodesBySms, Self::Passkeys],
        ),
        (
            "help-group-phone",
            &[
                Self::ActivatingIos,
                Self::ActivatingAndroid,
                Self::NewPhone,
                Self::Migrating,
                Self::ReactivatingIos,
                Self::ReactivatingAndroid,
                Self::ClearingData,
            ],
        ),
        (
            "help-group-cards",
            &[
                Self::DscPlus,
                Self::SecurityCodeCard,
                Self::Dsc,
                Self::Gold,
                Self::Platinum,
                Self::Ordering,
                Self::Starting,
                Self::Replacement,
            ],
        ),
        ("help-group-money", &[Self::WithdrawalLimits, Self::LimitsAndLock]),
        ("help-group-trouble", &[Self::NotMe, Self::Password, Self::Contacts, Self::Temporary]),
    ];

    /// Every page of the list, in its order.
    pub fn listed() -> impl Iterator<Item = Self> {
        Self::GROUPS.iter().flat_map(|(_, pages)| pages.iter().copied())
    }

    /// The page of this name, the last part of `/help/<name>`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::listed().find(|page| page.name() == name)
    }

    /// The page that explains a device class.
    pub fn for_class(class: &str) -> Self {
        match class {
            "phone" => Self::MobileApp,
            "dsc-plus" => Self::DscPlus,
            "dsc" => Self::Dsc,
            "gold" => Self::Gold,
            "platinum" => Self::Platinum,
            PASSKEY_BOUND | PASSKEY_SYNCED => Self::Passkeys,
            "security-code-card" | "online-code-card" => Self::SecurityCodeCard,
            "sms" => Self::CodesBySms,
            "temporary-code" => Self::Temporary,
            _ => Self::Login,
        }
    }

    /// The last part of the page's path.
    pub fn name(self) -> &'static str {
        self.row()[0]
    }

    /// The key of the page's title.
    pub(crate) fn title(self) -> &'static str {
        self.row()[1]
    }

    /// The key of what the page is about, in one sentence.
    pub(crate) fn about(self) -> &'static str {
        self.row()[2]
    }

    /// The last part of the path, and the keys of the title and of what it is about.
    const fn row(self) -> [&'static str; 3] {
        match self {
            Self::Glance => ["at-a-glance", "help-glance-title", "help-glance-about"],
            Self::StartingPoints => ["starting-points", "help-points-title", "help-points-about"],
            Self::AppScreens => ["app-screens", "help-screens-title", "help-screens-about"],
            Self::Login => ["login", "help-login-title", "help-login-about"],
            Self::SeveralDevices => ["several-devices", "help-several-title", "help-several-about"],
            Self::MobileApp => ["mobile-app", "help-app-title", "help-app-about"],
            Self::Offline => ["offline", "help-offline-title", "help-offline-about"],
            Self::CodesBySms => ["codes-by-sms", "help-sms-title", "help-sms-about"],
            Self::Passkeys => ["passkeys", "help-passkeys-title", "help-passkeys-about"],
            Self::ActivatingIos => ["activating-ios", "help-activate-ios-title", "help-activate-ios-about"],
            Self::ActivatingAndroid => {
                ["activating-android", "help-activate-android-title", "help-activate-android-about"]
            }
            Self::NewPhone => ["moving", "help-move-title", "help-move-about"],
            Self::Migrating => ["migrating", "help-migrate-title", "help-migrate-about"],
            Self::ReactivatingIos => ["reactivating-ios", "help-again-ios-title", "help-again-ios-about"],
            Self::ReactivatingAndroid => {
                ["reactivating-android", "help-again-android-title", "help-again-android-about"]
            }
            Self::ClearingData => ["clearing-data", "help-clear-title", "help-clear-about"],
            Self::DscPlus => ["dsc-plus", "help-dsc-plus-title", "help-dsc-plus-about"],
            Self::SecurityCodeCard => ["security-code-card", "help-card-title", "help-card-about"],
            Self::Dsc => ["dsc", "help-dsc-title", "help-dsc-about"],
            Self::Gold => ["gold", "help-gold-title", "help-gold-about"],
            Self::Platinum => ["platinum", "help-platinum-title", "help-platinum-about"],
            Self::Ordering => ["ordering", "help-order-title", "help-order-about"],
            Self::Starting => ["starting", "help-start-title", "help-start-about"],
            Self::Replacement => ["replacement", "help-replace-title", "help-replace-about"],
            Self::WithdrawalLimits => ["withdrawal-limits", "help-limits-title", "help-limits-about"],
            Self::LimitsAndLock => ["my-limits", "help-lock-title", "help-lock-about"],
            Self::NotMe => ["not-me", "help-not-me-title", "help-not-me-about"],
            Self::Password => ["password", "help-password-title", "help-password-about"],
            Self::Contacts => ["contacts", "help-contacts-title", "help-contacts-about"],
            Self::Temporary => ["temporary-access", "help-temporary-title", "help-temporary-about"],
        }
    }
}

/// The list, and what was found in it.
#[derive(Debug, Clone, Template)]
#[template(path = "help/index.html")]
pub struct HelpIndex {
    /// The frame.
    pub frame: Frame,
    /// What was looked for; empty where nothing was.
    pub words: String,
    /// Where it was found.
    pub found: Vec<Found>,
}

impl HelpIndex {
    /// How many pages were found.
    fn heading(&self) -> String {
        if self.found.is_empty() {
            return self.frame.with("help-search-nothing", "words", &self.words);
        }
        self.frame.n("help-search-found", self.found.len())
    }
}

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "help/help.html")]
pub struct Help {
    /// The frame.
    pub frame: Frame,
    /// The help page to show.
    pub page: HelpPage,
    /// What each kind of device may authorise, for the page about it.
    pub limits: Vec<LimitLine>,
}

/// What devices of a class may authorise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitLine {
    /// The class's label.
    pub label: String,
    /// Per day; none is no limit.
    pub per_day: Option<Amount>,
    /// Per five business days; none is no limit.
    pub per_five_days: Option<Amount>,
}

impl LimitLine {
    /// What each class of device may authorise, as it is configured today.
    pub fn of(catalogue: &Catalogue) -> Vec<Self> {
        let amount = |limit| match limit {
            Limit::Unlimited => None,
            Limit::UpTo(most) => Some(most.into()),
        };
        let line = |class: &Class| Self {
            label: class.label.clone(),
            per_day: amount(class.limits.per_day),
            per_five_days: amount(class.limits.per_five_days),
        };
        catalogue.classes().iter().map(line).collect()
    }
}

impl Help {
    fn amount(&self, limit: Option<&Amount>) -> String {
        match limit {
            Some(limit) => amount::write(limit.digits(), limit.currency(), amount::Marks::of(self.frame.lang.tag())),
            None => self.frame.t("help-limits-none"),
        }
    }
}
