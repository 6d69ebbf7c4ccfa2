//! What the institution's back ends do through its API: they post accounts and rates, ask for withdrawals and carry them
//! out, and read what there is to know of users.

pub mod account;
pub mod limits;
pub mod order;
pub mod read;
pub mod user;
pub mod webhook;
pub mod withdrawal;

use crate::{
    flow::{Refused, leaving::erase::NotErased},
    work::stops,
};
use domain::{
    id::UserId,
    money::{rate::NoRate, withdrawal::NoSuchStep},
    user::Username,
};
use store::{Error, Sql, user::User};

/// Why a call of the institution is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// As any other use case refuses.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// No such user.
    #[error("there is no such user")]
    UnknownUser,
    /// Nothing under this id.
    #[error("there is nothing under this id")]
    Unknown,
    /// A member of what was sent cannot be taken.
    #[error("{0} {1}")]
    Unfit(&'static str, String),
    /// Another user has this username.
    #[error("another user has this username")]
    UsernameTaken,
    /// The user has no mail address, or too much went there in a day.
    #[error("the user has no mail address to send it to, or too many messages went there in a day")]
    NoContact,
    /// Something of the user's is confirmed and not carried out yet.
    #[error(transparent)]
    MoneyUnderWay(#[from] domain::erasure::MoneyUnderWay),
    /// The key of the request stands for another one.
    #[error("this Idempotency-Key was sent with another request before")]
    KeyReused,
    /// A withdrawal stands where this cannot happen to it.
    #[error(transparent)]
    NotNow(#[from] NoSuchStep),
}

impl NotDone {
    fn unfit(member: &'static str, error: impl std::fmt::Display) -> Self {
        Self::Unfit(member, error.to_string())
    }
}

impl From<Error> for NotDone {
    fn from(error: Error) -> Self {
        match error {
            // What a call makes under a name of its own choice are users alone.
            Error::Unique { .. } => Self::UsernameTaken,
            error => Self::Refused(error.into()),
        }
    }
}

impl From<NotErased> for NotDone {
    fn from(not: NotErased) -> Self {
        match not {
            NotErased::MoneyUnderWay(under_way) => under_way.into(),
            NotErased::Store(error) => error.into(),
        }
    }
}

impl From<NoRate> for NotDone {
    fn from(error: NoRate) -> Self {
        Self::unfit("usd", error)
    }
}

stops!(NotDone);
stops!(NotDone: Refused, NoSuchStep);

/// The user that a call names, by id or by username.
pub fn named(sql: &mut dyn Sql, name: &str) -> Result<Option<User>, Error> {
    by(sql, name, store::user::by_name)
}

/// [`named`] for what only reads: one statement less.
fn looked_up(sql: &mut dyn Sql, name: &str) -> Result<Option<User>, Error> {
    by(sql, name, store::user::look_up)
}

fn by(
    sql: &mut dyn Sql,
    name: &str,
    by_name: fn(&mut dyn Sql, &Username) -> Result<Option<User>, Error>,
) -> Result<Option<User>, Error> {
    match (name.parse::<UserId>(), Username::parse(name)) {
        (Ok(id), _) => store::user::by_id(sql, id),
        (_, Ok(name)) => by_name(sql, &name),
        _ => Ok(None),
    }
}
