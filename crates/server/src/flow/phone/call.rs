//! A call of a phone, and why it gets nothing.

use super::statement::{CLOCK, StatementError};
use crate::{
    flow::{Refused, proof::Proof},
    handle::Read,
    notify::webpush::EndpointError,
    work::{Origin, stops},
};
use domain::{
    Refusal, Timestamp,
    audit::{About, Actor},
    id::UserId,
    lockout::Until,
};
use oidc::jwk::PublicKey;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use store::device::Device;

/// A call whose proof holds: by which key, with which access token. Nothing was looked up yet.
#[derive(Debug, Clone)]
pub struct Call {
    /// The key that proved itself.
    pub key: PublicKey,
    /// Its thumbprint (RFC 7638).
    pub thumbprint: String,
    /// The proof: each is good for one call.
    pub proof: Proof,
    /// The access token, read; none where the call needs none.
    pub access: Option<Read>,
    /// Where it comes from.
    pub origin: Origin,
}

impl Call {
    /// Who acts by it, before the phone was admitted.
    pub fn actor(&self) -> Actor {
        Actor::Stranger
    }

    /// Whose token it brings.
    pub(super) fn user(&self) -> Result<UserId, PhoneRefused> {
        self.access.map(|access| access.user).ok_or(PhoneRefused::Token)
    }

    /// What records of it are about.
    pub fn about(&self, user: UserId) -> About {
        About { user: Some(user), address: Some(self.origin.address), ..About::default() }
    }
}

/// A body that the calling phone signs, as it came: nothing was verified yet.
#[derive(Debug, Clone)]
pub struct SignedBody<T> {
    /// The compact JWS.
    jws: String,
    of: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> SignedBody<T> {
    /// A body of a call.
    pub fn new(jws: String) -> Self {
        Self { jws, of: PhantomData }
    }

    /// The compact JWS.
    pub(super) fn jws(&self) -> &str {
        &self.jws
    }

    /// The payload, which the calling phone signed for this use.
    pub(super) fn open(&self, call: &Call, typ: &str) -> Result<T, PhoneRefused> {
        let payload = oidc::jws::verify(&self.jws, &call.key, typ).map_err(|_| PhoneRefused::Malformed("body"))?;
        serde_json::from_slice(&payload).map_err(|_| PhoneRefused::Malformed("body"))
    }
}

/// What every signed order of a phone says: which device it is, and when it was made.
#[derive(Debug, Clone)]
pub struct Named {
    /// The device's id, as written.
    pub device: String,
    /// When it was made, in seconds since 1970.
    pub at: i64,
}

impl Named {
    /// Whether the order names the device that calls, and was made just now.
    pub(super) fn check(&self, device: &Device, now: Timestamp) -> Result<(), PhoneRefused> {
        let at = Timestamp::from_unix_seconds(self.at);
        match () {
            () if self.device != device.id.to_string() => Err(PhoneRefused::Malformed("device")),
            () if at.since(now).max(now.since(at)) > CLOCK => Err(PhoneRefused::Malformed("at")),
            () => Ok(()),
        }
    }
}

/// Why a call of a phone gets nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneRefused {
    /// As in any other flow.
    #[error(transparent)]
    Flow(#[from] Refused),
    /// The proof was used before.
    #[error("this proof was used before")]
    ProofReplayed,
    /// The token is unknown, over, or another key's.
    #[error("the token is not valid for this key")]
    Token,
    /// The device is not active, or not any more.
    #[error("this device is not active")]
    NotActive,
    /// No such activation, or another phone's, or it is over.
    #[error("this activation is over or was never begun by this phone")]
    UnknownActivation,
    /// No such invitation, or it was used, or it is over.
    #[error("this code from the settings page is not known, was used, or is over")]
    UnknownInvitation,
    /// No code alone brings a phone of this user back.
    #[error("no code alone brings a phone of this user back: another device must vouch, or the desk help")]
    CodeAloneClosed,
    /// No such phone with the standalone app.
    #[error("no active phone with the standalone app is known by this username and id")]
    UnknownMigration,
    /// The standalone app is too old to hand over; from which version on it can.
    #[error("the standalone app must be updated first, to {0} at least")]
    UpdateFirst(String),
    /// There is nothing that this phone may end.
    #[error("there is nothing that this phone may end")]
    NoVeto,
    /// The other device has not confirmed.
    #[error("another device of the user must confirm this first")]
    NotVouched,
    /// The code is wrong; so many tries are left.
    #[error("the code is wrong")]
    WrongCode(u32),
    /// The first response is wrong; so many tries are left.
    #[error("the response is wrong")]
    WrongResponse(u32),
    /// What was signed is not what was asked.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// A member of the body makes no sense.
    #[error("{0} is malformed")]
    Malformed(&'static str),
    /// Nobody is woken here.
    #[error("this server wakes no phones")]
    NoPush,
    /// There is no subscription that a push could go to.
    #[error("this phone is not subscribed")]
    NotSubscribed,
    /// Pushes may not go there.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// No such confirmation awaits this phone.
    #[error("no such confirmation awaits this phone")]
    UnknownConfirmation,
    /// The PIN proof does not hold; so many tries are left.
    #[error("the PIN proof is wrong")]
    WrongPin(u32),
    /// The number is wrong; the request is over, the attempt may go on otherwise.
    #[error("the number is wrong")]
    WrongNumber,
    /// Another living device of the user has this label.
    #[error("another device has this label")]
    LabelTaken,
    /// No such change of the PIN, or another phone's, or it is over.
    #[error("this change is over or was never begun by this phone")]
    UnknownChange,
    /// The phone has no PIN that could be changed.
    #[error("this phone has no PIN")]
    NoPin,
    /// What the card processor says, or that there is none.
    #[error(transparent)]
    Card(#[from] crate::card_processor::CardError),
    /// The device locked in this step.
    #[error("the device is locked")]
    Locked(Until),
}

stops!(PhoneRefused);
stops!(PhoneRefused: Refused, Refusal, StatementError);

impl From<Refusal> for PhoneRefused {
    fn from(refusal: Refusal) -> Self {
        Self::Flow(refusal.into())
    }
}

impl From<store::Error> for PhoneRefused {
    fn from(error: store::Error) -> Self {
        Self::Flow(error.into())
    }
}

pub(super) fn internal(error: &dyn std::error::Error) -> PhoneRefused {
    tracing::error!(%error, "a call of a phone failed on our side");
    Refused::Internal.into()
}
