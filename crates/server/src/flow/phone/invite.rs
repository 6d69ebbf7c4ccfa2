//! Invitations: a signed-in page shows a picture and a short id, and whoever brings one of them activates the phone app
//! for that user without a code, since the login behind the page proved what a code would.

use crate::{
    app::{App, nonce, random},
    flow::{Refused, login::session::SignedIn},
    handle::Kind,
    work::stops,
};
use domain::{
    Secret, Timestamp, activation_code,
    audit::{About, Actor, Detail, Kind as Audit},
    device::DeviceState,
    login,
};
use std::{sync::Arc, time::Duration};
use store::{
    Error,
    device::Device,
    invitation::{Invitation, Shown, ShownBy},
};

/// Invitations of one user within the life of one.
pub(super) const MOST_MADE: u32 = 10;

/// Seconds after which whoever waits looks again without news.
const LONGEST_LOOK: u64 = 60;

/// How an invitation stands.
#[derive(Debug, Clone)]
pub enum Standing {
    /// There is none of this session.
    None,
    /// It waits for a phone.
    Open {
        /// What the picture says.
        link: String,
        /// What may be typed instead.
        id: String,
        /// Seconds it waits.
        seconds: u64,
    },
    /// A phone took it up, or a newer one took its place.
    Used,
    /// The phone that took it up is active.
    Active,
    /// Its time is over.
    Over,
}

/// Why none was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotMade {
    /// The login is too long ago.
    Stale,
    /// As anywhere.
    Refused(Refused),
}

impl From<Refused> for NotMade {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

stops!(NotMade);
stops!(NotMade: Refused);

impl From<Error> for NotMade {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}

/// Makes one, in place of any other that is open.
pub async fn make(app: &Arc<App>, signed_in: &SignedIn) -> Result<(), NotMade> {
    let now = app.now();
    if !may_be_made(app, signed_in) {
        return Err(NotMade::Stale);
    }
    let session = signed_in.session.clone();
    let (handle, digest) = app.handles.mint(Kind::Invitation, session.user);
    let invitation = Invitation {
        user: session.user,
        digest,
        shown_by: ShownBy::Session(session.id),
        shown: Secret::new(Shown { handle, id: activation_code::session_id(&nonce()).expose().clone() }),
        wrong_ids: 0,
        created_at: now,
        expires_at: now.plus(app.settings.activation_life),
        used_at: None,
    };
    app.work(Actor::User, move |work| {
        let life = work.app.settings.activation_life;
        if store::invitation::made_since(work.sql, session.user, work.now.minus(life))? >= MOST_MADE {
            return Err(Refused::Throttled(life).into());
        }
        store::invitation::withdraw(work.sql, session.user, work.now)?;
        store::invitation::insert(work.sql, &work.app.sealer, &invitation, random())?;
        let address = session.address.parse().ok();
        work.about = About { user: Some(session.user), address, ..About::default() };
        Ok(work.record(Audit::InvitationMade, Detail::none().session(session.id))?)
    })
    .await
}

impl Standing {
    /// Its name, by which its page says which one it shows.
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Open { .. } => "open",
            Self::Used => "used",
            Self::Active => "active",
            Self::Over => "over",
        }
    }
}

/// Whether the login behind a session is recent enough for an invitation.
pub fn may_be_made(app: &App, signed_in: &SignedIn) -> bool {
    login::may_add_a_device(&signed_in.session.amr, signed_in.session.created_at, app.now())
}

/// How the latest one of a session stands.
pub async fn look(app: &Arc<App>, signed_in: &SignedIn) -> Result<Standing, Refused> {
    let (unit_app, user) = (Arc::clone(app), signed_in.session.user);
    let by = ShownBy::Session(signed_in.session.id);
    let found = app.store.read(move |sql| {
        let latest = store::invitation::latest(sql, &unit_app.sealer, user, by)?;
        let devices = match latest.as_ref().and_then(|invitation| invitation.used_at) {
            Some(_) => store::device::of_user(sql, user)?,
            None => Vec::new(),
        };
        Ok::<_, Error>((latest, devices))
    });
    let (latest, devices) = found.await?;
    let since = |used: Timestamp| {
        move |device: &Device| {
            let began = device.activated_at.is_some_and(|at| at >= used);
            device.phone.is_some() && device.state == DeviceState::Active && began
        }
    };
    let now = app.now();
    Ok(match latest {
        None => Standing::None,
        Some(Invitation { used_at: Some(used), .. }) if devices.iter().any(since(used)) => Standing::Active,
        Some(invitation) if invitation.used_at.is_some() => Standing::Used,
        Some(invitation) if now >= invitation.expires_at => Standing::Over,
        Some(invitation) => {
            let Shown { handle, id } = invitation.shown.expose();
            Standing::Open { link: link(app, handle), id: id.clone(), seconds: invitation.expires_at.seconds_from(now) }
        }
    })
}

/// What the picture of an invitation says.
pub(super) fn link(app: &App, handle: &str) -> String {
    format!("{}/app/#activate={handle}", app.settings.issuer)
}

/// Waits until the latest invitation of a session stands otherwise than its page shows.
pub async fn changed(app: &Arc<App>, signed_in: &SignedIn, shown: &str) -> Result<(), Refused> {
    let mut news = app.store.watch(signed_in.session.user.octets());
    loop {
        let standing = look(app, signed_in).await?;
        if standing.name() != shown {
            return Ok(());
        }
        let seconds = if let Standing::Open { seconds, .. } = standing { seconds } else { LONGEST_LOOK };
        tokio::select! {
            () = news.changed() => {}
            () = tokio::time::sleep(Duration::from_secs(seconds.clamp(1, LONGEST_LOOK))) => {}
        }
    }
}
