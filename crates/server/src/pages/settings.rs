//! The signed-in page: devices, known programs, sessions, activity.

use super::{Frame, about::About};
use askama::Template;

/// A device of the user.
#[derive(Debug, Clone)]
pub struct DeviceLine {
    /// Its label.
    pub label: String,
    /// Its class.
    pub class: String,
    /// The stable name of its state.
    pub state: String,
    /// Since when, as text.
    pub since: String,
    /// When it last confirmed something, as text.
    pub last_used: Option<String>,
    /// Whether it is the default.
    pub default: bool,
}

impl DeviceLine {
    /// Whether it can be used.
    fn active(&self) -> bool {
        self.state == "active"
    }

    /// The key of the state's name.
    pub(crate) fn state_key(&self) -> &'static str {
        match self.state.as_str() {
            "ordered" => "settings-state-ordered",
            "shipped" => "settings-state-shipped",
            "pending" => "settings-state-pending",
            "active" => "settings-state-active",
            "suspended" => "settings-state-suspended",
            "replaced" => "settings-state-replaced",
            "migrated" => "settings-state-migrated",
            "lost" => "settings-state-lost",
            "revoked" => "settings-state-revoked",
            _ => "settings-state-expired",
        }
    }
}

/// A browser or program that is known for this user.
#[derive(Debug, Clone)]
pub struct MarkLine {
    /// Its id, sent back as `id`.
    pub id: String,
    /// What it calls itself.
    pub label: String,
    /// When it was last seen, as text.
    pub last_seen: String,
    /// Whether it is the one that asks.
    pub this_one: bool,
}

/// A living session.
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// Its id, sent back as `id`.
    pub id: String,
    /// What it calls itself.
    pub label: String,
    /// When it began, as text.
    pub started: String,
    /// When it was last seen, as text.
    pub last_seen: String,
    /// Whether it is the one that asks.
    pub this_one: bool,
}

/// A request of a client's back end that waits for the user.
#[derive(Debug, Clone)]
pub struct WaitingLine {
    /// Its id, sent back as `id`.
    pub id: String,
    /// What is asked.
    pub about: About,
    /// Whole minutes it still waits, at least one.
    pub minutes: u64,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct ActivityLine {
    /// When, as text.
    pub at: String,
    /// The stable name of the audit row's kind.
    pub what: String,
    /// The network address it came from; empty where there is none.
    pub address: String,
}

impl ActivityLine {
    /// The key of what happened.
    pub(crate) fn key(&self) -> &'static str {
        match self.what.as_str() {
            "password.accepted" => "activity-password-accepted",
            "password.refused" => "activity-password-refused",
            "confirmation.offered" => "activity-confirmation-offered",
            "confirmation.device_chosen" => "activity-device-chosen",
            "confirmation.returned_to_choice" => "activity-returned-to-choice",
            "confirmation.answered_wrong" => "activity-answered-wrong",
            "confirmation.confirmed" => "activity-confirmed",
            "confirmation.denied" => "activity-denied",
            "confirmation.reported" => "activity-reported",
            "confirmation.expired" => "activity-expired",
            "confirmation.exhausted" => "activity-exhausted",
            "device.locked" => "activity-device-locked",
            "card.preauthorised" => "activity-card-preauthorised",
            "card.payment_authorised" => "activity-card-payment-authorised",
            "card.blocked" => "activity-card-blocked",
            "device.unlocked" => "activity-device-unlocked",
            "device.added" => "activity-device-added",
            "device.state_changed" => "activity-device-state-changed",
            "user.added" => "activity-user-added",
            "user.locked" => "activity-user-locked",
            "user.unlocked" => "activity-user-unlocked",
            "user.default_device_changed" => "activity-default-device-changed",
            "session.started" => "activity-session-started",
            "session.ended" => "activity-session-ended",
            "mark.set" => "activity-mark-set",
            "mark.revoked" => "activity-mark-revoked",
            "authorization_code.issued" => "activity-code-issued",
            "authorization_code.redeemed" => "activity-code-redeemed",
            "authorization_code.replayed" => "activity-code-replayed",
            "invitation.made" => "activity-invitation-made",
            "activation.started" => "activity-activation-started",
            "activation.refused" => "activity-activation-refused",
            "activation.keys_agreed" => "activity-keys-agreed",
            "activation.ended" => "activity-activation-ended",
            "phone.statement_refused" => "activity-statement-refused",
            "phone.logged_out" => "activity-phone-logged-out",
            "refresh_token.used" => "activity-token-refreshed",
            "refresh_token.replayed" => "activity-refresh-replayed",
            "grant.revoked" => "activity-grant-revoked",
            "user.user_code_changed" => "activity-user-code-changed",
            "backchannel.asked" => "activity-backchannel-asked",
            "backchannel.refused" => "activity-backchannel-refused",
            "backchannel.redeemed" => "activity-backchannel-redeemed",
            "delivery.given_up" => "activity-delivery-given-up",
            "signing_key.added" => "activity-signing-key-added",
            "signing_key.retired" => "activity-signing-key-retired",
            "client.added" => "activity-client-added",
            "client.removed" => "activity-client-removed",
            "client.secret_changed" => "activity-client-secret-changed",
            _ => "activity-other",
        }
    }

    /// Whether the owner should look twice.
    fn alarming(&self) -> bool {
        matches!(
            self.what.as_str(),
            "password.refused"
                | "confirmation.answered_wrong"
                | "confirmation.denied"
                | "confirmation.reported"
                | "confirmation.exhausted"
                | "activation.refused"
                | "phone.statement_refused"
                | "device.locked"
                | "user.locked"
                | "authorization_code.replayed"
                | "refresh_token.replayed"
        )
    }
}

/// The page.
#[derive(Debug, Clone, Template)]
#[template(path = "settings/overview.html")]
pub struct Overview {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// What waits for the user's confirmation.
    pub waiting: Vec<WaitingLine>,
    /// The user's devices.
    pub devices: Vec<DeviceLine>,
    /// Known programs.
    pub marks: Vec<MarkLine>,
    /// Living sessions.
    pub sessions: Vec<SessionLine>,
    /// The latest activity, newest first.
    pub activity: Vec<ActivityLine>,
}

impl Overview {
    fn active_devices(&self) -> usize {
        self.devices.iter().filter(|device| device.active()).count()
    }

    fn username(&self) -> &str {
        self.frame.signed_in.as_deref().unwrap_or_default()
    }
}
