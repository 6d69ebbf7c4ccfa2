//! Several withdrawals that are confirmed at once: bound to their sum and to every payee.

use crate::{Amount, Money, MoneyError, Row, Unfit, Value, Withdrawal};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Most withdrawals of a batch: a person is to look at each.
const MAX: usize = 20;

/// Several withdrawals of one currency, confirmed or refused as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WithdrawalBatch {
    /// What they come to.
    #[serde(flatten)]
    total: Amount,
    /// Each of them.
    withdrawals: Vec<Withdrawal>,
}

impl WithdrawalBatch {
    /// Of 2 to 20 withdrawals in one currency.
    ///
    /// # Errors
    /// What is wrong with them together; each by itself is looked at by [`What::check`](crate::What::check).
    ///
    /// ```
    /// use operation::{Unfit, What};
    ///
    /// let to = |name: &str, amount: &str, currency: &str| format!(
    ///     r#"{{"type":"withdrawal","amount":"{amount}","currency":"{currency}","account_id":"U1","reference":"-",
    ///         "destination":{{"name":"{name}","account":"DE1"}}}}"#
    /// );
    /// let both = What::read(&format!("[{},{}]", to("A", "1.5", "EUR"), to("B", "20", "EUR"))).unwrap();
    /// assert_eq!(both.amount().unwrap().to_string(), "21.50 EUR");
    /// assert_eq!(What::read(&format!("[{},{}]", to("A", "1", "EUR"), to("B", "2", "USD"))), Err(Unfit::Currencies));
    /// ```
    pub fn of(withdrawals: Vec<Withdrawal>) -> Result<Self, Unfit> {
        if !(2..=MAX).contains(&withdrawals.len()) {
            return Err(Unfit::HowMany);
        }
        let twice = |(n, one)| withdrawals.iter().take(n).any(|before| before == one);
        if withdrawals.iter().enumerate().any(twice) {
            return Err(Unfit::Twice);
        }
        let total = Amount::from(sum(&withdrawals)?);
        Ok(Self { total, withdrawals })
    }

    /// What they come to.
    pub fn total(&self) -> &Amount {
        &self.total
    }

    /// Each of them.
    pub fn withdrawals(&self) -> &[Withdrawal] {
        &self.withdrawals
    }

    pub(crate) fn check(&self) -> Result<(), Unfit> {
        for withdrawal in &self.withdrawals {
            withdrawal.check()?;
        }
        let whole = Self::of(self.withdrawals.clone())?;
        if whole.total == self.total { Ok(()) } else { Err(Unfit::Form) }
    }

    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        let of = u32::try_from(self.withdrawals.len()).unwrap_or(u32::MAX);
        let mut rows = Vec::new();
        for (n, withdrawal) in (1..).zip(&self.withdrawals) {
            rows.push(Row { key: "confirm-payment", value: Value::Counted { n, of } });
            rows.push(Row { key: "confirm-payment-amount", value: Value::Amount(&withdrawal.amount) });
            rows.extend(withdrawal.rows());
        }
        rows
    }
}

fn sum(withdrawals: &[Withdrawal]) -> Result<Money, Unfit> {
    let mut moneys = withdrawals.iter().map(|withdrawal| withdrawal.amount.money());
    let first = moneys.next().ok_or(Unfit::HowMany)??;
    moneys.try_fold(first, |sum, money| {
        let money = money?;
        if money.currency() != sum.currency() {
            return Err(Unfit::Currencies);
        }
        let minor = sum.minor().checked_add(money.minor()).ok_or(MoneyError::TooLarge)?;
        Ok(Money::from_minor(minor, sum.currency()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Destination, Text, What};
    use proptest::prelude::*;

    fn to(name: &str, minor: i64) -> Withdrawal {
        Withdrawal {
            amount: Amount::from(Money::from_minor(minor, crate::Currency::USD)),
            destination: Destination { name: Text::parse(name).unwrap(), account: Text::parse("DE1").unwrap() },
            account_id: Text::parse("U1").unwrap(),
            reference: Text::parse("rent").unwrap(),
        }
    }

    #[test]
    fn one_is_no_batch_and_neither_are_too_many() {
        assert_eq!(WithdrawalBatch::of(vec![]), Err(Unfit::HowMany));
        assert_eq!(WithdrawalBatch::of(vec![to("A", 1)]), Err(Unfit::HowMany));
        let many = |n: usize| (1..).take(n).map(|minor| to("A", minor)).collect();
        assert!(WithdrawalBatch::of(many(MAX)).is_ok());
        assert_eq!(WithdrawalBatch::of(many(MAX + 1)), Err(Unfit::HowMany));
        assert_eq!(WithdrawalBatch::of(vec![to("A", 1), to("B", 1), to("A", 1)]), Err(Unfit::Twice));
    }

    #[test]
    fn a_sum_that_is_not_theirs_is_refused() {
        let mut batch = WithdrawalBatch::of(vec![to("A", 100), to("B", 250)]).unwrap();
        assert_eq!(batch.total.to_string(), "3.50 USD");
        assert_eq!(What::WithdrawalBatch(batch.clone()).check(), Ok(()));
        batch.total = Amount::parse("3.49", "USD").unwrap();
        assert_eq!(What::WithdrawalBatch(batch).check(), Err(Unfit::Form));
    }

    proptest! {
        /// What a client asked for comes back as it was asked; every payee and amount is listed, in its place.
        #[test]
        fn nothing_is_lost_or_moved(minors in prop::collection::vec(1..1_000_000_i64, 2..=MAX)) {
            let each: Vec<_> = minors.iter().enumerate().map(|(n, minor)| to(&format!("Payee {n}"), *minor)).collect();
            let asked: Vec<_> = each.iter().cloned().map(What::Withdrawal).collect();
            let text = serde_json::to_string(&asked).unwrap();
            let what = What::read(&text).unwrap();
            prop_assert_eq!(what.details(), asked);
            prop_assert_eq!(what.withdrawals(), &each[..]);
            let total = what.amount().unwrap().money().unwrap().minor();
            prop_assert_eq!(total, minors.iter().sum::<i64>());
            let kept: What = serde_json::from_value(serde_json::to_value(&what).unwrap()).unwrap();
            prop_assert_eq!(&kept, &what);
            let rows = what.rows();
            let names: Vec<_> = rows.iter().filter(|row| row.key == "confirm-to").map(|row| row.value).collect();
            let wanted: Vec<_> = each.iter().map(|one| Value::Text(one.destination.name.as_str())).collect();
            prop_assert_eq!(names, wanted);
            let amounts = rows.iter().filter(|row| matches!(row.value, Value::Amount(_))).count();
            prop_assert_eq!(amounts, each.len());
        }
    }
}
