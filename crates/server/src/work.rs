//! A unit of work: what every use case needs, once, and why it stops.
//!
//! [`App::work`] runs a closure over a [`Work`] as one transaction. What follows from it in other rooms (sessions that end
//! with their device, open requests that lose it, a ping) is queued by [`Work::after`] and carried out at the end of the
//! same transaction, so that no room calls one above it.

use crate::app::{App, nonce};
use domain::{
    Timestamp,
    audit::{About, Actor, Detail, Kind, Record},
    confirmation::Confirmation,
    device::DeviceState,
    id::{AuditId, DeviceId, SessionId, UserId},
    lockout::Budget,
};
use std::{collections::VecDeque, net::IpAddr, sync::Arc};
use store::{Ask, Error, Sql, UnitSpec, audit::Noted, device::Device};

/// How often a unit that lost a race is run anew.
const RACES: usize = 8;

/// Who is on the other side, as far as the connection tells.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The network address.
    pub address: IpAddr,
    /// What the program calls itself; at most 200 characters are kept.
    pub agent: String,
}

/// One unit of work.
pub struct Work<'a> {
    /// The server's parts.
    pub app: &'a App,
    /// The transaction.
    pub sql: &'a mut dyn Sql,
    /// The unit's time.
    pub now: Timestamp,
    /// Who acts.
    pub actor: Actor,
    /// What it is about: every record says it.
    pub about: About,
    after: VecDeque<(About, After)>,
    events: Vec<Noted>,
    /// How many of the events are written.
    written: usize,
}

/// What follows from a unit of work in other rooms, at its end.
#[derive(Debug, Clone)]
pub enum After {
    /// A device passed into another state: what hangs on it ends with it.
    DevicePassed(Box<Device>, DeviceState),
    /// A device has nothing left to answer with.
    DeviceRanOut(DeviceId),
    /// Somebody else has the user's password: what it gave is taken back.
    PasswordTaken,
    /// A confirmation has ended: who asked for it may want to hear.
    ConfirmationEnded(Box<Confirmation>),
    /// The transfer lock was closed: what is under way is stopped, what cards pay too where it holds them.
    TransfersStopped {
        /// Whether it holds cards.
        cards: bool,
    },
    /// A request has left the phone: the next one that waits for it may go there.
    PhoneFree,
    /// A browser session has ended: clients that it served are told.
    SessionEnded(SessionId),
}

/// Carries out what follows; the rooms' own rules, given to the [`App`] when it is built.
pub type Follow = fn(&mut Work<'_>, After) -> Result<(), Error>;

/// Why a unit of work stops. `?` serves all three.
#[derive(Debug)]
pub enum Stop<R> {
    /// Refused; what was written stays: records, counters.
    Refused(R),
    /// Refused, and nothing of it stays.
    Undone(R),
    /// The store failed; nothing of it stays. [`Error::Retry`] runs the unit anew.
    Failed(Error),
}

impl<R> From<Error> for Stop<R> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl<R> Stop<R> {
    /// The same for another kind of refusal, as a room above another one needs it.
    pub fn map<S>(self, refusal: impl FnOnce(R) -> S) -> Stop<S> {
        match self {
            Self::Refused(refused) => Stop::Refused(refusal(refused)),
            Self::Undone(refused) => Stop::Undone(refusal(refused)),
            Self::Failed(error) => Stop::Failed(error),
        }
    }
}

/// Makes `?` turn these refusals, and stops by them, into a stop by another.
macro_rules! stops {
    ($into:ty: $($from:ty),+) => {$(
        impl From<$from> for $crate::work::Stop<$into> {
            fn from(refused: $from) -> Self {
                Self::Refused(refused.into())
            }
        }

        impl From<$crate::work::Stop<$from>> for $crate::work::Stop<$into> {
            fn from(stop: $crate::work::Stop<$from>) -> Self {
                stop.map(Into::into)
            }
        }
    )+};
    ($into:ty) => {
        impl From<$into> for $crate::work::Stop<$into> {
            fn from(refused: $into) -> Self {
                Self::Refused(refused)
            }
        }
    };
}
pub(crate) use stops;

/// How a unit ended that was kept, and what it recorded.
struct Kept<T, R> {
    ended: Result<T, R>,
    events: Vec<Noted>,
}

/// How a unit ended that left nothing behind.
enum Gone<R> {
    Undone(R),
    Failed(Error),
}

impl<R> From<Error> for Gone<R> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl App {
    /// Runs `unit` as one unit of work of `actor`: all of it is kept, or nothing. It may run more than once, so it
    /// computes and uses the work, and does nothing else.
    pub async fn work<T, R, F>(self: &Arc<Self>, actor: Actor, unit: F) -> Result<T, R>
    where
        F: Fn(&mut Work<'_>) -> Result<T, Stop<R>> + Send + Sync + 'static,
        T: Send + 'static,
        R: From<Error> + Send + 'static,
    {
        let unit = Arc::new(unit);
        for _ in 0..RACES {
            match self.store.write(self.once(&actor, &unit, None)).await {
                Err(Gone::Failed(Error::Retry)) => {}
                ended => return settled(ended),
            }
        }
        Err(Error::Retry.into())
    }

    /// [`App::work`] about one user, on a path that many take: the unit decides before anything is written. `asks` names
    /// what it will read, given its time, and all of that is fetched at once; see [`store::Store::unit`].
    pub async fn decide<T, R, F>(
        self: &Arc<Self>,
        actor: Actor,
        user: UserId,
        asks: impl Fn(Timestamp) -> Vec<Ask>,
        unit: F,
    ) -> Result<T, R>
    where
        F: Fn(&mut Work<'_>) -> Result<T, Stop<R>> + Send + Sync + 'static,
        T: Send + 'static,
        R: From<Error> + Send + 'static,
    {
        let unit = Arc::new(unit);
        for _ in 0..RACES {
            let now = self.now();
            match self.store.unit(UnitSpec::about(user, asks(now)), self.once(&actor, &unit, Some(now))).await {
                Err(Gone::Failed(Error::Retry)) => {}
                ended => return settled(ended),
            }
        }
        Err(Error::Retry.into())
    }

    /// [`App::work`] for command line tools: blocks the thread.
    pub fn work_blocking<T, R, F>(self: &Arc<Self>, actor: Actor, unit: F) -> Result<T, R>
    where
        F: Fn(&mut Work<'_>) -> Result<T, Stop<R>> + Send + Sync + 'static,
        T: Send + 'static,
        R: From<Error> + Send + 'static,
    {
        let unit = Arc::new(unit);
        for _ in 0..RACES {
            match self.store.write_blocking(self.once(&actor, &unit, None)) {
                Err(Gone::Failed(Error::Retry)) => {}
                ended => return settled(ended),
            }
        }
        Err(Error::Retry.into())
    }

    /// Runs `unit` on one unchanging moment of the database; what would write is refused.
    pub async fn look<T, R, F>(self: &Arc<Self>, unit: F) -> Result<T, R>
    where
        F: Fn(&mut Work<'_>) -> Result<T, Stop<R>> + Send + Sync + 'static,
        T: Send + 'static,
        R: From<Error> + Send + 'static,
    {
        settled(self.store.read(self.once(&Actor::Server, &Arc::new(unit), None)).await)
    }

    /// One run of a unit, as the store takes it; at a given time, where what it reads was named by that.
    fn once<T, R, F>(
        self: &Arc<Self>,
        actor: &Actor,
        unit: &Arc<F>,
        now: Option<Timestamp>,
    ) -> impl Fn(&mut dyn Sql) -> Result<Kept<T, R>, Gone<R>> + Send + 'static
    where
        F: Fn(&mut Work<'_>) -> Result<T, Stop<R>> + Send + Sync + 'static,
    {
        let (app, actor, unit) = (Arc::clone(self), actor.clone(), Arc::clone(unit));
        move |sql| {
            let mut work = Work::new(&app, sql, actor.clone());
            work.now = now.unwrap_or(work.now);
            let ended = match unit(&mut work) {
                Ok(done) => Ok(done),
                Err(Stop::Refused(refused)) => Err(refused),
                Err(Stop::Undone(refused)) => return Err(Gone::Undone(refused)),
                Err(Stop::Failed(error)) => return Err(Gone::Failed(error)),
            };
            work.follow()?;
            work.write_records()?;
            Ok(Kept { ended, events: work.events })
        }
    }
}

fn settled<T, R: From<Error>>(ended: Result<Kept<T, R>, Gone<R>>) -> Result<T, R> {
    match ended {
        Ok(Kept { ended, events }) => {
            events.iter().for_each(|noted| log(&noted.record));
            ended
        }
        Err(Gone::Undone(refused)) => Err(refused),
        Err(Gone::Failed(error)) => Err(error.into()),
    }
}

/// A line of the log for what was recorded and is kept. The row of the audit log is the record; the line is for whoever
/// looks for trouble. Whatever came from outside is told by ids alone.
fn log(record: &Record) {
    let Record { kind, about, actor, .. } = record;
    let event = kind.name();
    let by = actor.as_ref().map(Actor::name);
    let (user, device) = (about.user.map(tracing::field::display), about.device.map(tracing::field::display));
    let (attempt, address) = (about.attempt.map(tracing::field::display), about.address.map(tracing::field::display));
    let client = about.client.as_deref();
    if kind.is_step() {
        tracing::debug!(event, by, user, client, address, device, attempt, "recorded");
    } else {
        tracing::info!(event, by, user, client, address, device, attempt, "recorded");
    }
}

impl<'a> Work<'a> {
    /// Work of `actor` in a transaction, now, about nothing yet.
    pub fn new(app: &'a App, sql: &'a mut dyn Sql, actor: Actor) -> Self {
        let (about, after, events) = (About::default(), VecDeque::new(), Vec::new());
        Self { now: app.now(), app, sql, actor, about, after, events, written: 0 }
    }

    /// The user whom the work is about.
    pub fn user(&self) -> Option<UserId> {
        self.about.user
    }

    /// Whose failures count.
    pub fn budget(&self) -> Budget {
        self.about.budget.unwrap_or(Budget::Strangers)
    }

    /// From now on the work is about an attempt of its user and client.
    pub fn is_about(&mut self, confirmation: &Confirmation) {
        self.about.user = Some(confirmation.user);
        self.about.budget = Some(confirmation.budget);
        self.about.client = Some(confirmation.operation.client.clone());
        self.about.attempt = Some(confirmation.id);
    }

    /// Does something that is about something else, and goes on with what this is about.
    pub fn beside<T>(&mut self, about: About, unit: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.about, about);
        let done = unit(self);
        self.about = before;
        done
    }

    /// Writes a record to the audit log, by the end of the unit. Logged when it is kept.
    pub fn record(&mut self, kind: Kind, detail: Detail) -> Result<(), Error> {
        let record = Record { kind, actor: Some(self.actor.clone()), about: self.about.clone(), detail };
        let nth = u16::try_from(self.events.len()).unwrap_or(u16::MAX);
        self.events.push(Noted { id: AuditId::nth(self.now, nth, &nonce()), record });
        // Two go into one statement.
        if self.events.len().is_multiple_of(2) { self.write_records() } else { Ok(()) }
    }

    fn write_records(&mut self) -> Result<(), Error> {
        let due = self.events.get(self.written..).unwrap_or_default();
        store::audit::append(self.sql, self.now, due)?;
        self.written = self.events.len();
        Ok(())
    }

    /// Writes a record about a device.
    pub fn record_of(&mut self, device: DeviceId, kind: Kind, detail: Detail) -> Result<(), Error> {
        let about = About { device: Some(device), ..self.about.clone() };
        self.beside(about, |work| work.record(kind, detail))
    }

    /// Queues what follows from this, for the end of the unit.
    pub fn after(&mut self, next: After) {
        self.after.push_back((self.about.clone(), next));
    }

    /// Carries out what was queued, and what follows from that.
    pub fn follow(&mut self) -> Result<(), Error> {
        while let Some((about, next)) = self.after.pop_front() {
            let follow = self.app.follow;
            self.beside(about, |work| follow(work, next))?;
        }
        Ok(())
    }
}

/// What a unit gave, or nothing where it was refused; for whoever goes on all the same.
pub fn unless_refused<T, R>(ended: Result<T, Stop<R>>) -> Result<Option<T>, Error> {
    match ended {
        Ok(done) => Ok(Some(done)),
        Err(Stop::Refused(_) | Stop::Undone(_)) => Ok(None),
        Err(Stop::Failed(error)) => Err(error),
    }
}
