//! A closed list of kinds, each with a stable name.

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {
        /// The kind of an audit row. The name is stable: programs and people search for it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {$(
            $(#[$doc])*
            $name,
        )+}

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self {$(Self::$name => $text,)+}
            }

            /// The kind of a stable name; none for what a newer version wrote.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// Username and password were right.
    PasswordAccepted = "password.accepted";
    /// Unknown user, wrong password or locked user.
    PasswordRefused = "password.refused";
    /// An attempt began.
    Offered = "confirmation.offered";
    /// A device or method was chosen.
    DeviceChosen = "confirmation.device_chosen";
    /// A code was sent to the user's telephone.
    CodeSent = "confirmation.code_sent";
    /// The user went back to the chooser.
    ReturnedToChoice = "confirmation.returned_to_choice";
    /// A wrong answer.
    AnsweredWrong = "confirmation.answered_wrong";
    /// Confirmed.
    Confirmed = "confirmation.confirmed";
    /// Confirmed by the first of two devices.
    FirstConfirmed = "confirmation.first_confirmed";
    /// Refused on the device.
    Denied = "confirmation.denied";
    /// "It wasn't me".
    Reported = "confirmation.reported";
    /// Its time ran out.
    Expired = "confirmation.expired";
    /// Left for another start.
    Abandoned = "confirmation.abandoned";
    /// Too many wrong answers.
    Exhausted = "confirmation.exhausted";
    /// A device locked after wrong answers.
    DeviceLocked = "device.locked";
    /// A signed-in page showed an invitation to activate the phone app.
    InvitationMade = "invitation.made";
    /// A phone asked to be activated.
    ActivationStarted = "activation.started";
    /// A wrong activation code or a wrong first response.
    ActivationRefused = "activation.refused";
    /// A phone's keys were agreed; its first response is awaited.
    KeysAgreed = "activation.keys_agreed";
    /// An activation was not finished in time or had too many wrong answers.
    ActivationEnded = "activation.ended";
    /// What a phone signed does not hold.
    StatementRefused = "phone.statement_refused";
    /// What a passkey signed does not hold.
    AssertionRefused = "passkey.assertion_refused";
    /// A phone's session ended by logout.
    PhoneLoggedOut = "phone.logged_out";
    /// A phone said where it wants to be woken.
    PushSubscribed = "push.subscribed";
    /// A phone is not woken any more: it asked so, or its push service knows it no more.
    PushEnded = "push.ended";
    /// A large purchase with a card was allowed beforehand.
    CardPreauthorised = "card.preauthorised";
    /// A card's declined payment may be tried again.
    CardPaymentAuthorised = "card.payment_authorised";
    /// A card was blocked.
    CardBlocked = "card.blocked";
    /// A device's lock was lifted.
    DeviceUnlocked = "device.unlocked";
    /// A device was added.
    DeviceAdded = "device.added";
    /// A device changed its state.
    DeviceStateChanged = "device.state_changed";
    /// A device got another label.
    DeviceRenamed = "device.renamed";
    /// A device's PIN was changed by its owner.
    PinChanged = "device.pin_changed";
    /// A device whose counter or clock had run away was taken up with again.
    DeviceResynchronised = "device.resynchronised";
    /// A device was ordered.
    OrderAsked = "device_order.asked";
    /// The device of an order was mailed.
    OrderShipped = "device_order.shipped";
    /// An order was given up before its device was mailed.
    OrderCancelled = "device_order.cancelled";
    /// The device of an order did not arrive.
    OrderLost = "device_order.lost_in_post";
    /// The device of an order came back.
    OrderReturned = "device_order.returned";
    /// No code alone brings a phone of the user back any more.
    CodeAloneClosed = "recovery.code_alone_closed";
    /// A code alone may bring a phone of the user back again.
    CodeAloneAllowed = "recovery.code_alone_allowed";
    /// A phone that came back by a code alone was ended by another device of the user.
    RecoveryVetoed = "recovery.vetoed";
    /// A user was added.
    UserAdded = "user.added";
    /// What is kept of a user was written down for them.
    UserExported = "user.exported";
    /// A user was erased: what is personal went.
    UserErased = "user.erased";
    /// A user locked after failures.
    UserLocked = "user.locked";
    /// What no password comes before is not taken any more, after wrong answers.
    RequestsLocked = "user.requests_locked";
    /// A user's lock was lifted.
    UserUnlocked = "user.unlocked";
    /// The user got another password by an operator's hand.
    PasswordSet = "user.password_set";
    /// The institution had a link for another password sent.
    PasswordLinkAsked = "password.link_asked";
    /// A link for a forgotten password was sent to the user's mail address.
    PasswordLinkSent = "password.link_sent";
    /// Another password, confirmed by a device.
    PasswordChanged = "password.changed";
    /// A code was sent to a mail address or number that is to become a contact point.
    ContactCodeSent = "contact.code_sent";
    /// A wrong one of these codes.
    ContactCodeRefused = "contact.code_refused";
    /// The user has another contact point.
    ContactAdded = "contact.added";
    /// A contact point took the place of another one.
    ContactReplaced = "contact.replaced";
    /// A contact point was removed.
    ContactRemoved = "contact.removed";
    /// A change of contact points was undone, with every later one.
    ContactChangeUndone = "contact.change_undone";
    /// The user's default device changed.
    DefaultDeviceChanged = "user.default_device_changed";
    /// What the user tells clients so that they may ask was set or taken away.
    UserCodeChanged = "user.user_code_changed";
    /// The user said with a device that the news was seen.
    NewsAcknowledged = "news.acknowledged";
    /// A browser session began.
    SessionStarted = "session.started";
    /// A browser session ended.
    SessionEnded = "session.ended";
    /// A browser or program became known.
    MarkSet = "mark.set";
    /// A known browser or program was forgotten.
    MarkRevoked = "mark.revoked";
    /// An authorization code was issued.
    CodeIssued = "authorization_code.issued";
    /// An authorization code was redeemed.
    CodeRedeemed = "authorization_code.redeemed";
    /// An authorization code was presented again: what it gave is taken back.
    CodeReplayed = "authorization_code.replayed";
    /// A refresh token was used.
    TokenRefreshed = "refresh_token.used";
    /// A refresh token was presented again: its whole family is taken back.
    RefreshReplayed = "refresh_token.replayed";
    /// A client's back end asked the user to confirm something.
    BackchannelAsked = "backchannel.asked";
    /// A client's back end was refused before the user was asked.
    BackchannelRefused = "backchannel.refused";
    /// A client's back end fetched its tokens.
    BackchannelRedeemed = "backchannel.redeemed";
    /// A client gave back its tokens.
    GrantRevoked = "grant.revoked";
    /// The user ended the access that a program kept.
    GrantEnded = "grant.ended";
    /// A client could not be told something, and is not tried any more.
    DeliveryGivenUp = "delivery.given_up";
    /// A message to the user, or about the user to the desk, was given up.
    MessageFailed = "message.failed";
    /// A user became an agent of the desk, or one with other roles.
    AgentSet = "agent.set";
    /// An agent of the desk is one no more.
    AgentEnded = "agent.ended";
    /// An agent looked at a user's page.
    UserViewed = "desk.user_viewed";
    /// An agent proposed what needs two people.
    CaseProposed = "desk.case_proposed";
    /// A second agent agreed to it.
    CaseSeconded = "desk.case_seconded";
    /// A second agent, or the user, was against it.
    CaseRejected = "desk.case_rejected";
    /// Nobody acted in time.
    CaseLapsed = "desk.case_lapsed";
    /// It was carried out.
    CaseDone = "desk.case_done";
    /// A device of the user's showed an agent who is on the line.
    CallerProved = "desk.caller_proved";
    /// An agent checked who is on the line, and no device of the user's said yes.
    CallerNotProved = "desk.caller_not_proved";
    /// An agent takes care of a user who said "it wasn't me".
    AlarmTaken = "desk.alarm_taken";
    /// The agent leaves that to others.
    AlarmLeft = "desk.alarm_left";
    /// The desk had a message that was given up sent again.
    MessageSentAgain = "desk.message_sent_again";
    /// The desk put a message that was given up aside.
    MessagePutAside = "desk.message_put_aside";
    /// A code was shown to an agent that serves the user in place of a device for a while.
    TemporaryAccessGranted = "temporary_access.granted";
    /// The user got an online code card.
    OnlineCardIssued = "online_card.issued";
    /// The secure-login desk is told of what the user says was not theirs.
    DeskTold = "desk.told";
    /// It should have been told, and no address of it is configured.
    DeskNotTold = "desk.not_told";
    /// A signing key was made; it is published, and signs from the moment that the row names.
    SigningKeyAdded = "signing_key.added";
    /// A signing key was taken out of use at once.
    SigningKeyRetired = "signing_key.retired";
    /// The institution said whose an account is and what it is worth.
    AccountPosted = "account.posted";
    /// A withdrawal or transfer was carried out by the institution.
    WithdrawalSettled = "withdrawal.settled";
    /// A withdrawal or transfer was given up by the institution; its room is free again.
    WithdrawalCancelled = "withdrawal.cancelled";
    /// A client got a token of its own for the institution's API.
    ClientTokenIssued = "client_token.issued";
    /// A client gave back a token of its own.
    ClientTokenRevoked = "client_token.revoked";
    /// A client said where it wants to be told what happens.
    WebhookMade = "webhook.made";
    /// A client wants to be told there no more.
    WebhookEnded = "webhook.ended";
    /// The user's own limits of a device became lower.
    LimitsLowered = "own_limits.lowered";
    /// The user's own limits of a device will become higher.
    LimitsRise = "own_limits.rise";
    /// A rise of own limits was given up.
    LimitsKept = "own_limits.kept";
    /// The transfer lock was closed.
    TransferLockClosed = "transfer_lock.closed";
    /// The transfer lock will open.
    TransferLockOpens = "transfer_lock.opens";
    /// The transfer lock stays closed: its opening was given up.
    TransferLockKept = "transfer_lock.kept";
    /// Two devices are needed from a lower sum on.
    TwoDevicesLowered = "two_devices.lowered";
    /// Two devices will be needed only above a higher sum, or not at all.
    TwoDevicesRise = "two_devices.rise";
    /// A rise of the sum above which two devices are needed was given up.
    TwoDevicesKept = "two_devices.kept";
    /// A confirmed withdrawal was stopped before it was settled, by the transfer lock.
    WithdrawalStopped = "withdrawal.stopped";
    /// Devices came into the depot, all that a file held.
    InventoryImported = "inventory.imported";
    /// Keys of devices of the depot were written to a file, encrypted.
    InventoryExported = "inventory.exported";
    /// A device of the depot went to the user.
    InventoryAssigned = "inventory.assigned";
    /// The user's device came back to the depot.
    InventoryReturned = "inventory.returned";
    /// A device of the depot was taken out of it for good.
    InventoryRetired = "inventory.retired";
    /// A code card was printed.
    CardPrinted = "card.printed";
    /// A rate of exchange was posted.
    RatePosted = "rate.posted";
    /// The data keys were wrapped by another sealing key.
    SealingKeyRotated = "sealing_key.rotated";
    /// The database was restored from a copy; what was open in it was ended.
    DatabaseRestored = "database.restored";
    /// A client program was registered.
    ClientAdded = "client.added";
    /// A client program was removed.
    ClientRemoved = "client.removed";
    /// A client program got another secret.
    ClientSecretChanged = "client.secret_changed";
    /// A client program got other public keys.
    ClientKeysChanged = "client.keys_changed";
}

impl Kind {
    /// Whether it is a step on the way to something that is recorded too, and of use to whoever looks closely only.
    pub fn is_step(self) -> bool {
        matches!(
            self,
            Self::Offered
                | Self::DeviceChosen
                | Self::CodeSent
                | Self::ReturnedToChoice
                | Self::CodeRedeemed
                | Self::TokenRefreshed
        )
    }

    /// Whether somebody without any of the user's devices can cause it as often as they like. The owner is told of these as
    /// counts, since each by itself would take the place of what the owner did.
    pub fn told_as_count(self) -> bool {
        matches!(
            self,
            Self::PasswordAccepted
                | Self::PasswordRefused
                | Self::Offered
                | Self::DeviceChosen
                | Self::CodeSent
                | Self::ReturnedToChoice
                | Self::Expired
                | Self::Abandoned
                | Self::ActivationStarted
                | Self::ActivationRefused
                | Self::ActivationEnded
                | Self::BackchannelAsked
                | Self::BackchannelRefused
                | Self::MessageFailed
        )
    }

    /// Whether the owner should look twice when it is told among what happened.
    pub fn alarming(self) -> bool {
        matches!(
            self,
            Self::PasswordRefused
                | Self::AnsweredWrong
                | Self::Denied
                | Self::Reported
                | Self::Exhausted
                | Self::ActivationRefused
                | Self::StatementRefused
                | Self::RecoveryVetoed
                | Self::DeviceLocked
                | Self::UserLocked
                | Self::RequestsLocked
                | Self::CodeReplayed
                | Self::BackchannelRefused
                | Self::RefreshReplayed
                | Self::ContactCodeRefused
                | Self::CallerNotProved
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        assert!(Kind::ALL.iter().all(|kind| Kind::parse(kind.name()) == Some(*kind)));
        assert_eq!(Kind::parse("no.such_kind"), None);
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = Kind::ALL.iter().map(|k| k.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Kind::ALL.len());
    }
}
