//! What a phone sees and changes of itself: its label, its PIN, its end, what happened to its user.

use super::{
    Phone, PhoneError,
    agreement::{Offered, jwk},
};
use crate::first_party::Server;
use otp::ocra::Suite;
use wire::{
    phone::{
        lock::{CloseLock, TransferLock},
        manage::{
            Activity, ActivityLine, ChangePin, Fate, Form, NewPin, PhoneDevice, PinChangeBegun, Remove, Rename, Veto,
        },
        typ,
    },
    pin::{self, PinError},
};

/// A change of the PIN that awaits its two responses.
#[derive(Debug)]
pub struct PinChange {
    begun: PinChangeBegun,
    offered: Offered,
}

impl PinChange {
    /// The server's answer to the beginning: challenge and deadline.
    pub fn begun(&self) -> &PinChangeBegun {
        &self.begun
    }
}

/// Checks a phone's new PIN: 4 to 6 digits, and none of those that everybody tries first.
///
/// # Errors
/// The rule that it breaks.
pub fn check_new_pin(new: &str) -> Result<(), PinError> {
    pin::check_new(new, &pin::PHONE)
}

impl Phone {
    /// The phone as the server knows it.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn device(&self) -> Result<PhoneDevice, PhoneError> {
        self.get("device").await
    }

    /// What became of this phone, also when it has ended.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn fate(&self) -> Result<Fate, PhoneError> {
        self.get("device/fate").await
    }

    /// Ends the phone that took this one's place by a code alone.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn veto(&self) -> Result<(), PhoneError> {
        let device = self.shelf().read()?.device_id;
        self.signed("device/veto", typ::VETO, |at| Veto { device: device.clone(), at }).await
    }

    /// Gives the phone another label.
    ///
    /// # Errors
    /// As the server refuses: a label that another device has, or one that is too long.
    pub async fn rename(&self, label: &str) -> Result<PhoneDevice, PhoneError> {
        // Asked first, so that the time that is signed is by the server's clock.
        let device = self.device().await?.device_id;
        let order = Rename { device, label: label.to_owned(), at: self.signed_at() };
        let renamed: PhoneDevice = self.post("device/label", typ::LABEL, &order).await?;
        self.shelf().change(|state| {
            state.label.clone_from(&renamed.label);
            Ok(())
        })?;
        Ok(renamed)
    }

    /// Ends this phone at the server: it is nobody from then on.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn remove(&self) -> Result<(), PhoneError> {
        let device = self.device().await?.device_id;
        self.post("device/remove", typ::REMOVAL, &Remove { device, at: self.signed_at() }).await
    }

    /// How the transfer lock stands.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn transfer_lock(&self) -> Result<TransferLock, PhoneError> {
        self.get("transfer-lock").await
    }

    /// Closes the transfer lock, or keeps it closed.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn close_transfer_lock(&self) -> Result<TransferLock, PhoneError> {
        let device = self.device().await?.device_id;
        self.post("transfer-lock", typ::TRANSFER_LOCK, &CloseLock { device, at: self.signed_at() }).await
    }

    /// What happened to the user, the latest first; in the language of a tag such as `ru`, or else the user's own.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn activity(&self, lang: Option<&str>) -> Result<Vec<ActivityLine>, PhoneError> {
        let path = lang.map_or_else(|| "activity".to_owned(), |lang| format!("activity?lang={lang}"));
        let list: Activity = self.get(&path).await?;
        Ok(list.activity)
    }

    /// Begins a change of the PIN. `server` is this phone's own, whose published keys sign its half of the agreement.
    ///
    /// # Errors
    /// As the server refuses; or when its half is not signed by it.
    pub async fn begin_pin_change(&self, server: &Server) -> Result<PinChange, PhoneError> {
        let device = self.device().await?;
        if device.form == Form::Biometric {
            return Err(PhoneError::Choice("this phone has no PIN".to_owned()));
        }
        let order = ChangePin { device: device.device_id, at: self.signed_at() };
        let begun: PinChangeBegun = self.post("pin-changes", typ::PIN_CHANGE, &order).await?;
        let offered = Offered::read(&server.keys().await?, &begun.agreement, &begun.change)?;
        Ok(PinChange { begun, offered })
    }

    /// Completes a change: proves the current PIN and then the new one. A wrong current PIN may be tried again with the
    /// same change while tries are left. What the new PIN may be is checked by [`check_new_pin`].
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn complete_pin_change(
        &self,
        change: &PinChange,
        (current, new): (&str, &str),
    ) -> Result<(), PhoneError> {
        let body = self.new_pin(change, (current, new))?;
        let path = format!("pin-changes/{}/complete", change.begun.change);
        self.post(&path, typ::NEW_PIN, &body).await
    }

    /// What completes a change, as it is signed. The counter has moved on by two.
    ///
    /// # Errors
    /// When this phone's keys or state cannot be used.
    pub fn new_pin(&self, change: &PinChange, (current, new): (&str, &str)) -> Result<NewPin, PhoneError> {
        let suite = Suite::parse(&self.shelf().read()?.suites.respond).map_err(|_| PhoneError::Key)?;
        let hash = suite.pin_hash(new).ok_or(PhoneError::Key)?;
        let agreed = change.offered.agree()?;
        let respond = |pin| super::respond(self.shelf(), &change.begun.challenge, pin);
        Ok(NewPin {
            change: change.begun.change.clone(),
            agreement_key: jwk(&agreed.public)?,
            sealed_pin: agreed.seal_pin(hash.as_bytes())?,
            current_response: respond(current)?.as_str().to_owned(),
            new_response: respond(new)?.as_str().to_owned(),
        })
    }
}
