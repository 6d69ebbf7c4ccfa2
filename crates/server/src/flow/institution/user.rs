//! Users whom the institution adds, and what it changes of them.

use super::{NotDone, named, read::Known};
use crate::{
    app::App,
    flow::{
        contact::change,
        leaving::{erase, name},
        login::new_password,
        user,
    },
    work::Stop,
};
use domain::{
    audit::{Actor, Detail, Kind as Audit},
    contact::{MailAddress, PhoneNumber},
};
use i18n::Lang;
use std::sync::Arc;
use store::contact::Channel;

/// A user to add, as it was sent.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The username.
    pub username: String,
    /// The language of messages.
    pub locale: Lang,
    /// A mail address, to which the invitation to choose a password goes.
    pub mail: String,
    /// A phone number.
    pub phone: Option<String>,
}

/// Adds a user, who is invited to choose a first password.
pub async fn add(app: &Arc<App>, asked: Asked, client: &str) -> Result<Known, NotDone> {
    let unfit = |error: user::EnrolError| match error {
        user::EnrolError::Username(error) => NotDone::unfit("username", error),
        user::EnrolError::Mail(error) => NotDone::unfit("mail", error),
        user::EnrolError::Phone(error) => NotDone::unfit("phone", error),
        other => NotDone::unfit("body", other),
    };
    let draft = user::draft(app, &asked.username, asked.locale, Some(&asked.mail), asked.phone.as_deref());
    let draft = draft.map_err(unfit)?;
    let by = Actor::Client { id: client.to_owned() };
    app.work(by, move |work| {
        let name = &draft.user.username;
        if store::user::by_name(work.sql, name)?.is_some() || name::was_erased(work, name)? {
            return Err(NotDone::UsernameTaken.into());
        }
        user::added(work, &draft)?;
        new_password::invited(work, &draft.user)?;
        super::read::known(work, draft.user.clone())
    })
    .await
}

/// What is different of a user from now on.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The language of messages.
    pub locale: Option<Lang>,
    /// The mail address.
    pub mail: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
}

/// Changes a user. A contact point that it takes the place of is told, and can undo it, as with the user's own changes.
pub async fn change(app: &Arc<App>, name: String, wanted: Change, client: &str) -> Result<Known, NotDone> {
    let Change { locale, mail, phone } = wanted;
    let mail = mail.as_deref().map(MailAddress::parse).transpose().map_err(|error| NotDone::unfit("mail", error))?;
    let phone = phone.as_deref().map(PhoneNumber::parse).transpose().map_err(|error| NotDone::unfit("phone", error))?;
    let contacts = [
        mail.map(|mail| ("mail", Channel::Mail, mail.to_string())),
        phone.map(|number| ("phone", Channel::Sms, number.to_string())),
    ];
    let by = Actor::Client { id: client.to_owned() };
    app.work(by, move |work| {
        let user = named(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        work.about.user = Some(user.id);
        if let Some(lang) = locale {
            store::user::set_locale(work.sql, user.id, lang.tag())?;
        }
        for (member, channel, address) in contacts.iter().flatten() {
            if !change::posted(work, user.id, *channel, address.clone())? {
                return Err(Stop::Undone(NotDone::unfit(member, "would be one contact point too many")));
            }
        }
        let user = store::user::by_id(work.sql, user.id)?.ok_or(NotDone::UnknownUser)?;
        super::read::known(work, user)
    })
    .await
}

/// Erases a user.
pub async fn erase(app: &Arc<App>, name: String, client: &str) -> Result<(), NotDone> {
    let by = Actor::Client { id: client.to_owned() };
    app.work(by, move |work| {
        let user = named(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        erase::erase(work, &user).map_err(|stop| stop.map(NotDone::from))
    })
    .await
}

/// Sends a user the link to choose another password, or the first one.
pub async fn reset_link(app: &Arc<App>, name: String, client: &str) -> Result<(), NotDone> {
    let by = Actor::Client { id: client.to_owned() };
    app.work(by, move |work| {
        let user = named(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        work.about.user = Some(user.id);
        work.record(Audit::PasswordLinkAsked, Detail::none())?;
        let sent =
            if user.has_password() { new_password::sent(work, &user)? } else { new_password::invited(work, &user)? };
        if sent { Ok(()) } else { Err(Stop::Refused(NotDone::NoContact)) }
    })
    .await
}
