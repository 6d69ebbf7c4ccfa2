//! What can be asked of a user, once for everybody: the core that has it confirmed, the protocols that carry it, the
//! phone and the pages that show it.
//!
//! A kind of operation is a file in `kind/` and a variant of [`What`]. Text that is shown and signed is [`Text`], money
//! is [`Money`], and as it was asked for [`Amount`]. Values in, values out; nothing of ours is known here.

mod amount;
pub mod canonical;
pub mod kept;
mod kind;
mod misfit;
mod money;
mod row;
mod text;
mod what;

pub use amount::Amount;
pub use kind::{
    Call, CardPayment, CardPreauthorisation, ContactChange, DeskAct, DeskCase, Destination, DeviceOrder, LastDigits,
    LimitChange, PasskeyAddition, PinChange, TransferLockOpen, TwoDevicesChange, Withdrawal, WithdrawalBatch,
};
pub use money::{Currency, Money, MoneyError};
pub use row::{Row, Value};
pub use text::{Text, TextError};
pub use what::{Purpose, Unfit, What};

#[cfg(test)]
mod tests;
