//! What people type.

use crate::{Verdict, text};
use domain::{Secret, activation_code, device, user::Username};
use i18n::Lang;
use wire::pin;

/// A username, a label, a code, a card's values, a PIN: whatever field it is typed into.
pub(crate) fn typed(data: &[u8]) -> Verdict {
    let Some(text) = text(data) else { return Verdict::Refused };
    let name = Username::parse(text);
    if let Ok(name) = &name {
        assert_eq!(Username::parse(name.as_str()).as_ref(), Ok(name), "a name is its own spelling");
    }
    if let Ok(Some(label)) = device::label::parse(text) {
        assert_eq!(device::label::parse(&label), Ok(Some(label.clone())));
        assert!(!label.chars().any(char::is_control));
    }
    for digits in [&pin::PHONE, &pin::CARD] {
        if pin::check_new(text, digits).is_ok() {
            assert!(digits.contains(&text.len()));
        }
    }
    assert!(!activation_code::fits(&Secret::new("K7QM-2XWP".to_owned()), text) || text.len() >= 8);
    let _ = (domain::typed::plain(text), domain::password::normalised(text));
    Verdict::of_result(&name)
}

/// A currency and an amount, with a space between.
pub(crate) fn money(data: &[u8]) -> Verdict {
    let Some((currency, amount)) = text(data).and_then(|text| text.split_once(' ')) else { return Verdict::Refused };
    let Ok(currency) = operation::Currency::parse(currency) else { return Verdict::Refused };
    let money = operation::Money::parse(amount, currency);
    if let Ok(money) = &money {
        let shown = money.to_string();
        let amount = shown.strip_suffix(currency.code()).map(str::trim_end).unwrap_or_default();
        assert_eq!(operation::Money::parse(amount, currency).as_ref(), Ok(money), "what is shown is what was meant");
    }
    Verdict::of_result(&money)
}

/// The value of `Accept-Language`, and a tag.
pub(crate) fn language(data: &[u8]) -> Verdict {
    let Some(text) = text(data) else { return Verdict::Refused };
    let found = Lang::negotiate(text);
    assert!(Lang::ALL.contains(&found));
    Verdict::of(Lang::parse(text).is_some())
}
