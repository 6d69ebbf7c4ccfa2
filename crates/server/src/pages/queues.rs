//! The console's queues: users who said "it wasn't me", and messages that could not be delivered.

use super::{Frame, console::DeskTold};
use askama::Template;

/// Who takes care of an alarm.
#[derive(Debug, Clone)]
pub struct TakenLine {
    /// By name.
    pub name: String,
    /// Since when.
    pub since: String,
    /// Whether it is who looks.
    pub own: bool,
}

/// A user who said "it wasn't me".
#[derive(Debug, Clone)]
pub struct AlarmLine {
    /// The user's id.
    pub id: String,
    /// The name.
    pub user: String,
    /// Since when the password is refused.
    pub since: String,
    /// What it was said of.
    pub text: Option<String>,
    /// By which program and from where.
    pub place: String,
    /// The device on which it was said; none where it was a page.
    pub device: Option<String>,
    /// Until when a link that was sent is good.
    pub link_until: Option<String>,
    /// The id of an open case.
    pub case: Option<String>,
    /// Who takes care of it.
    pub taken: Option<TakenLine>,
}

impl AlarmLine {
    /// Whether nothing is under way that brings the user back.
    pub(crate) fn no_way_back(&self) -> bool {
        self.link_until.is_none() && self.case.is_none()
    }
}

/// Who said "it wasn't me".
#[derive(Debug, Clone, Template)]
#[template(path = "console/alarms.html")]
pub struct AlarmsPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The oldest first.
    pub alarms: Vec<AlarmLine>,
    /// The address of the later ones.
    pub later: Option<String>,
    /// Whether the roles allow to take one.
    pub may_take: bool,
    /// What became of what was done.
    pub told: Option<DeskTold>,
}

/// A message that could not be delivered.
#[derive(Debug, Clone)]
pub struct MessageLine {
    /// Its id.
    pub id: String,
    /// To or about whom.
    pub user: String,
    /// That user's id.
    pub user_id: String,
    /// The stable name of its kind.
    pub kind: &'static str,
    /// The channel's stable name; none where its contact point is gone.
    pub channel: Option<&'static str>,
    /// Where to, masked; none where it goes to the desk or nowhere.
    pub to: Option<String>,
    /// The stable name of why it was given up.
    pub why: &'static str,
    /// What was said of it: a status, or a few words. Only shown where it is a status.
    pub status: Option<String>,
    /// When it was queued.
    pub queued: String,
    /// When it was given up.
    pub since: String,
    /// When it was last sent again.
    pub again: Option<String>,
}

impl MessageLine {
    pub(crate) fn kind_key(&self) -> &'static str {
        match self.kind {
            "activation_code" => "undelivered-activation-code",
            "sent_code" => "undelivered-sent-code",
            "contact_code" => "undelivered-contact-code",
            "password_link" => "undelivered-password-link",
            "invitation" => "undelivered-invitation",
            "desk_case" => "undelivered-desk-case",
            "contact_change" => "undelivered-contact-change",
            "desk_report" => "undelivered-desk-report",
            _ => "undelivered-notice",
        }
    }

    pub(crate) fn why_key(&self) -> &'static str {
        match self.why {
            "refused" => "undelivered-why-refused",
            "too_late" => "undelivered-why-too-late",
            "gone" => "undelivered-why-gone",
            "no_way" => "undelivered-why-no-way",
            _ => "undelivered-why-unreachable",
        }
    }

    /// By which channel and where to, in words.
    pub(crate) fn way(&self, frame: &Frame) -> String {
        match (self.channel, &self.to) {
            (Some("sms"), Some(to)) => frame.with("undelivered-to-sms", "to", to.as_str()),
            (_, Some(to)) => frame.with("undelivered-to-mail", "to", to.as_str()),
            (Some(_), None) => frame.t("undelivered-to-desk"),
            (None, None) => frame.t("undelivered-to-nobody"),
        }
    }
}

/// What could not be delivered.
#[derive(Debug, Clone, Template)]
#[template(path = "console/undelivered.html")]
pub struct UndeliveredPage {
    /// The frame, with who is signed in.
    pub frame: Frame,
    /// The longest there first.
    pub messages: Vec<MessageLine>,
    /// The address of the later ones.
    pub later: Option<String>,
    /// Whether the roles allow to send one again.
    pub may_send: bool,
    /// What became of what was done.
    pub told: Option<DeskTold>,
}
