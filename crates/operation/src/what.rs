//! What is asked: the kinds there are, in their one JSON form.

use crate::{
    Amount, Call, CardPayment, CardPreauthorisation, ContactChange, DeskCase, DeviceOrder, LastDigits, LimitChange,
    MoneyError, PasskeyAddition, PinChange, Row, TextError, TransferLockOpen, TwoDevicesChange, Withdrawal,
    WithdrawalBatch, misfit,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is to be confirmed. One form in JSON, wherever it stands: in `authorization_details`, on the phone, in the
/// statement that is signed, in receipts and tokens, and in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum What {
    /// Logging in.
    Login,
    /// A client's back end asks whether it is really the user (CIBA).
    Authentication,
    /// Money leaves an account.
    Withdrawal(Withdrawal),
    /// Money leaves for several payees at once.
    WithdrawalBatch(WithdrawalBatch),
    /// A card pays a merchant.
    CardPayment(CardPayment),
    /// A card may pay one large purchase soon.
    CardPreauthorisation(CardPreauthorisation),
    /// The phone app is activated on a phone.
    PhoneActivation,
    /// A device may authorise more, after a wait.
    LimitChange(LimitChange),
    /// Two devices are needed only above a higher sum, after a wait.
    TwoDevicesChange(TwoDevicesChange),
    /// The transfer lock opens, after a wait.
    TransferLockOpen(TransferLockOpen),
    /// Another password, by whoever knows the one of now.
    PasswordChange,
    /// Another password, by whoever was sent a link.
    PasswordReset,
    /// A passkey is added.
    PasskeyAddition(PasskeyAddition),
    /// A card has another PIN.
    PinChange(PinChange),
    /// A device is ordered.
    DeviceOrder(DeviceOrder),
    /// A second agent of the desk agrees to what a first one proposes.
    DeskCase(DeskCase),
    /// A code to the registered number may bring a phone back, with no other device.
    NumberRecovery,
    /// A phone hands over to the one that takes its place.
    PhoneMove,
    /// A mail address or telephone number is added, replaced or removed.
    ContactChange(ContactChange),
    /// Somebody of ours talks to the user: it is really them.
    Call(Call),
    /// The news of who gets in was seen.
    NewsAcknowledgement,
}

/// What the response to a challenge may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Logging in.
    Login,
    /// Showing the desk who calls.
    Call,
    /// Adding, replacing or changing a device.
    DeviceChange,
    /// Moving money to an account that ends so: the challenge ends so too.
    MoneyTo(LastDigits),
    /// Moving money where there is no account to compare: a merchant's, or one that does not end in three digits.
    Money,
}

/// Why something is not asked of a user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// No list of objects, or one in which a member stands twice.
    #[error("not an array of objects of a contracted type and form, each member once")]
    Form,
    /// A member that must be there.
    #[error("{0} is missing, or is not what is contracted")]
    Member(&'static str),
    /// A member that is none.
    #[error("{0} is no member of this type")]
    Extra(String),
    /// None, or several that are no withdrawals: a device shows and confirms one.
    #[error("exactly one operation can be confirmed at once, or several withdrawals")]
    NotOne,
    /// More or fewer withdrawals than are confirmed at once.
    #[error("2 to 20 withdrawals can be confirmed at once")]
    HowMany,
    /// One payment asked for twice by mistake, or two that nobody could tell apart.
    #[error("the same payment stands there twice: give each a reference of its own")]
    Twice,
    /// Withdrawals that cannot be summed up.
    #[error("withdrawals that are confirmed at once must be in one currency")]
    Currencies,
    /// A text that would not be shown as it is.
    #[error("{0} {1}")]
    Text(&'static str, TextError),
    /// No amount.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl What {
    /// Reads a list of one operation, or of several withdrawals, as `authorization_details` (RFC 9396, 2) and everything like it has: what comes
    /// back is what came, member for member.
    ///
    /// # Errors
    /// When it is not one operation with exactly its members, or one that cannot be shown and signed.
    ///
    /// ```
    /// use operation::{What, MoneyError, Unfit};
    ///
    /// let payment = |amount: &str| format!(
    ///     r#"[{{"type":"card_payment","merchant":"Café","amount":"{amount}","currency":"JPY","card_id":"c-1"}}]"#
    /// );
    /// assert_eq!(What::read(&payment("100")).map(|what| what.name()), Ok("card_payment"));
    /// assert_eq!(What::read(&payment("100.50")), Err(Unfit::Money(MoneyError::TooFine)));
    /// ```
    pub fn read(text: &str) -> Result<Self, Unfit> {
        // Twice, since a member that is there twice is seen by the first, and one that is not ours by the second.
        let list: Vec<Self> = serde_json::from_str(text).map_err(|_| misfit::of(text))?;
        let values: Vec<serde_json::Value> = serde_json::from_str(text).map_err(|_| Unfit::Form)?;
        let what = Self::of_list(list)?;
        let back: Result<Vec<_>, _> = what.details().iter().map(serde_json::to_value).collect();
        if back.ok() != Some(values) {
            return Err(misfit::of(text));
        }
        what.check().map(|()| what)
    }

    fn of_list(mut list: Vec<Self>) -> Result<Self, Unfit> {
        if list.len() < 2 {
            return list.pop().ok_or(Unfit::NotOne);
        }
        let withdrawals = list.into_iter().map(|what| match what {
            Self::Withdrawal(withdrawal) => Ok(withdrawal),
            _ => Err(Unfit::NotOne),
        });
        WithdrawalBatch::of(withdrawals.collect::<Result<_, _>>()?).map(Self::WithdrawalBatch)
    }

    /// The list that [`What::read`] reads: what clients get back.
    #[must_use]
    pub fn details(&self) -> Vec<Self> {
        match self {
            Self::WithdrawalBatch(batch) => batch.withdrawals().iter().cloned().map(Self::Withdrawal).collect(),
            one => vec![one.shown()],
        }
    }

    /// The withdrawals that it consists of; none where no money leaves.
    pub fn withdrawals(&self) -> &[Withdrawal] {
        match self {
            Self::Withdrawal(withdrawal) => std::slice::from_ref(withdrawal),
            Self::WithdrawalBatch(batch) => batch.withdrawals(),
            _ => &[],
        }
    }

    /// Whether it may be shown, and so asked.
    ///
    /// # Errors
    /// The first thing that may not.
    pub fn check(&self) -> Result<(), Unfit> {
        match self {
            Self::Login | Self::Authentication | Self::PhoneActivation | Self::TransferLockOpen(_) => Ok(()),
            Self::PasswordChange | Self::PasswordReset | Self::NumberRecovery | Self::PhoneMove => Ok(()),
            Self::NewsAcknowledgement => Ok(()),
            Self::Withdrawal(withdrawal) => withdrawal.check(),
            Self::WithdrawalBatch(batch) => batch.check(),
            Self::CardPayment(payment) => payment.check(),
            Self::CardPreauthorisation(wish) => wish.check(),
            Self::LimitChange(change) => change.check(),
            Self::TwoDevicesChange(change) => change.check(),
            Self::PasskeyAddition(addition) => addition.check(),
            Self::PinChange(change) => change.check(),
            Self::DeviceOrder(order) => order.check(),
            Self::DeskCase(case) => case.check(),
            Self::ContactChange(change) => change.check(),
            Self::Call(call) => call.check(),
        }
    }

    /// The name of its kind: `type` in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Authentication => "authentication",
            Self::Withdrawal(_) => "withdrawal",
            Self::WithdrawalBatch(_) => "withdrawal_batch",
            Self::CardPayment(_) => "card_payment",
            Self::CardPreauthorisation(_) => "card_preauthorisation",
            Self::PhoneActivation => "phone_activation",
            Self::LimitChange(_) => "limit_change",
            Self::TwoDevicesChange(_) => "two_devices_change",
            Self::TransferLockOpen(_) => "transfer_lock_open",
            Self::PasswordChange => "password_change",
            Self::PasswordReset => "password_reset",
            Self::PasskeyAddition(_) => "passkey_addition",
            Self::PinChange(_) => "pin_change",
            Self::DeviceOrder(_) => "device_order",
            Self::DeskCase(_) => "desk_case",
            Self::NumberRecovery => "number_recovery",
            Self::PhoneMove => "phone_move",
            Self::ContactChange(_) => "contact_change",
            Self::Call(_) => "call",
            Self::NewsAcknowledgement => "news_acknowledgement",
        }
    }

    /// The part that users see and sign, and clients get back: all of it but how it is carried out.
    #[must_use]
    pub fn shown(&self) -> Self {
        match self {
            Self::CardPayment(payment) => Self::CardPayment(CardPayment { declined: None, ..payment.clone() }),
            other => other.clone(),
        }
    }

    /// What of a withdrawal stays when its user is erased: how much, and not from where and to whom. Each stands by its number
    /// in place of its reference.
    ///
    /// ```
    /// use operation::What;
    ///
    /// let text = r#"[{"type":"withdrawal","amount":"5","currency":"EUR","account_id":"U1","reference":"rent",
    ///     "destination":{"name":"A. Person","account":"DE1"}}]"#;
    /// let kept = What::read(text).unwrap().forgotten();
    /// assert_eq!(kept.amount().unwrap().to_string(), "5 EUR");
    /// assert!(!serde_json::to_string(&kept).unwrap().contains("Person"));
    /// ```
    #[must_use]
    pub fn forgotten(&self) -> Self {
        let kept: Vec<_> = (1..).zip(self.withdrawals()).map(|(n, one)| one.forgotten(n)).collect();
        match (self, WithdrawalBatch::of(kept.clone())) {
            (Self::WithdrawalBatch(_), Ok(batch)) => Self::WithdrawalBatch(batch),
            (Self::Withdrawal(_) | Self::WithdrawalBatch(_), _) => {
                kept.into_iter().next().map_or(Self::Login, Self::Withdrawal)
            }
            (other, _) => other.clone(),
        }
    }

    /// What a challenge for it may be used for.
    pub fn purpose(&self) -> Purpose {
        match self {
            Self::Login | Self::Authentication => Purpose::Login,
            Self::Call(_) => Purpose::Call,
            Self::PhoneActivation
            | Self::LimitChange(_)
            | Self::TwoDevicesChange(_)
            | Self::TransferLockOpen(_)
            | Self::PasskeyAddition(_)
            | Self::PinChange(_)
            | Self::NumberRecovery
            | Self::PhoneMove
            | Self::NewsAcknowledgement
            | Self::DeviceOrder(_) => Purpose::DeviceChange,
            // As much as another device would be.
            Self::PasswordChange | Self::PasswordReset | Self::DeskCase(_) | Self::ContactChange(_) => {
                Purpose::DeviceChange
            }
            Self::Withdrawal(withdrawal) => {
                LastDigits::of(withdrawal.destination.account.as_str()).map_or(Purpose::Money, Purpose::MoneyTo)
            }
            // One challenge cannot end as several accounts do.
            Self::WithdrawalBatch(_) | Self::CardPayment(_) | Self::CardPreauthorisation(_) => Purpose::Money,
        }
    }

    /// What it is, in a few words: a key of the catalogues.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Login | Self::Authentication | Self::PhoneActivation => "confirm-authentication",
            Self::Withdrawal(_) => "confirm-withdrawal",
            Self::WithdrawalBatch(_) => "confirm-withdrawal-batch",
            Self::CardPayment(_) => "confirm-card-payment",
            Self::CardPreauthorisation(_) => "confirm-card-preauthorisation",
            Self::LimitChange(_) => "confirm-limit-change",
            Self::TwoDevicesChange(_) => "confirm-two-devices-change",
            Self::TransferLockOpen(_) => "confirm-transfer-lock-open",
            Self::PasswordChange => "confirm-password-change",
            Self::PasswordReset => "confirm-password-reset",
            Self::PasskeyAddition(_) => "confirm-passkey-addition",
            Self::PinChange(_) => "confirm-pin-change",
            Self::DeviceOrder(_) => "confirm-device-order",
            Self::DeskCase(_) => "confirm-desk-case",
            Self::NumberRecovery => "confirm-number-recovery",
            Self::PhoneMove => "confirm-phone-move",
            Self::ContactChange(_) => "confirm-contact-change",
            Self::Call(_) => "confirm-call",
            Self::NewsAcknowledgement => "confirm-news-acknowledgement",
        }
    }

    /// What it costs, the largest thing wherever it is listed; none where no money moves.
    pub fn amount(&self) -> Option<&Amount> {
        match self {
            Self::Login | Self::Authentication | Self::PhoneActivation | Self::PasskeyAddition(_) => None,
            // A limit is no amount that moves.
            Self::LimitChange(_) | Self::TwoDevicesChange(_) | Self::TransferLockOpen(_) => None,
            Self::PasswordChange | Self::PasswordReset | Self::DeskCase(_) | Self::ContactChange(_) => None,
            Self::NumberRecovery | Self::PhoneMove | Self::Call(_) | Self::NewsAcknowledgement => None,
            // Nor is what is only held back.
            Self::PinChange(_) | Self::DeviceOrder(_) => None,
            Self::Withdrawal(withdrawal) => Some(&withdrawal.amount),
            Self::WithdrawalBatch(batch) => Some(batch.total()),
            Self::CardPayment(payment) => Some(&payment.amount),
            Self::CardPreauthorisation(wish) => Some(&wish.amount),
        }
    }

    /// Every other detail, in the order to show them.
    pub fn rows(&self) -> Vec<Row<'_>> {
        match self {
            Self::Login | Self::Authentication | Self::PhoneActivation => Vec::new(),
            Self::PasswordChange | Self::PasswordReset | Self::NumberRecovery | Self::PhoneMove => Vec::new(),
            Self::NewsAcknowledgement => Vec::new(),
            Self::Withdrawal(withdrawal) => withdrawal.rows(),
            Self::WithdrawalBatch(batch) => batch.rows(),
            Self::CardPayment(payment) => payment.rows(),
            Self::CardPreauthorisation(wish) => wish.rows(),
            Self::LimitChange(change) => change.rows(),
            Self::TwoDevicesChange(change) => change.rows(),
            Self::TransferLockOpen(change) => change.rows(),
            Self::PasskeyAddition(addition) => addition.rows(),
            Self::PinChange(change) => change.rows(),
            Self::DeviceOrder(order) => order.rows(),
            Self::DeskCase(case) => case.rows(),
            Self::ContactChange(change) => change.rows(),
            Self::Call(call) => call.rows(),
        }
    }
}
