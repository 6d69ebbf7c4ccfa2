//! A user wishes for another contact point: a code proves that messages arrive there, and a device that it is the user who
//! wishes it.

use super::NotChanged;
use crate::{
    app::{App, nonce, random},
    flow::{
        Refused,
        messages::outbox::{self, New},
        money::Asking,
        throttle::{self, Bucket},
    },
    handle::Kind,
    work::{Stop, Work},
};
use domain::{
    Secret, activation_code,
    audit::{Actor, Detail, Kind as Audit},
    confirmation::What,
    contact::{MailAddress, PhoneNumber},
    contact_change::{CODE_LIFE, CODES_A_DAY, Point, WRONG_CODES, Wish as Asked, check},
    id::{ContactId, UserId},
    messages::DAY,
};
use operation::{ContactChange, Text};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::{
    Error,
    contact::Contact,
    contact_wish::{Nonces, Wish},
    throttle::Rate,
};

pub use store::contact::Channel;

/// Codes that go to one address or number, whoever asks for them.
const TO_ONE: Rate = Rate { burst: 5, each: Duration::from_secs(1800) };

/// What was typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// A mail address or a telephone number.
    pub address: String,
    /// The contact point that it is to replace; none where it is a further one.
    pub replaces: Option<ContactId>,
}

/// Reads what was typed: a mail address has an @, and no number has one.
fn read(typed: &str) -> Option<(Channel, String)> {
    if typed.contains('@') {
        MailAddress::parse(typed).ok().map(|mail| (Channel::Mail, mail.to_string()))
    } else {
        PhoneNumber::parse(typed).ok().map(|number| (Channel::Sms, number.to_string()))
    }
}

/// Sends a code to what is to become a contact point: the id of the wish.
pub async fn begin(app: &Arc<App>, asking: &Asking, typed: Typed) -> Result<ContactId, NotChanged> {
    let (channel, address) = read(&typed.address).ok_or(NotChanged::Address)?;
    let (asking, replaces) = (asking.clone(), typed.replaces);
    app.work(Actor::User, move |work| {
        asking.paced(work)?;
        let user = asking.signed_in.user.id;
        let contacts = store::contact::of_user(work.sql, &work.app.sealer, user)?;
        check(&points(&contacts), replaces.map_or(Asked::Add, Asked::Replace))?;
        let old = replaces.and_then(|old| contacts.iter().find(|contact| contact.id == old));
        if old.is_some_and(|old| old.channel != channel) {
            return Err(NotChanged::Address.into());
        }
        if contacts.iter().any(|contact| *contact.address.expose() == address) {
            return Err(NotChanged::Known.into());
        }
        paid(work, user, &address)?;
        let wish = Wish {
            user,
            id: ContactId::new(work.now, &nonce()),
            channel,
            address: Some(Secret::new(address.clone())),
            code: Some(activation_code::draw(&nonce())),
            old: replaces,
            confirmation: None,
            wrong_codes: 0,
            created_at: work.now,
            expires_at: work.now.plus(CODE_LIFE),
        };
        keep(work, &wish)?;
        sent(work, &wish)?;
        work.record(Audit::ContactCodeSent, Detail::none().channel(channel.name()))?;
        Ok(wish.id)
    })
    .await
}

fn points(contacts: &[Contact]) -> Vec<Point> {
    contacts.iter().map(Contact::point).collect()
}

/// Pays for a code: so many a day for a user, and for whom it goes to.
fn paid(work: &mut Work<'_>, user: UserId, address: &str) -> Result<(), Stop<NotChanged>> {
    if store::contact_wish::made_since(work.sql, user, work.now.minus(DAY))? >= CODES_A_DAY {
        return Err(Refused::Throttled(DAY).into());
    }
    Ok(throttle::take(work, Bucket::Destination(address), TO_ONE)?)
}

fn keep(work: &mut Work<'_>, wish: &Wish) -> Result<(), Error> {
    store::contact_wish::insert(work.sql, &work.app.sealer, wish, Nonces { address: random(), code: random() })
}

fn sent(work: &mut Work<'_>, wish: &Wish) -> Result<(), Error> {
    let (Some(to), Some(code)) = (wish.contact(), &wish.code) else { return Ok(()) };
    let arguments = json!({ "code": code.expose(), "minutes": CODE_LIFE.as_secs() / 60 });
    let new = New { message: outbox::CONTACT_CODE, arguments: &arguments, until: wish.expires_at };
    outbox::queue(work, wish.user, &to, new)
}

/// Where the code of a wish went, masked; none where none is awaited any more.
pub async fn awaited(app: &Arc<App>, user: UserId, id: ContactId) -> Result<Option<String>, Refused> {
    app.look(move |work| {
        let wish = store::contact_wish::one(work.sql, &work.app.sealer, user, id)?;
        let open = wish.filter(|wish| awaits_code(wish, work));
        Ok(open.and_then(|wish| wish.contact()).map(|contact| contact.masked()))
    })
    .await
}

fn awaits_code(wish: &Wish, work: &Work<'_>) -> bool {
    wish.code.is_some() && wish.expires_at > work.now && wish.wrong_codes < WRONG_CODES
}

/// Takes the code, and has a device confirm the change: the handle of the attempt.
pub async fn prove(app: &Arc<App>, asking: &Asking, id: ContactId, code: Secret<String>) -> Result<String, NotChanged> {
    let (handle, digest) = app.handles.mint(Kind::Attempt, asking.signed_in.user.id);
    let asking = asking.clone();
    app.work(Actor::User, move |work| {
        asking.paced(work)?;
        let wish = store::contact_wish::one(work.sql, &work.app.sealer, asking.signed_in.user.id, id)?;
        let wish = wish.filter(|wish| awaits_code(wish, work)).ok_or(NotChanged::CodeOver)?;
        let right = wish.code.as_ref().is_some_and(|sent| activation_code::fits(sent, code.expose()));
        if !right {
            store::contact_wish::wrong(work.sql, wish.user, wish.id)?;
            work.record(Audit::ContactCodeRefused, Detail::none().channel(wish.channel.name()))?;
            let last = wish.wrong_codes + 1 >= WRONG_CODES;
            return Err(if last { NotChanged::CodeOver } else { NotChanged::WrongCode }.into());
        }
        let confirmation = offered(work, &asking, &wish, digest)?;
        if store::contact_wish::awaits(work.sql, wish.user, wish.id, confirmation)? {
            Ok(())
        } else {
            Err(Stop::Undone(NotChanged::CodeOver))
        }
    })
    .await?;
    Ok(handle)
}

/// Has a device confirm that a contact point is used no more: the handle of the attempt.
pub async fn remove(app: &Arc<App>, asking: &Asking, id: ContactId) -> Result<String, NotChanged> {
    let (handle, digest) = app.handles.mint(Kind::Attempt, asking.signed_in.user.id);
    let asking = asking.clone();
    app.work(Actor::User, move |work| {
        asking.paced(work)?;
        let user = asking.signed_in.user.id;
        let contacts = store::contact::of_user(work.sql, &work.app.sealer, user)?;
        check(&points(&contacts), Asked::Remove(id))?;
        let Some(old) = contacts.iter().find(|contact| contact.id == id) else {
            return Err(domain::contact_change::NotChanged::Unknown.into());
        };
        let wish = Wish {
            user,
            id: ContactId::new(work.now, &nonce()),
            channel: old.channel,
            address: None,
            code: None,
            old: Some(id),
            confirmation: None,
            wrong_codes: 0,
            created_at: work.now,
            expires_at: work.now.plus(CODE_LIFE),
        };
        let confirmation = offered(work, &asking, &wish, digest)?;
        Ok(keep(work, &Wish { confirmation: Some(confirmation), ..wish })?)
    })
    .await?;
    Ok(handle)
}

/// Asks a device. Where none may confirm it nothing is left behind, and the code is as good as before.
fn offered(
    work: &mut Work<'_>,
    asking: &Asking,
    wish: &Wish,
    digest: [u8; 32],
) -> Result<domain::id::ConfirmationId, Stop<NotChanged>> {
    let contacts = store::contact::of_user(work.sql, &work.app.sealer, wish.user)?;
    check(&points(&contacts), wish.asked())?;
    let old = contacts.iter().find(|contact| Some(contact.id) == wish.old);
    let change = ContactChange {
        new: wish.address.as_ref().map(|address| Text::fenced(address.expose())),
        old: old.map(|old| Text::fenced(old.address.expose())),
    };
    let offered = asking.offer(work, What::ContactChange(change), digest);
    let offered = offered.map_err(|stop| match stop {
        Stop::Refused(refused) => Stop::Undone(NotChanged::from(refused)),
        other => other.map(NotChanged::from),
    })?;
    Ok(offered.id)
}
