//! A record of the audit log, and its one form in JSON.

use super::Kind;
use crate::{
    id::{AuditId, ConfirmationId, DeviceId, GrantId, MarkId, SessionId, UserId},
    lockout::Budget,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Who did what a record tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Actor {
    /// Whoever is at the other end and has proved nothing yet.
    Stranger,
    /// The user whom the record is about, by a proof of who they are.
    User,
    /// A device of the user, by its key.
    Device {
        /// The device.
        id: DeviceId,
    },
    /// A client program, by its registered authentication.
    Client {
        /// Its client id.
        id: String,
    },
    /// An agent of the secure-login desk.
    Agent {
        /// The agent, who is a user too.
        id: UserId,
    },
    /// Whoever runs commands on the server's machine.
    Operator {
        /// The name by which the system knows them.
        name: String,
    },
    /// The server itself: time, sweeps, deliveries.
    Server,
}

impl Actor {
    /// What kind of actor it is, as a stable word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::User => "user",
            Self::Device { .. } => "device",
            Self::Client { .. } => "client",
            Self::Agent { .. } => "agent",
            Self::Operator { .. } => "operator",
            Self::Server => "server",
        }
    }
}

/// What a record is about, beside its kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct About {
    /// Whose failures count, where some can; not written to the log.
    #[serde(skip)]
    pub budget: Option<Budget>,
    /// The user; none for one who is not known, or what concerns no user. Kept in a column of its own.
    #[serde(skip)]
    pub user: Option<UserId>,
    /// The client program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<ConfirmationId>,
    /// The device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// The network address that the act came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// Whether a password came from a browser or program that the user has logged in from before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_program: Option<bool>,
}

macro_rules! details {
    ($($(#[$doc:meta])* $name:ident: $kind:ty;)+) => {
        /// What else a record says, each under a stable name; nothing secret.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        pub struct Detail {$(
            $(#[$doc])*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $name: Option<$kind>,
        )+}

        impl Detail {
            /// Nothing more than its kind and what it is about.
            pub fn none() -> Self {
                Self::default()
            }
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(mut self, value: impl Into<$kind>) -> Self {
                    self.$name = Some(value.into());
                    self
                }
            )+
        }
    };
}

details! {
    /// The algorithm of a key, a device or a signature.
    algorithm: String;
    /// Whether a session is the phone app's own.
    app: bool;
    /// Tries that were made.
    attempts: u32;
    /// Tries that are left.
    attempts_left: u32;
    /// The cause, as a stable word.
    because: String;
    /// A debit card, by the card processor's id.
    card: String;
    /// A channel of messages, such as `mail`.
    channel: String;
    /// A device class.
    class: String;
    /// What was to be delivered, such as `ping`.
    delivery: String;
    /// What it was before.
    from: String;
    /// A grant.
    grant: GrantId;
    /// A key's id.
    kid: String;
    /// A device's label.
    label: String;
    /// A known browser or program.
    mark: MarkId;
    /// The member of a signed statement that does not hold.
    member: String;
    /// The catalogue's key of a message.
    message: String;
    /// A push service's origin.
    origin: String;
    /// What a phone runs on.
    platform: String;
    /// How something was proved, such as `session`.
    proof: String;
    /// A serial number.
    serial: String;
    /// A browser session.
    session: SessionId;
    /// Whether something was set or taken away.
    set: bool;
    /// From when on a key signs, in seconds since 1970.
    signs_at: i64;
    /// The session that goes on in place of this one.
    succeeded_by: SessionId;
    /// Up to where news was seen: no row from here on.
    through: AuditId;
    /// What it is now.
    to: String;
    /// A username, at the user's creation.
    username: String;
    /// The trouble, in a machine's words.
    why: String;
}

/// A record: one row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What happened.
    pub kind: Kind,
    /// Who did it; none in rows from before this was noted.
    pub actor: Option<Actor>,
    /// To whom, by what, in which attempt.
    pub about: About,
    /// What else it says.
    pub detail: Detail,
}

/// The members of a record's JSON object, all on one level. Rows from before have the same without `by`.
#[derive(Deserialize)]
struct Members {
    #[serde(default, deserialize_with = "actor_of_any_age")]
    by: Option<Actor>,
    #[serde(flatten)]
    about: About,
    #[serde(flatten)]
    detail: Detail,
}

/// The same, to be written.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a Actor>,
    #[serde(flatten)]
    about: &'a About,
    #[serde(flatten)]
    detail: &'a Detail,
}

/// An actor as written today, or as the bare word by which an operator's rows were marked before.
fn actor_of_any_age<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Actor>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Typed(Actor),
        Word(String),
    }
    Ok(match Option::<Form>::deserialize(from)? {
        Some(Form::Typed(actor)) => Some(actor),
        Some(Form::Word(word)) if word == "operator" => Some(Actor::Operator { name: String::new() }),
        Some(Form::Word(_)) | None => None,
    })
}

impl Record {
    /// What of it stays when its user is erased: what happened, when, with which device and client, by ids alone. Addresses,
    /// names, labels, serial numbers and cards go.
    #[must_use]
    pub fn forgotten(&self) -> Self {
        let about = About { address: None, ..self.about.clone() };
        // What a device was called before and now; states and the like stay.
        let named = self.kind == Kind::DeviceRenamed;
        // Which account it was.
        let posted = self.kind == Kind::AccountPosted;
        let detail = Detail {
            because: self.detail.because.clone().filter(|_| !posted),
            card: None,
            from: self.detail.from.clone().filter(|_| !named),
            label: None,
            serial: None,
            to: self.detail.to.clone().filter(|_| !named),
            username: None,
            why: None,
            ..self.detail.clone()
        };
        Self { kind: self.kind, actor: self.actor.clone(), about, detail }
    }

    /// The members as a JSON object in one canonical order: names sorted, no space (RFC 8785 for what stands here, since
    /// numbers are integers). User and kind have columns of their own.
    pub fn to_json(&self) -> String {
        let members = Written { by: self.actor.as_ref(), about: &self.about, detail: &self.detail };
        // A map of `serde_json` sorts its names, and nothing here is a map with keys that are no text.
        serde_json::to_value(members).map(|value| value.to_string()).unwrap_or_default()
    }

    /// A stored row's record; none when its text is no object of these members. Unknown members, which a newer version
    /// wrote, are passed over.
    pub fn from_json(kind: Kind, user: Option<UserId>, text: &str) -> Option<Self> {
        let Members { by, about, detail } = serde_json::from_str(text).ok()?;
        Some(Self { kind, actor: by, about: About { user, ..about }, detail })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_record_has_one_form() {
        let record = Record {
            kind: Kind::SessionEnded,
            actor: Some(Actor::Operator { name: "root".to_owned() }),
            about: About {
                user: Some(UserId::from([1; 16])),
                client: Some("tws".to_owned()),
                address: Some(IpAddr::from([192, 0, 2, 7])),
                ..About::default()
            },
            detail: Detail::none().session(SessionId::from([2; 16])).because("idle"),
        };
        let text = record.to_json();
        assert_eq!(
            text,
            r#"{"address":"192.0.2.7","because":"idle","by":{"is":"operator","name":"root"},"client":"tws","session":"02020202-0202-0202-0202-020202020202"}"#
        );
        assert_eq!(Record::from_json(record.kind, record.about.user, &text), Some(record));
    }

    #[test]
    fn rows_from_before_are_read() {
        for text in [
            r#"{"client":"tws","address":"127.0.0.1","known_program":false}"#,
            r#"{"by":{"is":"server"},"attempts":8,"client":"a","delivery":"ping","why":"503"}"#,
            r#"{"device":"01010101-0101-0101-0101-010101010101","from":"active","to":"suspended"}"#,
            r#"{"something_new":{"x":1}}"#,
        ] {
            assert!(Record::from_json(Kind::Offered, None, text).is_some(), "{text}");
        }
        // Operators' rows said so in a word.
        let old = Record::from_json(Kind::UserAdded, None, r#"{"by":"operator","username":"alice"}"#);
        assert_eq!(old.map(|old| old.actor), Some(Some(Actor::Operator { name: String::new() })));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,200}") {
            let _ = Record::from_json(Kind::Offered, None, &text);
        }

        #[test]
        fn what_is_written_is_read(name in ".{0,20}", left in any::<u32>(), set in any::<Option<bool>>()) {
            let mut detail = Detail::none().attempts_left(left).why(name.clone());
            detail.set = set;
            let actor = Some(Actor::Client { id: name });
            let record = Record { kind: Kind::Offered, actor, about: About::default(), detail };
            prop_assert_eq!(Record::from_json(record.kind, None, &record.to_json()), Some(record));
        }
    }

    proptest! {
        /// Whatever a record says: nothing that a person gave or was given stays, and what happened does.
        #[test]
        fn what_is_forgotten_names_nobody(nth in 0..Kind::ALL.len(), secret in "[a-z]{12}", octets in any::<[u8; 4]>()) {
            let personal = format!("canary-{secret}");
            let text = || personal.clone();
            let record = Record {
                kind: Kind::ALL[nth],
                actor: Some(Actor::User),
                about: About {
                    client: Some("tws".to_owned()),
                    device: Some([7; 16].into()),
                    address: Some(IpAddr::from(octets)),
                    ..About::default()
                },
                detail: Detail::none().label(text()).username(text()).serial(text()).card(text()).why(text()).class("gold"),
            };
            let (from, to) = match record.kind {
                Kind::DeviceRenamed => (text(), text()),
                _ => ("active".to_owned(), "revoked".to_owned()),
            };
            let because = if record.kind == Kind::AccountPosted { text() } else { "idle".to_owned() };
            let record = Record { detail: record.detail.clone().from(from).to(to).because(because), ..record };
            let kept = record.forgotten();
            prop_assert!(!kept.to_json().contains("canary") && kept.about.address.is_none());
            prop_assert_eq!((kept.kind, &kept.actor, kept.about.device), (record.kind, &record.actor, record.about.device));
            prop_assert_eq!(kept.detail.class.as_deref(), Some("gold"));
            let states = kept.detail.to.as_deref() == Some("revoked");
            prop_assert!(states || record.kind == Kind::DeviceRenamed);
            prop_assert_eq!(kept.forgotten(), kept);
        }
    }
}
