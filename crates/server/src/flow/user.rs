//! Users: added, unlocked and changed, by an operator's hand.

use crate::{
    app::{App, nonce},
    flow::{
        contact::point,
        leaving::name,
        login::{new_password, session},
        messages::notice,
        oidc::keys::moment,
    },
    work::{After, Stop, Work, stops},
};
use domain::{
    Secret,
    audit::{Detail, Kind},
    contact::{MailAddress, MailError, PhoneError, PhoneNumber},
    device::{ResyncRefusal, catalogue::IssueError, inventory::StockRefusal},
    effect::Notice,
    id::{ContactId, UserId},
    password::{self, PasswordError},
    user::{Username, UsernameError},
};
use i18n::Lang;
use std::sync::Arc;
use store::{
    Error,
    contact::{Channel, Contact},
    user::User,
};
use wire::pin::PinError;

/// Why nothing was added or changed.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The username.
    #[error(transparent)]
    Username(#[from] UsernameError),
    /// The username is taken.
    #[error("this username is taken")]
    UsernameTaken,
    /// No such user.
    #[error("there is no user of this name")]
    NoUser,
    /// No such device.
    #[error("this user has no such device")]
    NoDevice,
    /// The user is not erased.
    #[error(transparent)]
    NotErased(#[from] domain::erasure::MoneyUnderWay),
    /// The password.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The PIN.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// The class is not in the catalogue.
    #[error("there is no device class of this name")]
    NoClass,
    /// The class's devices come another way.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// Devices of this class do not compute with a key that could be added.
    #[error("devices of this class cannot be added here")]
    NotKeyed,
    /// The suite does not fit the class's methods.
    #[error("this suite is none, or does not fit the class's methods")]
    Suite,
    /// A PIN is needed or not wanted.
    #[error("this device {0}")]
    PinWanted(&'static str),
    /// The key is too short.
    #[error("a device's key has at least 16 octets (128 bits)")]
    ShortKey,
    /// Another device of the class has the serial number.
    #[error(
        "another device of this class has this serial number: see who holds it with countersign audit --kind device.added"
    )]
    SerialTaken,
    /// A mail address.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// No mail address to invite to.
    #[error("a user who is to choose a password needs a mail address, to which the invitation goes")]
    NoMail,
    /// A telephone number.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Roles of an agent.
    #[error("roles are agent, supervisor, depot and auditor, separated by commas")]
    Roles,
    /// The name of a person.
    #[error(
        "name the person as your institution does, such as by the number of the staff: two accounts of one person do not count as two people"
    )]
    Person,
    /// A first name that could not be shown as it is.
    #[error("the first name {0}")]
    FirstName(operation::TextError),
    /// No agent.
    #[error("this user is no agent")]
    NoAgent,
    /// No such order.
    #[error("this user has no such order")]
    NoOrder,
    /// The order's state does not allow that.
    #[error("this order is {0}, which does not allow that")]
    OrderState(&'static str),
    /// The serial number is not in the depot.
    #[error("the depot has no device of this serial number")]
    NotInDepot,
    /// The serial number is a device of another class than was ordered.
    #[error("this serial number is a device of class {0}, and another one was ordered")]
    OtherClass(String),
    /// The depot does not give the serial number out.
    #[error(transparent)]
    Stock(#[from] StockRefusal),
    /// There is no lock to lift.
    #[error("{0} is not locked")]
    NotLocked(&'static str),
    /// The password is locked, which another command lifts.
    #[error(
        "the password is locked since {0}, when its owner said \"it wasn't me\": give the user another one after an \
         identity check (countersign user set-password); that lifts every lock"
    )]
    PasswordLocked(String),
    /// The device was not taken up with again.
    #[error(transparent)]
    Resync(#[from] ResyncRefusal),
    /// The device's state does not allow that.
    #[error(transparent)]
    Refused(#[from] domain::Refusal),
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] crate::passwords::HashError),
    /// What the user is to tell clients.
    #[error("a user code has 6 to 64 characters")]
    UserCode,
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] crate::signing::SigningError),
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
}

stops!(EnrolError);
stops!(EnrolError: domain::Refusal, StockRefusal);

/// A user to add.
pub struct NewUser {
    /// The username, as typed.
    pub username: String,
    /// The first password; none where the user is to choose it.
    pub password: Option<Secret<String>>,
    /// The language of messages.
    pub locale: Lang,
    /// A mail address.
    pub mail: Option<String>,
    /// A phone number.
    pub phone: Option<String>,
}

/// A user who is about to be added.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The user, as yet without a password.
    pub user: User,
    contacts: Vec<(Channel, String)>,
}

/// A user of this name, language and mail address and phone number.
pub fn draft(
    app: &App,
    username: &str,
    locale: Lang,
    mail: Option<&str>,
    phone: Option<&str>,
) -> Result<Draft, EnrolError> {
    let username = Username::parse(username)?;
    let mail = mail.map(MailAddress::parse).transpose()?.map(|mail| (Channel::Mail, mail.to_string()));
    let phone = phone.map(PhoneNumber::parse).transpose()?.map(|number| (Channel::Sms, number.to_string()));
    let now = app.now();
    let user = User {
        id: UserId::new(now, &nonce()),
        password_phc: String::new(),
        username,
        password_locked_at: None,
        locale: locale.tag().to_owned(),
        default_device: None,
        unanswered_pushes: 0,
        untold_answers: 0,
        unhurried_at: None,
        created_at: now,
    };
    Ok(Draft { user, contacts: mail.into_iter().chain(phone).collect() })
}

/// Adds a user, in the caller's unit of work.
pub fn added(work: &mut Work<'_>, draft: &Draft) -> Result<(), Error> {
    let user = &draft.user;
    store::user::insert(work.sql, user)?;
    for (channel, address) in &draft.contacts {
        let id = ContactId::new(work.now, &nonce());
        let address = Secret::new(address.clone());
        let contact = Contact { id, channel: *channel, address, joined_at: None, left_at: None };
        point::add(work, user.id, &contact)?;
    }
    work.about.user = Some(user.id);
    work.record(Kind::UserAdded, Detail::none().username(user.username.as_str()))
}

/// Adds a user; without a password, one who is invited by mail to choose it.
pub fn add_user(app: &Arc<App>, new: &NewUser) -> Result<User, EnrolError> {
    let mut draft = draft(app, &new.username, new.locale, new.mail.as_deref(), new.phone.as_deref())?;
    if let Some(password) = &new.password {
        password::check_new(password.expose(), &draft.user.username, &app.settings.product)?;
        draft.user.password_phc = app.passwords.hash(&password::normalised(password.expose()))?;
    } else if new.mail.is_none() {
        return Err(EnrolError::NoMail);
    }
    let user = draft.user.clone();
    let added = app.work_blocking(app.operator(), move |work| {
        if name::was_erased(work, &draft.user.username)? {
            return Err(EnrolError::UsernameTaken.into());
        }
        self::added(work, &draft)?;
        if !draft.user.has_password() {
            new_password::invited(work, &draft.user)?;
        }
        Ok(())
    });
    match added {
        Err(EnrolError::Store(Error::Unique { .. })) => Err(EnrolError::UsernameTaken),
        other => other.map(|()| user),
    }
}

/// Lifts every lock of a user after an identity check: failures are forgotten. The password's own lock ("it wasn't me")
/// is not lifted here: somebody else has that password.
pub fn unlock_user(app: &Arc<App>, username: &str) -> Result<User, EnrolError> {
    in_user(app, username, |work, user| {
        if let Some(since) = user.password_locked_at {
            return Err(EnrolError::PasswordLocked(moment(since)).into());
        }
        if unlocked(work, &user)? { Ok(user) } else { Err(EnrolError::NotLocked("this user").into()) }
    })
}

/// Whether failures lock a user now, in any budget.
pub(in crate::flow) fn is_locked(work: &mut Work<'_>, user: UserId) -> Result<bool, Error> {
    let counted = store::failure::of_user(work.sql, user)?;
    let policy = &work.app.settings.policy;
    Ok(counted.iter().any(|(budget, failures)| failures.locked(budget.lock(policy), work.now).is_some()))
}

/// Forgets a user's failures, and tells them. False where none locks.
pub(in crate::flow) fn unlocked(work: &mut Work<'_>, user: &User) -> Result<bool, Error> {
    if !is_locked(work, user.id)? {
        return Ok(false);
    }
    store::failure::clear_all(work.sql, user.id)?;
    work.record(Kind::UserUnlocked, Detail::none())?;
    notice::tell(work, user.id, Notice::UserUnlocked)?;
    Ok(true)
}

/// Gives a user another password after an identity check. Whatever the old one gave is taken back, and every lock is
/// lifted.
pub fn set_password(app: &Arc<App>, username: &str, password: &Secret<String>) -> Result<User, EnrolError> {
    let name = Username::parse(username)?;
    password::check_new(password.expose(), &name, &app.settings.product)?;
    let phc = app.passwords.hash(&password::normalised(password.expose()))?;
    in_user(app, username, move |work, user| {
        store::user::set_password(work.sql, user.id, &phc)?;
        store::failure::clear_all(work.sql, user.id)?;
        work.record(Kind::PasswordSet, Detail::none())?;
        work.after(After::PasswordTaken);
        notice::tell(work, user.id, Notice::PasswordSet)?;
        Ok(User { password_locked_at: None, ..user })
    })
}

/// Ends every session of a user, for whoever cannot do it by themselves.
pub fn end_sessions(app: &Arc<App>, username: &str) -> Result<User, EnrolError> {
    in_user(app, username, |work, user| {
        session::end_all(work, user.id)?;
        // Whoever was logged out by the desk's hand may not have been the user.
        store::mark::revoke_all(work.sql, user.id, work.now)?;
        notice::tell(work, user.id, Notice::SessionsEnded)?;
        Ok(user)
    })
}

/// Sets, or takes away, what the user tells a client whose requests must carry it (CIBA, `user_code`).
pub fn set_user_code(app: &Arc<App>, username: &str, code: Option<&Secret<String>>) -> Result<User, EnrolError> {
    // The most that a request can carry is 64; the least keeps a few guesses from being worth while.
    if code.is_some_and(|code| !(6..=64).contains(&code.expose().chars().count())) {
        return Err(EnrolError::UserCode);
    }
    let phc = code.map(|code| app.passwords.hash(code)).transpose()?;
    in_user(app, username, move |work, user| {
        store::user::set_user_code(work.sql, user.id, phc.as_deref())?;
        work.record(Kind::UserCodeChanged, Detail::none().set(phc.is_some()))?;
        notice::tell(work, user.id, Notice::UserCodeChanged)?;
        Ok(user)
    })
}

/// Does something about a user by an operator's hand.
pub(in crate::flow) fn in_user<T: Send + 'static>(
    app: &Arc<App>,
    username: &str,
    unit: impl Fn(&mut Work<'_>, User) -> Result<T, Stop<EnrolError>> + Send + Sync + 'static,
) -> Result<T, EnrolError> {
    let username = Username::parse(username)?;
    app.work_blocking(app.operator(), move |work| {
        let user = store::user::by_name(work.sql, &username)?.ok_or(EnrolError::NoUser)?;
        work.about.user = Some(user.id);
        unit(work, user)
    })
}
