//! Another password: chosen by whoever knows the one of now, or was sent a link because it is forgotten, and confirmed by
//! a device before it holds.

use super::{
    password::{Claim, with_password},
    session::SignedIn,
    take_back::{self, Kept},
};
use crate::{
    app::App,
    clients::HOSTED,
    flow::{
        Origin, Refused,
        confirm::offer,
        messages::{
            notice,
            outbox::{self, New},
        },
        throttle::{self, Purpose},
    },
    handle::{Kind, Read},
    passwords::{Caller, HashError},
    work::{Stop, Work, stops},
};
use domain::{
    Secret,
    audit::{Actor, Detail, Kind as Audit},
    confirmation::{Channel, Confirmation, Operation, Outcome, What},
    effect::Notice,
    id::{MarkId, SessionId, UserId},
    password::{self, PasswordError},
    user::Username,
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use store::{
    Error,
    contact::Channel as Contact,
    password::{Change, Link},
    user::User,
};

/// How long a link is of use (3-domain, *Passwords*).
pub const LINK_LIFE: Duration = Duration::from_secs(900);

/// How long an invitation to choose the first password is of use.
pub const INVITATION_LIFE: Duration = Duration::from_secs(7 * 86_400);

/// Why no other password is on its way.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    /// It may not be chosen.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The link was used, is too old, or never was.
    #[error("this link is not good any more")]
    LinkOver,
    /// As anywhere; [`Refused::InvalidCredentials`] where the password of now is wrong.
    #[error(transparent)]
    Refused(#[from] Refused),
}

stops!(NotChanged);
stops!(NotChanged: Refused);

impl From<Error> for NotChanged {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}

/// A password to be changed by whoever is signed in.
pub struct Asked {
    /// Whose session it is.
    pub signed_in: SignedIn,
    /// The password of now, as typed.
    pub current: Secret<String>,
    /// The new one, as typed.
    pub new: Secret<String>,
    /// Marks that the browser holds.
    pub marks: Vec<String>,
    /// A keyed digest of the browser's cookie.
    pub browser: [u8; 16],
    /// Where it comes from.
    pub origin: Origin,
}

/// Has a device confirm another password; the handle of the attempt.
pub async fn change(app: &Arc<App>, asked: Asked) -> Result<String, NotChanged> {
    let Asked { signed_in, current, new, marks, browser, origin } = asked;
    let user = signed_in.user.id;
    password::check_new(new.expose(), &signed_in.user.username, &app.settings.product)?;
    let mark = mark_of(app, user, &marks).await?;
    let claim = Claim {
        client: HOSTED.to_owned(),
        username: signed_in.user.username.to_string(),
        password: current,
        marks,
        browser: Some(browser),
        origin: origin.clone(),
    };
    // The one of now is judged before anything is computed for the new one.
    with_password::<_, NotChanged, _>(app, claim, |_, _| Ok(())).await?;
    let caller = Caller { address: origin.address, known: mark.is_some() };
    let phc = hashed(app, caller, new).await?;
    let (handle, digest) = app.handles.mint(Kind::Attempt, user);
    let (session, channel) = (signed_in.session.id, Channel::Settings { session: signed_in.session.id });
    app.work::<_, NotChanged, _>(Actor::User, move |work| {
        let operation = operation(What::PasswordChange, channel.clone(), &origin);
        let pending = Pending { phc: &phc, session: Some(session), mark };
        offered(work, user, operation, digest, &pending).map_err(|stop| stop.map(NotChanged::from))
    })
    .await?;
    Ok(handle)
}

/// The mark of this user that a browser holds.
async fn mark_of(app: &Arc<App>, user: UserId, marks: &[String]) -> Result<Option<MarkId>, Refused> {
    let held: Vec<_> = marks.iter().filter_map(|mark| app.handles.read(Kind::Mark, mark)).collect();
    app.look(move |work| {
        for read in held.iter().filter(|read| read.user == user) {
            if let Some(mark) = store::mark::valid(work.sql, user, read.digest, HOSTED)? {
                return Ok(Some(mark.id));
            }
        }
        Ok(None)
    })
    .await
}

async fn hashed(app: &Arc<App>, caller: Caller, new: Secret<String>) -> Result<String, Refused> {
    let app = Arc::clone(app);
    let hashed =
        tokio::task::spawn_blocking(move || app.passwords.hash_for(caller, &password::normalised(new.expose())));
    Ok(hashed.await.map_err(|_| HashError::Failed).flatten()?)
}

fn operation(what: What, channel: Channel, origin: &Origin) -> Operation {
    Operation {
        what,
        client: HOSTED.to_owned(),
        address: origin.address.to_string(),
        agent: origin.agent.clone(),
        message: None,
        channel,
        passkey_alone: false,
    }
}

/// What waits for a device.
struct Pending<'a> {
    phc: &'a str,
    session: Option<SessionId>,
    mark: Option<MarkId>,
}

fn offered(
    work: &mut Work<'_>,
    user: UserId,
    operation: Operation,
    digest: [u8; 32],
    pending: &Pending<'_>,
) -> Result<(), Stop<Refused>> {
    let draft = offer::draft(user, operation, work.now, work.now.plus(offer::LIFE));
    let offered = offer::beyond_login(work, draft, digest)?;
    let change = Change {
        user,
        confirmation: offered.id,
        password_phc: pending.phc.to_owned(),
        session: pending.session,
        mark: pending.mark,
        expires_at: offered.expires_at,
    };
    Ok(store::password::insert(work.sql, &change)?)
}

/// Sends a link to the mail address of a user who forgot the password. What is answered is the same whoever is named,
/// and comes as soon: only then is looked up who it is.
pub async fn forgotten(app: &Arc<App>, typed: &str, origin: Origin) -> Result<(), Refused> {
    let name = typed.trim().to_ascii_lowercase();
    let paid = name.clone();
    app.work::<_, Refused, _>(Actor::Stranger, move |work| {
        throttle::address(work, &origin)?;
        throttle::user(work, &origin, &paid, Purpose::Secret)?;
        Ok(())
    })
    .await?;
    let Ok(name) = Username::parse(&name) else { return Ok(()) };
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let sent = app.work::<_, Refused, _>(Actor::Stranger, move |work| {
            let Some(user) = store::user::by_name(work.sql, &name)? else { return Ok(()) };
            work.about.user = Some(user.id);
            // Whoever has chosen none yet has an invitation to do so.
            if user.has_password() { Ok(sent(work, &user).map(drop)?) } else { Ok(invited(work, &user).map(drop)?) }
        });
        let sent = sent.await;
        if let Err(error) = sent {
            tracing::error!(%error, "a link for a forgotten password was not sent");
        }
    });
    Ok(())
}

/// Sends the link for another password. False when there is nowhere to send it, or too many went there.
pub fn sent(work: &mut Work<'_>, user: &User) -> Result<bool, Error> {
    let said = |link: String| json!({ "link": link, "minutes": LINK_LIFE.as_secs() / 60 });
    linked(work, user, LINK_LIFE, outbox::PASSWORD_LINK, said)
}

/// Invites a user by mail to choose the first password. False as for [`sent`].
pub fn invited(work: &mut Work<'_>, user: &User) -> Result<bool, Error> {
    let username = user.username.to_string();
    let days = INVITATION_LIFE.as_secs() / 86_400;
    let said = |link: String| json!({ "link": link, "username": username, "days": days });
    linked(work, user, INVITATION_LIFE, outbox::INVITATION, said)
}

fn linked(
    work: &mut Work<'_>,
    user: &User,
    life: Duration,
    message: &'static str,
    said: impl Fn(String) -> Value,
) -> Result<bool, Error> {
    let (contacts, mut any) = (outbox::ways_back(work, user.id)?, false);
    for to in contacts.iter().filter(|contact| takes_links(contact)) {
        let (handle, digest) = work.app.handles.mint(Kind::PasswordLink, user.id);
        let arguments = said(format!("{}/forgot/{handle}", work.app.settings.issuer));
        let until = work.now.plus(life);
        if outbox::limited(work, user.id, to, New { message, arguments: &arguments, until })?.is_none() {
            let link = Link { user: user.id, digest, created_at: work.now, expires_at: until };
            store::password::insert_link(work.sql, &link)?;
            work.record(Audit::PasswordLinkSent, Detail::none())?;
            any = true;
        }
    }
    Ok(any)
}

/// Whether links are sent to a contact point.
pub fn takes_links(contact: &store::contact::Contact) -> bool {
    contact.channel == Contact::Mail
}

/// Whether there is a contact point to which a link may go.
pub fn can_be_sent(work: &mut Work<'_>, user: UserId) -> Result<bool, Error> {
    Ok(outbox::ways_back(work, user)?.iter().any(takes_links))
}

/// Whether a link is good. To look does not use it up: mail programs open links by themselves.
pub async fn is_good(app: &Arc<App>, link: &str) -> Result<bool, Refused> {
    let Some(Read { user, digest }) = app.handles.read(Kind::PasswordLink, link) else { return Ok(false) };
    app.look(move |work| Ok(store::password::link_lives(work.sql, user, digest, work.now)?)).await
}

/// A password to be replaced by whoever was sent a link.
pub struct Reset {
    /// The link's handle.
    pub link: String,
    /// The new password, as typed.
    pub new: Secret<String>,
    /// A keyed digest of the browser's cookie.
    pub browser: [u8; 16],
    /// Where it comes from.
    pub origin: Origin,
}

/// What became of a new password.
#[derive(Debug)]
pub enum Led {
    /// A device is to confirm it: the handle of the attempt.
    On(String),
    /// It is the user's first, and holds: there was nothing that a device would have to guard.
    Set,
}

/// Has a permanent device confirm another password, and uses the link up; sets the first one.
pub async fn reset(app: &Arc<App>, reset: Reset) -> Result<Led, NotChanged> {
    let Reset { link, new, browser, origin } = reset;
    let Read { user, digest: link } = app.handles.read(Kind::PasswordLink, &link).ok_or(NotChanged::LinkOver)?;
    let paying = origin.clone();
    let found: User = app
        .work::<_, NotChanged, _>(Actor::Stranger, move |work| {
            throttle::address(work, &paying)?;
            let good = store::password::link_lives(work.sql, user, link, work.now)?;
            let found = store::user::by_id(work.sql, user)?.filter(|_| good).ok_or(NotChanged::LinkOver)?;
            throttle::user(work, &paying, found.username.as_str(), Purpose::Secret)?;
            Ok(found)
        })
        .await?;
    password::check_new(new.expose(), &found.username, &app.settings.product)?;
    let caller = Caller { address: origin.address, known: false };
    let phc = hashed(app, caller, new).await?;
    if !found.has_password() {
        app.work::<_, NotChanged, _>(Actor::User, move |work| first(work, user, link, &phc)).await?;
        return Ok(Led::Set);
    }
    let (handle, digest) = app.handles.mint(Kind::Attempt, user);
    app.work::<_, NotChanged, _>(Actor::User, move |work| {
        work.about.user = Some(user);
        let operation = operation(What::PasswordReset, Channel::Recovery { browser }, &origin);
        let pending = Pending { phc: &phc, session: None, mark: None };
        // Without a device that may confirm it nothing is left behind, and the link is as good as before.
        let asked = offered(work, user, operation, digest, &pending);
        asked.map_err(|stop| match stop {
            Stop::Refused(refused) => Stop::Undone(NotChanged::from(refused)),
            other => other.map(NotChanged::from),
        })?;
        if store::password::use_link(work.sql, user, link, work.now)? {
            Ok(())
        } else {
            Err(Stop::Undone(NotChanged::LinkOver))
        }
    })
    .await?;
    Ok(Led::On(handle))
}

fn first(work: &mut Work<'_>, user: UserId, link: [u8; 32], phc: &str) -> Result<(), Stop<NotChanged>> {
    work.about.user = Some(user);
    let none_yet = store::user::by_id(work.sql, user)?.is_some_and(|user| !user.has_password());
    if !none_yet || !store::password::use_link(work.sql, user, link, work.now)? {
        return Err(NotChanged::LinkOver.into());
    }
    store::user::set_password(work.sql, user, phc)?;
    store::password::end_links(work.sql, user, work.now)?;
    work.record(Audit::PasswordChanged, Detail::none())?;
    Ok(notice::tell(work, user, Notice::PasswordChosen)?)
}

/// What the end of a confirmation gives: the password that waited for it, where a device confirmed it.
pub fn ended(work: &mut Work<'_>, confirmation: &Confirmation) -> Result<(), Error> {
    if !matches!(confirmation.operation.what, What::PasswordChange | What::PasswordReset) {
        return Ok(());
    }
    let user = confirmation.user;
    let Some(change) = store::password::take(work.sql, user, confirmation.id)? else { return Ok(()) };
    let Some(Outcome::Confirmed { device, .. }) = confirmation.outcome() else { return Ok(()) };
    store::user::set_password(work.sql, user, &change.password_phc)?;
    store::failure::clear_all(work.sql, user)?;
    store::password::end_links(work.sql, user, work.now)?;
    work.record_of(device, Audit::PasswordChanged, Detail::none())?;
    take_back::all_but(work, user, Kept { session: change.session, mark: change.mark })?;
    notice::tell(work, user, Notice::PasswordChanged)
}
