//! What a signed-in user sees of the own login: devices, known programs, sessions, activity.

use super::{
    access::{self, Access},
    activity::{self, Ask, Told},
    news, session,
};
use crate::{
    activity::Line,
    app::App,
    flow::{
        Refused,
        confirm::candidates,
        desk::{agent, case, online_card},
        oidc::ciba,
        phone::{pending, statement},
    },
    work::Work,
};
use domain::{
    audit::Actor,
    confirmation::{Confirmation, money_first},
    id::{DeviceId, MarkId, UserId},
    money::lock::TransferLock,
};
use std::sync::Arc;
use store::{Error, device_order::DeviceOrder};

pub use crate::flow::desk::find::Named;
pub use store::{contact::Contact, device::Device};

/// The overview.
#[derive(Debug)]
pub struct Overview {
    /// What is asked and the user has not answered yet, money first.
    pub waiting: Vec<Waiting>,
    /// Every device the user ever had.
    pub devices: Vec<Device>,
    /// Every order of a device.
    pub orders: Vec<DeviceOrder>,
    /// Whether the user is an agent of the desk.
    pub console: bool,
    /// Whether a temporary code opens the page of the online code card.
    pub lent_card: bool,
    /// What the desk is about to do for whoever called as this user.
    pub objectionable: Vec<Named>,
    /// The default one.
    pub default: Option<DeviceId>,
    /// The transfer lock as it stands.
    pub lock: TransferLock,
    /// What has access besides the devices.
    pub access: Access,
    /// What was not said to be seen.
    pub news: Vec<Line>,
    /// The latest activity.
    pub activity: Told,
}

/// A request that waits for the user.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The confirmation's id.
    pub id: String,
    /// What is asked, as the phone shows it.
    pub operation: wire::phone::Operation,
    /// Whole seconds it still waits.
    pub seconds: u64,
    /// Whether it can be taken up on a page; else the phone answers it.
    pub here: bool,
}

impl Overview {
    /// Which of the listed marks a browser holds, by the handles it sent.
    pub fn own_marks(&self, held: &[crate::handle::Read]) -> Vec<MarkId> {
        let holds = |digest: &[u8; 32]| held.iter().any(|read| read.digest == *digest);
        self.access.marks.iter().filter(|(_, digest)| holds(digest)).map(|(mark, _)| mark.id).collect()
    }
}

/// Lines of activity shown.
const ACTIVITY: usize = 10;

/// A user's contact points.
pub async fn contacts(app: &Arc<App>, user: UserId) -> Result<Vec<Contact>, Refused> {
    app.look(move |work| Ok(store::contact::of_user(work.sql, &work.app.sealer, user)?)).await
}

/// Loads the overview of a signed-in user.
pub async fn load(app: &Arc<App>, signed_in: &session::SignedIn) -> Result<Overview, Refused> {
    let user = signed_in.user.clone();
    app.look(move |work| {
        let waiting = waiting(work, user.id)?;
        let devices = store::device::of_user(work.sql, user.id)?;
        Ok(Overview {
            lent_card: online_card::is_open(work, &devices),
            waiting,
            default: candidates::default_device(work.app, &user, &devices),
            devices,
            orders: store::device_order::of_user(work.sql, &work.app.sealer, user.id)?,
            console: agent::serving(work, user.id)?.is_some(),
            objectionable: case::objectionable(work, user.id)?,
            lock: store::transfer_rule::of_user(work.sql, user.id)?.lock.at(work.now),
            access: access::find(work, user.id)?,
            news: news::tell(work, user.id)?,
            activity: activity::tell(work, user.id, Ask { before: None, most: ACTIVITY }, |_| true)?,
        })
    })
    .await
}

/// Gives a user more time for everything from now on, or the usual time.
pub async fn give_time(app: &Arc<App>, user: UserId, more: bool) -> Result<(), Refused> {
    app.work(Actor::User, move |work| Ok(store::user::set_unhurried(work.sql, user, more.then_some(work.now))?)).await
}

/// What the phone lists, and what back ends asked that any device may answer: each once.
fn waiting(work: &mut Work<'_>, user: UserId) -> Result<Vec<Waiting>, Error> {
    let mut all = ciba::awaiting(work, user)?;
    let here: Vec<_> = all.iter().map(|confirmation| confirmation.id).collect();
    all.extend(pending::on_phones(work, user)?.into_iter().filter(|confirmation| !here.contains(&confirmation.id)));
    all.sort_by_key(|confirmation| (confirmation.created_at, confirmation.id));
    money_first(&mut all, |confirmation| &confirmation.operation.what);
    Ok(all.iter().map(|confirmation| shown(work, confirmation, here.contains(&confirmation.id))).collect())
}

fn shown(work: &Work<'_>, confirmation: &Confirmation, here: bool) -> Waiting {
    Waiting {
        id: confirmation.id.to_string(),
        operation: statement::shown(work.app, confirmation),
        seconds: confirmation.expires_at.seconds_from(work.now),
        here,
    }
}
