//! Contact points as they are kept: sealed, and found by a keyed digest of the address.

use crate::work::Work;
use domain::{
    contact::{MailAddress, PhoneNumber},
    id::UserId,
};
use store::{
    Error,
    contact::{self, Contact, New},
};

/// Keeps a new one.
pub fn add(work: &mut Work<'_>, user: UserId, contact: &Contact) -> Result<(), Error> {
    let lookup = work.app.handles.contact_lookup(contact.address.expose());
    let new = New { contact, nonce: crate::app::random(), lookup };
    contact::insert(work.sql, &work.app.sealer, user, new, work.now)
}

/// Users who are reached at what is typed, where that is a whole mail address or telephone number.
pub fn users(work: &mut Work<'_>, typed: &str, limit: u32) -> Result<Vec<UserId>, Error> {
    let mail = MailAddress::parse(typed).map(|mail| mail.to_string());
    let Ok(address) = mail.or_else(|_| PhoneNumber::parse(typed).map(|number| number.to_string())) else {
        return Ok(Vec::new());
    };
    contact::users(work.sql, work.app.handles.contact_lookup(&address), limit)
}

/// Makes those of an older version to be found, at most `limit` at a time.
pub fn file(work: &mut Work<'_>, limit: u32) -> Result<(), Error> {
    for (user, id) in contact::not_filed(work.sql, limit)? {
        if let Some(found) = contact::one(work.sql, &work.app.sealer, user, id)? {
            contact::file(work.sql, user, id, work.app.handles.contact_lookup(found.address.expose()))?;
        }
    }
    Ok(())
}
