//! Web Push (RFC 8030, 8291, 8292): a message to a browser by way of its maker's push service, which cannot read it.

mod encrypt;
mod endpoint;
mod post;
mod vapid;

pub use encrypt::{EncryptError, Keys, LONGEST};
pub use endpoint::{Endpoint, EndpointError, Policy, Service, ServiceError};
pub use post::{Answer, Message, WebPush, WebPushError};
pub use vapid::{Vapid, VapidError};

use domain::Secret;

/// Where a browser wants its pushes, and for which keys: what is kept of its subscription.
#[derive(Debug, Clone)]
pub struct Target {
    /// The address.
    pub endpoint: Endpoint,
    /// The keys at the other end.
    pub keys: Keys,
}

impl Target {
    /// As it is stored, sealed: the keys and then the endpoint.
    pub fn octets(&self) -> Secret<Vec<u8>> {
        Secret::new([self.keys.octets().as_slice(), self.endpoint.expose().as_bytes()].concat())
    }

    /// A stored target, if today's policy still takes its endpoint.
    pub fn of_octets(octets: &Secret<Vec<u8>>, policy: &Policy) -> Result<Self, TargetError> {
        let (keys, endpoint) = octets.expose().split_first_chunk().ok_or(TargetError::Corrupt)?;
        let endpoint = std::str::from_utf8(endpoint).map_err(|_| TargetError::Corrupt)?;
        let keys = Keys::of_octets(keys).map_err(|_| TargetError::Corrupt)?;
        Ok(Self { endpoint: policy.endpoint(endpoint)?, keys })
    }
}

/// Why a stored target is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It is not what was stored.
    #[error("the stored subscription cannot be read")]
    Corrupt,
    /// The configuration does not take it any more.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
}
