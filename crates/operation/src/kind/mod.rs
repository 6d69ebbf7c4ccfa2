//! A file for each kind that has details.

mod call;
mod card_payment;
mod card_preauthorisation;
mod contact_change;
mod desk_case;
mod device_order;
mod limit_change;
mod passkey_addition;
mod pin_change;
mod transfer_lock_open;
mod two_devices_change;
mod withdrawal;
mod withdrawal_batch;

pub use call::Call;
pub use card_payment::CardPayment;
pub use card_preauthorisation::CardPreauthorisation;
pub use contact_change::ContactChange;
pub use desk_case::{DeskAct, DeskCase};
pub use device_order::DeviceOrder;
pub use limit_change::LimitChange;
pub use passkey_addition::PasskeyAddition;
pub use pin_change::PinChange;
pub use transfer_lock_open::TransferLockOpen;
pub use two_devices_change::TwoDevicesChange;
pub use withdrawal::{Destination, LastDigits, Withdrawal};
pub use withdrawal_batch::WithdrawalBatch;
