//! The log as its owner reads it: the rows of one attempt are one story, and every other row is one of its own.

use super::{About, Actor, Kind, Record};
use crate::{
    Timestamp,
    id::{AuditId, ConfirmationId, DeviceId},
};
use ::operation::What;
use std::{cmp::Reverse, collections::BTreeMap};

/// A row of the log, or the last of several that are told as a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its id, which sorts by time.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// What it says; none of a row that a newer version wrote.
    pub record: Option<Record>,
    /// How many rows of its kind it stands for.
    pub count: u32,
    /// When the first of them was.
    pub since: Timestamp,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// The row that says what happened: of an attempt, how it ended.
    pub told: Row,
    /// Every row that it tells, the oldest first.
    pub rows: Vec<AuditId>,
    /// The attempt whose rows these are.
    pub attempt: Option<ConfirmationId>,
    /// Wrong answers among them.
    pub wrong: u32,
    /// Client, device and address, each from whichever row knows it.
    pub about: About,
    /// Whether they end in a login.
    pub logs_in: bool,
}

/// What a story is about, for whoever looks for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Getting in, and what keeps somebody out.
    Logins,
    /// Money and cards.
    Money,
    /// Devices, their PINs and their activation.
    Devices,
}

/// Whose rows are one story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Attempt(ConfirmationId),
    /// From the keys that were agreed to the device that is there.
    Activation(DeviceId),
    Alone(AuditId),
}

impl Row {
    /// What happened; none of a row that a newer version wrote.
    pub fn kind(&self) -> Option<Kind> {
        self.record.as_ref().map(|record| record.kind)
    }

    /// A count stands for several attempts, and what weighs by itself is not hidden in an attempt's story. Nothing but the
    /// row decides, so that a story is the same whatever else is told.
    fn key(&self) -> Key {
        let alone = Key::Alone(self.id);
        let Some(record) = self.record.as_ref().filter(|_| self.count < 2) else { return alone };
        let activates = match record.kind {
            Kind::KeysAgreed | Kind::DeviceAdded => true,
            Kind::DeviceStateChanged => record.detail.from.as_deref() == Some("pending"),
            _ => false,
        };
        match (record.kind, record.about.attempt, record.about.device) {
            (_, _, Some(device)) if activates => Key::Activation(device),
            (Kind::DeviceLocked | Kind::UserLocked | Kind::RequestsLocked | Kind::DeviceStateChanged, ..)
            | (Kind::WithdrawalSettled | Kind::WithdrawalCancelled | Kind::WithdrawalStopped, ..) => alone,
            (_, Some(attempt), _) => Key::Attempt(attempt),
            (_, None, _) => alone,
        }
    }

    /// How much a row says of its story. Nothing, where only whoever looks closely wants to read it.
    fn weight(&self) -> u8 {
        let Some(record) = &self.record else { return 1 };
        match record.kind {
            Kind::Reported => 5,
            Kind::Confirmed | Kind::Denied | Kind::Expired | Kind::Abandoned | Kind::Exhausted => 4,
            Kind::DeviceStateChanged | Kind::DeviceAdded => 3,
            Kind::AnsweredWrong | Kind::FirstConfirmed => 2,
            // The app's session follows from a login that is told.
            Kind::SessionStarted if record.detail.app == Some(true) && record.about.attempt.is_none() => 0,
            Kind::PasswordAccepted
            | Kind::MarkSet
            | Kind::InvitationMade
            | Kind::ActivationStarted
            | Kind::KeysAgreed
            | Kind::BackchannelAsked
            | Kind::BackchannelRedeemed
            | Kind::GrantRevoked
            | Kind::SigningKeyAdded
            | Kind::SigningKeyRetired
            | Kind::AccountPosted
            | Kind::ClientTokenIssued
            | Kind::ClientTokenRevoked
            | Kind::WebhookMade
            | Kind::WebhookEnded
            | Kind::ClientAdded
            | Kind::ClientRemoved
            | Kind::ClientSecretChanged
            | Kind::ClientKeysChanged
            | Kind::RatePosted
            | Kind::SealingKeyRotated
            | Kind::UserViewed
            | Kind::DatabaseRestored => 0,
            kind if kind.is_step() => 0,
            _ => 1,
        }
    }
}

/// Tells rows as stories, the latest first. Each row is in exactly one.
pub fn fold(rows: impl IntoIterator<Item = Row>) -> Vec<Story> {
    let mut by_key: BTreeMap<Key, Vec<Row>> = BTreeMap::new();
    for row in rows {
        by_key.entry(row.key()).or_default().push(row);
    }
    let mut stories: Vec<_> = by_key.into_iter().filter_map(|(key, rows)| Story::of(key, rows)).collect();
    stories.sort_by_key(|story| Reverse((story.told.at, story.told.id)));
    stories
}

impl Story {
    /// None without rows.
    fn of(key: Key, mut rows: Vec<Row>) -> Option<Self> {
        rows.sort_by_key(|row| (row.at, row.id));
        let told = rows.iter().max_by_key(|row| (row.weight(), row.at, row.id))?.clone();
        let of_kind = |kind: Kind| rows.iter().filter(move |row| row.kind() == Some(kind));
        let wrong = of_kind(Kind::AnsweredWrong).count();
        let logs_in = of_kind(Kind::SessionStarted).chain(of_kind(Kind::CodeIssued)).next().is_some();
        let mut about = told.record.as_ref().map(|record| record.about.clone()).unwrap_or_default();
        for other in rows.iter().rev().filter_map(|row| row.record.as_ref()).map(|record| &record.about) {
            about.client = about.client.or_else(|| other.client.clone());
            about.device = about.device.or(other.device);
            about.address = about.address.or(other.address);
        }
        let attempt = match key {
            Key::Attempt(attempt) => Some(attempt),
            Key::Activation(_) | Key::Alone(_) => None,
        };
        let rows = rows.iter().map(|row| row.id).collect();
        Some(Self { rows, attempt, wrong: u32::try_from(wrong).unwrap_or(u32::MAX), about, logs_in, told })
    }

    /// The attempt that it is about, also where it is no part of how that went.
    pub fn about_attempt(&self) -> Option<ConfirmationId> {
        self.attempt.or(self.about.attempt).filter(|_| self.told.count < 2)
    }

    /// Whether only whoever looks closely wants to read it.
    pub fn technical(&self) -> bool {
        self.told.weight() == 0
    }

    /// Whether somebody without any of the user's devices can cause it as often as they like.
    pub fn by_anybody(&self) -> bool {
        self.told.kind().is_some_and(Kind::told_as_count)
    }

    /// Whether it says how its attempt ended.
    pub fn ended(&self) -> bool {
        self.attempt.is_some() && self.told.weight() > 3
    }

    /// Whether the owner should look twice. Who mistypes and gets in has done nothing that alarms.
    pub fn alarming(&self) -> bool {
        let kind = self.told.kind();
        kind.is_some_and(Kind::alarming) || (self.wrong > 0 && kind != Some(Kind::Confirmed))
    }

    /// Whether somebody else did it in the user's place: the desk, or whoever runs the server.
    pub fn by_desk(&self) -> bool {
        let actor = self.told.record.as_ref().and_then(|record| record.actor.as_ref());
        matches!(actor, Some(Actor::Agent { .. } | Actor::Operator { .. }))
    }

    /// What it is about, given what its attempt was to confirm, where that is known.
    pub fn topic(&self, what: Option<&What>) -> Topic {
        match (what, self.told.kind()) {
            (Some(What::Withdrawal(_) | What::WithdrawalBatch(_)), _)
            | (Some(What::CardPayment(_) | What::CardPreauthorisation(_)), _)
            | (Some(What::LimitChange(_) | What::TwoDevicesChange(_) | What::TransferLockOpen(_)), _) => Topic::Money,
            (Some(What::PhoneActivation | What::PasskeyAddition(_)), _)
            | (Some(What::PasswordChange | What::PasswordReset | What::DeskCase(_) | What::NewsAcknowledgement), _)
            | (Some(What::NumberRecovery | What::PhoneMove), _)
            | (Some(What::PinChange(_) | What::DeviceOrder(_) | What::ContactChange(_)), _) => Topic::Devices,
            (Some(What::Login | What::Authentication | What::Call(_)), _) => Topic::Logins,
            (None, Some(kind)) => topic(kind),
            (None, None) => Topic::Logins,
        }
    }
}

fn topic(kind: Kind) -> Topic {
    match kind {
        Kind::CardPreauthorised
        | Kind::CardPaymentAuthorised
        | Kind::CardBlocked
        | Kind::RatePosted
        | Kind::AccountPosted
        | Kind::WithdrawalSettled
        | Kind::WithdrawalCancelled
        | Kind::WithdrawalStopped
        | Kind::LimitsLowered
        | Kind::LimitsRise
        | Kind::LimitsKept
        | Kind::TransferLockClosed
        | Kind::TransferLockOpens
        | Kind::TransferLockKept
        | Kind::TwoDevicesLowered
        | Kind::TwoDevicesRise
        | Kind::TwoDevicesKept => Topic::Money,
        Kind::DeviceLocked
        | Kind::DeviceUnlocked
        | Kind::DeviceAdded
        | Kind::DeviceStateChanged
        | Kind::DeviceRenamed
        | Kind::DeviceResynchronised
        | Kind::DefaultDeviceChanged
        | Kind::PinChanged
        | Kind::InventoryAssigned
        | Kind::InventoryReturned
        | Kind::InventoryRetired
        | Kind::CardPrinted
        | Kind::OrderAsked
        | Kind::OrderShipped
        | Kind::OrderCancelled
        | Kind::OrderLost
        | Kind::OrderReturned
        | Kind::InvitationMade
        | Kind::ActivationStarted
        | Kind::ActivationRefused
        | Kind::ActivationEnded
        | Kind::KeysAgreed
        | Kind::CodeAloneClosed
        | Kind::CodeAloneAllowed
        | Kind::RecoveryVetoed
        | Kind::PushSubscribed
        | Kind::PushEnded
        | Kind::ContactCodeSent
        | Kind::ContactCodeRefused
        | Kind::ContactAdded
        | Kind::ContactReplaced
        | Kind::ContactRemoved
        | Kind::ContactChangeUndone => Topic::Devices,
        _ => Topic::Logins,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Detail;
    use proptest::prelude::*;

    fn row(nth: u8, second: i64, kind: Kind, attempt: Option<u8>) -> Row {
        let at = Timestamp::from_unix_seconds(1_800_000_000 + second);
        let about = About { attempt: attempt.map(|n| [n; 16].into()), ..About::default() };
        let record = Some(Record { kind, actor: None, about, detail: Detail::none() });
        Row { id: [nth; 16].into(), at, record, count: 1, since: at }
    }

    fn told(stories: &[Story]) -> Vec<Option<Kind>> {
        stories.iter().map(|story| story.told.kind()).collect()
    }

    #[test]
    fn a_login_is_one_story_told_by_its_end() {
        let kinds = [
            Kind::PasswordAccepted,
            Kind::Offered,
            Kind::DeviceChosen,
            Kind::AnsweredWrong,
            Kind::Confirmed,
            Kind::MarkSet,
            Kind::SessionStarted,
            Kind::CodeIssued,
        ];
        // All of one second: only the ids tell them apart.
        let rows = (1..).zip(kinds).map(|(nth, kind)| row(nth, 0, kind, Some(7)));
        let [story] = &fold(rows)[..] else { panic!("one story") };
        assert_eq!((story.told.kind(), story.wrong, story.rows.len()), (Some(Kind::Confirmed), 1, 8));
        assert!(story.logs_in && !story.alarming() && !story.technical() && story.ended());
    }

    #[test]
    fn what_weighs_by_itself_is_not_hidden_in_an_attempt() {
        let rows = [Kind::AnsweredWrong, Kind::DeviceLocked, Kind::Exhausted, Kind::UserLocked];
        let stories = fold((1..).zip(rows).map(|(nth, kind)| row(nth, 0, kind, Some(7))));
        assert_eq!(told(&stories), [Some(Kind::UserLocked), Some(Kind::Exhausted), Some(Kind::DeviceLocked)]);
        assert!(stories.iter().all(Story::alarming));
    }

    #[test]
    fn a_report_is_what_is_told_of_a_login_that_had_ended() {
        let kinds = [Kind::Confirmed, Kind::SessionStarted, Kind::DeskTold, Kind::SessionEnded, Kind::Reported];
        let stories = fold((1..).zip(kinds).map(|(nth, kind)| row(nth, i64::from(nth), kind, Some(7))));
        assert_eq!(told(&stories), [Some(Kind::Reported)]);
    }

    #[test]
    fn a_phone_that_is_activated_is_one_story() {
        let of_device = |nth, kind, detail| {
            let mut row = row(nth, i64::from(nth), kind, None);
            if let Some(record) = &mut row.record {
                record.about.device = Some([9; 16].into());
                record.detail = detail;
            }
            row
        };
        let stories = fold([
            of_device(1, Kind::KeysAgreed, Detail::none()),
            of_device(2, Kind::DeviceAdded, Detail::none()),
            of_device(3, Kind::DeviceStateChanged, Detail::none().from("active").to("suspended")),
        ]);
        assert_eq!(stories.iter().map(|story| story.rows.len()).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_count_stands_for_no_attempt() {
        let several = Row { count: 3, ..row(2, 9, Kind::Expired, Some(7)) };
        let stories = fold([row(1, 0, Kind::AnsweredWrong, Some(7)), several]);
        assert_eq!(stories.iter().map(|story| story.attempt.is_some()).collect::<Vec<_>>(), [false, true]);
        assert!(stories[1].alarming() && !stories[1].ended());
    }

    prop_compose! {
        /// Rows in any order, of few moments and few attempts, also of newer versions and counts.
        fn rows()(drawn in prop::collection::vec(
            (0..Kind::ALL.len() + 1, prop::option::of(0_u8..4), prop::option::of(0_u8..3), 0_i64..3, 1_u32..3), 0..60,
        )) -> Vec<Row> {
            (0..).zip(drawn).map(|(nth, (kind, attempt, device, second, count))| {
                let known = Kind::ALL.get(kind).copied();
                let mut row = row(nth, second, known.unwrap_or(Kind::Offered), attempt);
                row.count = count;
                row.record = row.record.filter(|_| known.is_some());
                if let Some(record) = &mut row.record {
                    record.about.device = device.map(|n| [n; 16].into());
                }
                row
            }).collect()
        }
    }

    proptest! {
        #[test]
        fn each_row_is_told_in_exactly_one_story(rows in rows()) {
            let mut told: Vec<_> = fold(rows.clone()).into_iter().flat_map(|story| story.rows).collect();
            told.sort_unstable();
            let mut all: Vec<_> = rows.iter().map(|row| row.id).collect();
            all.sort_unstable();
            prop_assert_eq!(told, all);
        }

        #[test]
        fn order_is_kept_also_among_rows_of_one_moment(rows in rows()) {
            let stories = fold(rows.clone());
            let moments: Vec<_> = stories.iter().map(|story| (story.told.at, story.told.id)).collect();
            prop_assert!(moments.windows(2).all(|pair| pair[0] > pair[1]));
            let at = |id: &AuditId| rows.iter().find(|row| row.id == *id).map(|row| (row.at, row.id));
            for story in &stories {
                let moments: Vec<_> = story.rows.iter().map(at).collect();
                prop_assert!(moments.windows(2).all(|pair| pair[0] < pair[1]));
                prop_assert!(story.rows.contains(&story.told.id));
            }
        }

        /// Whatever else happened in between, and in which order the rows came.
        #[test]
        fn a_story_is_the_same_without_the_others(rows in rows(), turned in 0_usize..60) {
            let whole = fold(rows.clone());
            for story in &whole {
                let own = rows.iter().filter(|row| story.rows.contains(&row.id)).cloned();
                prop_assert_eq!(&fold(own)[..], std::slice::from_ref(story));
            }
            let mut other = rows;
            let by = turned.min(other.len());
            other.rotate_left(by);
            prop_assert_eq!(fold(other), whole);
        }
    }
}
