//! The words for each kind of row of the audit log.

use domain::audit::Kind;

/// The key of the words for a kind's stable name.
pub fn key(name: &str) -> &'static str {
    match Kind::parse(name) {
        Some(Kind::PasswordAccepted) => "activity-password-accepted",
        Some(Kind::PasswordRefused) => "activity-password-refused",
        Some(Kind::Offered) => "activity-confirmation-offered",
        Some(Kind::DeviceChosen) => "activity-device-chosen",
        Some(Kind::ReturnedToChoice) => "activity-returned-to-choice",
        Some(Kind::AnsweredWrong) => "activity-answered-wrong",
        Some(Kind::Confirmed) => "activity-confirmed",
        Some(Kind::FirstConfirmed) => "activity-first-confirmed",
        Some(Kind::Denied) => "activity-denied",
        Some(Kind::Reported) => "activity-reported",
        Some(Kind::Abandoned) => "activity-abandoned",
        Some(Kind::Expired) => "activity-expired",
        Some(Kind::Exhausted) => "activity-exhausted",
        Some(Kind::DeviceLocked) => "activity-device-locked",
        Some(Kind::DeviceUnlocked) => "activity-device-unlocked",
        Some(Kind::DeviceResynchronised) => "activity-device-resynchronised",
        Some(Kind::PasswordSet) => "activity-password-set",
        Some(Kind::PasswordLinkAsked) => "activity-password-link-asked",
        Some(Kind::PasswordLinkSent) => "activity-password-link-sent",
        Some(Kind::PasswordChanged) => "activity-password-changed",
        Some(Kind::DeviceAdded) => "activity-device-added",
        Some(Kind::DeviceStateChanged) => "activity-device-state-changed",
        Some(Kind::DeviceRenamed) => "activity-device-renamed",
        Some(Kind::PinChanged) => "activity-pin-changed",
        Some(Kind::UserAdded) => "activity-user-added",
        Some(Kind::UserLocked) => "activity-user-locked",
        Some(Kind::RequestsLocked) => "activity-requests-locked",
        Some(Kind::UserUnlocked) => "activity-user-unlocked",
        Some(Kind::DefaultDeviceChanged) => "activity-default-device-changed",
        Some(Kind::SessionStarted) => "activity-session-started",
        Some(Kind::SessionEnded) => "activity-session-ended",
        Some(Kind::MarkSet) => "activity-mark-set",
        Some(Kind::MarkRevoked) => "activity-mark-revoked",
        Some(Kind::InvitationMade) => "activity-invitation-made",
        Some(Kind::ActivationStarted) => "activity-activation-started",
        Some(Kind::ActivationRefused) => "activity-activation-refused",
        Some(Kind::KeysAgreed) => "activity-keys-agreed",
        Some(Kind::ActivationEnded) => "activity-activation-ended",
        Some(Kind::StatementRefused) => "activity-statement-refused",
        Some(Kind::PhoneLoggedOut) => "activity-phone-logged-out",
        Some(Kind::CardPreauthorised) => "activity-card-preauthorised",
        Some(Kind::CardPaymentAuthorised) => "activity-card-payment-authorised",
        Some(Kind::CardBlocked) => "activity-card-blocked",
        Some(Kind::UserCodeChanged) => "activity-user-code-changed",
        Some(Kind::BackchannelAsked) => "activity-backchannel-asked",
        Some(Kind::BackchannelRefused) => "activity-backchannel-refused",
        Some(Kind::BackchannelRedeemed) => "activity-backchannel-redeemed",
        Some(Kind::AccountPosted) => "activity-account-posted",
        Some(Kind::WithdrawalSettled) => "activity-withdrawal-settled",
        Some(Kind::WithdrawalCancelled) => "activity-withdrawal-cancelled",
        Some(other) => programs(other),
        None => "activity-other",
    }
}

/// What programs were given, and how it ended.
fn programs(kind: Kind) -> &'static str {
    match kind {
        Kind::CodeIssued => "activity-code-issued",
        Kind::CodeRedeemed => "activity-code-redeemed",
        Kind::CodeReplayed => "activity-code-replayed",
        Kind::TokenRefreshed => "activity-token-refreshed",
        Kind::RefreshReplayed => "activity-refresh-replayed",
        Kind::GrantRevoked => "activity-grant-revoked",
        Kind::GrantEnded => "activity-grant-ended",
        other => money(other),
    }
}

/// What concerns money that leaves, and passkeys.
fn money(kind: Kind) -> &'static str {
    match kind {
        Kind::AssertionRefused => "activity-passkey-assertion-refused",
        Kind::LimitsLowered => "activity-limits-lowered",
        Kind::LimitsRise => "activity-limits-rise",
        Kind::LimitsKept => "activity-limits-kept",
        Kind::TransferLockClosed => "activity-transfer-lock-closed",
        Kind::TransferLockOpens => "activity-transfer-lock-opens",
        Kind::TransferLockKept => "activity-transfer-lock-kept",
        Kind::TwoDevicesLowered => "activity-two-devices-lowered",
        Kind::TwoDevicesRise => "activity-two-devices-rise",
        Kind::TwoDevicesKept => "activity-two-devices-kept",
        Kind::WithdrawalStopped => "activity-withdrawal-stopped",
        other => order(other),
    }
}

/// What concerns devices by mail, phones that come back, contact points, and a user who leaves.
fn order(kind: Kind) -> &'static str {
    match kind {
        Kind::CodeSent => "activity-code-sent",
        Kind::CodeAloneClosed => "activity-code-alone-closed",
        Kind::CodeAloneAllowed => "activity-code-alone-allowed",
        Kind::RecoveryVetoed => "activity-recovery-vetoed",
        Kind::NewsAcknowledged => "activity-news-acknowledged",
        Kind::UserExported => "activity-user-exported",
        Kind::UserErased => "activity-user-erased",
        Kind::OrderAsked => "activity-order-asked",
        Kind::OrderShipped => "activity-order-shipped",
        Kind::OrderCancelled => "activity-order-cancelled",
        Kind::OrderLost => "activity-order-lost",
        Kind::OrderReturned => "activity-order-returned",
        Kind::ContactCodeSent => "activity-contact-code-sent",
        Kind::ContactCodeRefused => "activity-contact-code-refused",
        Kind::ContactAdded => "activity-contact-added",
        Kind::ContactReplaced => "activity-contact-replaced",
        Kind::ContactRemoved => "activity-contact-removed",
        Kind::ContactChangeUndone => "activity-contact-change-undone",
        other => desk(other),
    }
}

/// What the desk does.
fn desk(kind: Kind) -> &'static str {
    match kind {
        Kind::AgentSet => "activity-agent-set",
        Kind::AgentEnded => "activity-agent-ended",
        Kind::UserViewed => "activity-user-viewed",
        Kind::CallerProved => "activity-caller-proved",
        Kind::CallerNotProved => "activity-caller-not-proved",
        Kind::AlarmTaken => "activity-alarm-taken",
        Kind::AlarmLeft => "activity-alarm-left",
        Kind::MessageSentAgain => "activity-message-sent-again",
        Kind::MessagePutAside => "activity-message-put-aside",
        Kind::CaseProposed => "activity-case-proposed",
        Kind::CaseSeconded => "activity-case-seconded",
        Kind::CaseRejected => "activity-case-rejected",
        Kind::CaseLapsed => "activity-case-lapsed",
        Kind::CaseDone => "activity-case-done",
        Kind::TemporaryAccessGranted => "activity-temporary-access-granted",
        Kind::OnlineCardIssued => "activity-online-card-issued",
        other => beyond_user(other),
    }
}

/// What concerns the server, and what leaves it.
fn beyond_user(kind: Kind) -> &'static str {
    match kind {
        Kind::SigningKeyAdded => "activity-signing-key-added",
        Kind::SigningKeyRetired => "activity-signing-key-retired",
        Kind::ClientAdded => "activity-client-added",
        Kind::ClientRemoved => "activity-client-removed",
        Kind::ClientSecretChanged => "activity-client-secret-changed",
        Kind::ClientKeysChanged => "activity-client-keys-changed",
        Kind::InventoryImported => "activity-inventory-imported",
        Kind::InventoryExported => "activity-inventory-exported",
        Kind::InventoryAssigned => "activity-inventory-assigned",
        Kind::InventoryReturned => "activity-inventory-returned",
        Kind::InventoryRetired => "activity-inventory-retired",
        Kind::CardPrinted => "activity-card-printed",
        Kind::WebhookMade => "activity-webhook-made",
        Kind::WebhookEnded => "activity-webhook-ended",
        Kind::RatePosted => "activity-rate-posted",
        Kind::ClientTokenIssued => "activity-client-token-issued",
        Kind::ClientTokenRevoked => "activity-client-token-revoked",
        Kind::SealingKeyRotated => "activity-sealing-key-rotated",
        Kind::DatabaseRestored => "activity-database-restored",
        Kind::PushSubscribed => "activity-push-subscribed",
        Kind::PushEnded => "activity-push-ended",
        Kind::DeliveryGivenUp => "activity-delivery-given-up",
        Kind::MessageFailed => "activity-message-failed",
        Kind::DeskTold => "activity-desk-told",
        Kind::DeskNotTold => "activity-desk-not-told",
        _ => "activity-other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_words() {
        let without: Vec<_> = Kind::ALL.iter().filter(|kind| key(kind.name()) == "activity-other").collect();
        assert_eq!(without, Vec::<&Kind>::new());
        assert_eq!(key("of.a_newer_version"), "activity-other");
    }
}
