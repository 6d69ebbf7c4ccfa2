//! The OpenID Connect provider's use cases.

pub mod authorize;
pub mod back_channel_logout;
pub mod bearer;
pub mod cache;
pub mod ciba;
pub mod client;
pub mod client_token;
pub mod code;
pub mod details;
pub mod keys;
pub mod ping;
pub mod receipt;
pub mod registration;
pub mod statement;
pub mod token;
pub(crate) mod topic;

use crate::{flow::Refused, work::stops};
use oidc::{GrantFault, OAuthError};

/// Why an OAuth request gives nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// In the words of the protocols.
    OAuth(OAuthError),
    /// Something else.
    Refused(Refused),
}

impl From<OAuthError> for Denied {
    fn from(error: OAuthError) -> Self {
        Self::OAuth(error)
    }
}

impl From<GrantFault> for Denied {
    fn from(fault: GrantFault) -> Self {
        Self::OAuth(fault.into())
    }
}

impl From<store::Error> for Denied {
    fn from(error: store::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl From<Refused> for Denied {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

stops!(Denied);
stops!(Denied: Refused);

impl From<GrantFault> for crate::work::Stop<Denied> {
    fn from(fault: GrantFault) -> Self {
        Self::Refused(fault.into())
    }
}

impl From<OAuthError> for crate::work::Stop<Denied> {
    fn from(error: OAuthError) -> Self {
        Self::Refused(error.into())
    }
}
