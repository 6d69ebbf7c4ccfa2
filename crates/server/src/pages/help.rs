//! Help: one page per procedure.

use super::Frame;
use askama::Template;
use domain::device::catalogue::{PASSKEY_BOUND, PASSKEY_SYNCED};
use operation::Amount;

/// A help page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpPage {
    /// The list.
    Index,
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
}

impl HelpPage {
    /// Every page of the list, in its order.
    pub const LISTED: [Self; 23] = [
        Self::Login,
        Self::Password,
        Self::Contacts,
        Self::SeveralDevices,
        Self::MobileApp,
        Self::StartingPoints,
        Self::Migrating,
        Self::NewPhone,
        Self::ReactivatingIos,
        Self::ReactivatingAndroid,
        Self::ClearingData,
        Self::DscPlus,
        Self::SecurityCodeCard,
        Self::Dsc,
        Self::Gold,
        Self::Platinum,
        Self::Passkeys,
        Self::Ordering,
        Self::Starting,
        Self::Replacement,
        Self::Temporary,
        Self::WithdrawalLimits,
        Self::LimitsAndLock,
    ];

    /// The page of this name, the last part of `/help/<name>`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::LISTED.into_iter().find(|page| page.name() == name)
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
            "temporary-code" => Self::Temporary,
            _ => Self::Login,
        }
    }

    /// The last part of the page's path; empty for the list.
    pub fn name(self) -> &'static str {
        match self {
            Self::Index => "",
            Self::Login => "login",
            Self::SeveralDevices => "several-devices",
            Self::MobileApp => "mobile-app",
            Self::DscPlus => "dsc-plus",
            Self::Dsc => "dsc",
            Self::Gold => "gold",
            Self::Platinum => "platinum",
            Self::SecurityCodeCard => "security-code-card",
            Self::Passkeys => "passkeys",
            Self::Ordering => "ordering",
            Self::Starting => "starting",
            Self::Replacement => "replacement",
            Self::WithdrawalLimits => "withdrawal-limits",
            Self::LimitsAndLock => "my-limits",
            Self::Password => "password",
            Self::Temporary => "temporary-access",
            Self::StartingPoints => "starting-points",
            Self::Migrating => "migrating",
            Self::NewPhone => "moving",
            Self::ReactivatingIos => "reactivating-ios",
            Self::ReactivatingAndroid => "reactivating-android",
            Self::ClearingData => "clearing-data",
            Self::Contacts => "contacts",
        }
    }

    /// The key of the page's title.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Index => "help-title",
            Self::Login => "help-login-title",
            Self::SeveralDevices => "help-several-title",
            Self::MobileApp => "help-app-title",
            Self::DscPlus => "help-dsc-plus-title",
            Self::Dsc => "help-dsc-title",
            Self::Gold => "help-gold-title",
            Self::Platinum => "help-platinum-title",
            Self::SecurityCodeCard => "help-card-title",
            Self::Passkeys => "help-passkeys-title",
            Self::Ordering => "help-order-title",
            Self::Starting => "help-start-title",
            Self::Replacement => "help-replace-title",
            Self::WithdrawalLimits => "help-limits-title",
            Self::LimitsAndLock => "help-lock-title",
            Self::Password => "help-password-title",
            Self::Temporary => "help-temporary-title",
            Self::StartingPoints => "help-points-title",
            Self::Migrating => "help-migrate-title",
            Self::NewPhone => "help-move-title",
            Self::ReactivatingIos => "help-again-ios-title",
            Self::ReactivatingAndroid => "help-again-android-title",
            Self::ClearingData => "help-clear-title",
            Self::Contacts => "help-contacts-title",
        }
    }

    /// The key of what the page is about, in one sentence.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Index => "help-about",
            Self::Login => "help-login-about",
            Self::SeveralDevices => "help-several-about",
            Self::MobileApp => "help-app-about",
            Self::DscPlus => "help-dsc-plus-about",
            Self::Dsc => "help-dsc-about",
            Self::Gold => "help-gold-about",
            Self::Platinum => "help-platinum-about",
            Self::SecurityCodeCard => "help-card-about",
            Self::Passkeys => "help-passkeys-about",
            Self::Ordering => "help-order-about",
            Self::Starting => "help-start-about",
            Self::Replacement => "help-replace-about",
            Self::WithdrawalLimits => "help-limits-about",
            Self::LimitsAndLock => "help-lock-about",
            Self::Password => "help-password-about",
            Self::Temporary => "help-temporary-about",
            Self::StartingPoints => "help-points-about",
            Self::Migrating => "help-migrate-about",
            Self::NewPhone => "help-move-about",
            Self::ReactivatingIos => "help-again-ios-about",
            Self::ReactivatingAndroid => "help-again-android-about",
            Self::ClearingData => "help-clear-about",
            Self::Contacts => "help-contacts-about",
        }
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

impl Help {
    fn amount(&self, limit: Option<&Amount>) -> String {
        match limit {
            Some(limit) => amount::write(limit.digits(), limit.currency(), amount::Marks::of(self.frame.lang.tag())),
            None => self.frame.t("help-limits-none"),
        }
    }
}
