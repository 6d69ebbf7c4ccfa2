//! Users whom the institution adds, and what it changes of them.

use super::{NotDone, named, read::Known};
use crate::{
    app::App,
    flow::{login::new_password, user},
    work::Stop,
};
use domain::audit::{Actor, Detail, Kind as Audit};
use i18n::Lang;
use std::sync::Arc;

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
        if store::user::by_name(work.sql, &draft.user.username)?.is_some() {
            return Err(NotDone::UsernameTaken.into());
        }
        user::added(work, &draft)?;
        new_password::invited(work, &draft.user)?;
        super::read::known(work, draft.user.clone())
    })
    .await
}

/// Sets the language of a user's messages.
pub async fn speaks(app: &Arc<App>, name: String, lang: Lang, client: &str) -> Result<Known, NotDone> {
    let by = Actor::Client { id: client.to_owned() };
    app.work(by, move |work| {
        let user = named(work.sql, &name)?.ok_or(NotDone::UnknownUser)?;
        work.about.user = Some(user.id);
        store::user::set_locale(work.sql, user.id, lang.tag())?;
        let user = store::user::by_id(work.sql, user.id)?.ok_or(NotDone::UnknownUser)?;
        super::read::known(work, user)
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
