//! When a user may be erased.

use crate::money::withdrawal::WithdrawalState;

/// Something was confirmed and is not carried out yet: the institution settles it or gives it up first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a withdrawal of this user is confirmed and not carried out yet: settle it or cancel it first")]
pub struct MoneyUnderWay;

/// Whether a user may be erased whose withdrawals stand so. What only awaits its confirmation is refused by the erasure.
pub fn check(withdrawals: impl IntoIterator<Item = WithdrawalState>) -> Result<(), MoneyUnderWay> {
    let under_way = withdrawals.into_iter().any(|state| state == WithdrawalState::Confirmed);
    if under_way { Err(MoneyUnderWay) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Nobody is erased while the institution still has to do something that only they asked for.
        #[test]
        fn money_on_its_way_keeps_its_owner(states in prop::collection::vec(0_usize..6, 0..8)) {
            let states: Vec<_> = states.into_iter().map(|nth| WithdrawalState::ALL[nth]).collect();
            let owed = states.contains(&WithdrawalState::Confirmed);
            prop_assert_eq!(check(states).is_err(), owed);
        }
    }
}
