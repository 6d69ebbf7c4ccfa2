//! JSON of our own interfaces and files. What was read and written again reads as the same.

use crate::Verdict;
use operation::canonical::canonical;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use wire::{Answer, Problem, card_file::CardFile, first_party::TokenAnswer, phone, phone_file::PhoneFile};

/// Canonical JSON: one text for one value, and that text is the value.
pub(crate) fn canonical_json(data: &[u8]) -> Verdict {
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return Verdict::Refused };
    let text = canonical(&value);
    if let Ok(text) = &text {
        let again: Value = serde_json::from_str(text).unwrap_or_default();
        assert_eq!(again, value);
        assert_eq!(canonical(&again).as_ref(), Ok(text));
    }
    Verdict::of_result(&text)
}

/// The file of a software card.
pub(crate) fn card_file(data: &[u8]) -> Verdict {
    reads::<CardFile>(data)
}

/// What a phone sends and receives.
pub(crate) fn phone_json(data: &[u8]) -> Verdict {
    any(&[
        reads::<phone::StartActivation>(data),
        reads::<phone::migration::StartMigration>(data),
        reads::<phone::migration::HandOverCall>(data),
        reads::<phone::migration::HandOver>(data),
        reads::<phone::manage::Veto>(data),
        reads::<phone::ActivationStarted>(data),
        reads::<phone::ConfirmActivation>(data),
        reads::<phone::CompleteActivation>(data),
        reads::<phone::ActivationCompleted>(data),
        reads::<phone::ProveActivation>(data),
        reads::<phone::PendingList>(data),
        reads::<phone::Operation>(data),
        reads::<phone::Decide>(data),
        reads::<phone::Logout>(data),
        reads::<phone::own::Request>(data),
        reads::<phone::own::Finish>(data),
        reads::<phone::lock::CloseLock>(data),
        reads::<phone::manage::Rename>(data),
        reads::<phone::manage::NewPin>(data),
        reads::<phone::push::Subscribe>(data),
        reads::<phone::push::PushMessage>(data),
        reads::<phone::cards::CardList>(data),
        reads::<phone::cards::Block>(data),
        reads::<PhoneFile>(data),
    ])
}

/// What a program that logs somebody in receives.
pub(crate) fn login_json(data: &[u8]) -> Verdict {
    any(&[reads::<Answer>(data), reads::<TokenAnswer>(data), reads::<Problem>(data)])
}

fn any(verdicts: &[Verdict]) -> Verdict {
    Verdict::of(verdicts.contains(&Verdict::Taken))
}

fn reads<T: Serialize + DeserializeOwned>(data: &[u8]) -> Verdict {
    let Ok(value) = serde_json::from_slice::<T>(data) else { return Verdict::Refused };
    let written = serde_json::to_value(&value).unwrap_or_default();
    let again = serde_json::from_value::<T>(written.clone()).ok().and_then(|value| serde_json::to_value(value).ok());
    assert_eq!(again, Some(written), "{}", std::any::type_name::<T>());
    Verdict::Taken
}
