//! What awaits a phone.

use super::{
    Call, PhoneRefused,
    session::{self, admit},
    statement,
};
use crate::{app::App, flow::desk::call, work::Work};
use domain::{
    Refusal, Timestamp,
    confirmation::{Confirmation, Outcome, money_first},
    device::DeviceState,
    id::{ConfirmationId, DeviceId, PhoneSessionId, UserId},
};
use std::sync::Arc;
use store::{Error, Watch};
use wire::phone::{Calling, Pending, PendingList};

/// Whose list, for a stream that goes on after its call was admitted.
#[derive(Debug, Clone, Copy)]
struct Listener {
    user: UserId,
    device: DeviceId,
    session: PhoneSessionId,
    /// Until when the access token admits it.
    until: Timestamp,
}

/// What awaits the phone that calls.
pub async fn awaiting(app: &Arc<App>, call: Call) -> Result<PendingList, PhoneRefused> {
    Ok(list(app, call).await?.0)
}

async fn list(app: &Arc<App>, call: Call) -> Result<(PendingList, Listener), PhoneRefused> {
    let user = call.user()?;
    let reads = |now| {
        let mut asks = session::asks(&call, now);
        asks.push(store::confirmation::ask_pending(user, now));
        asks.push(store::call::ask_open(user, now));
        asks
    };
    let unit_call = call.clone();
    app.decide(call.actor(), user, reads, move |work| {
        let admitted = admit(work, &unit_call)?;
        let session = admitted.session;
        let listener = Listener {
            user: session.user,
            device: admitted.device.id,
            session: session.id,
            until: session.access_expires_at,
        };
        Ok((pending(work, listener)?, listener))
    })
    .await
}

/// A phone that listens for what awaits it.
pub struct Listening {
    app: Arc<App>,
    listener: Listener,
    news: Watch,
    first: Option<PendingList>,
    shown: Vec<String>,
}

impl Listening {
    /// Admits the call; from here on nothing is missed.
    pub async fn open(app: &Arc<App>, call: Call) -> Result<Self, PhoneRefused> {
        let (_, listener) = list(app, call).await?;
        let news = app.store.watch(listener.user.octets());
        let first = again(app, listener).await?;
        Ok(Self { app: Arc::clone(app), listener, news, first, shown: Vec::new() })
    }

    /// Whose phone it is.
    pub fn user(&self) -> UserId {
        self.listener.user
    }

    /// The phone.
    pub fn device(&self) -> DeviceId {
        self.listener.device
    }

    /// The list at first, and then whenever it changes; none when the phone is no longer active or its token is over.
    pub async fn next(&mut self) -> Option<PendingList> {
        if let Some(first) = self.first.take() {
            self.shown = ids(&first);
            return Some(first);
        }
        loop {
            self.news.changed().await;
            let list = again(&self.app, self.listener).await.ok().flatten()?;
            let ids = ids(&list);
            // The seconds left differ from moment to moment; another list is one of other confirmations.
            if ids != self.shown {
                self.shown = ids;
                return Some(list);
            }
        }
    }
}

fn ids(list: &PendingList) -> Vec<String> {
    let call = list.call.iter().map(|call| format!("{} {}", call.first_name.as_str(), call.words.as_str()));
    list.confirmations.iter().map(|pending| pending.id.clone()).chain(call).collect()
}

async fn again(app: &Arc<App>, listener: Listener) -> Result<Option<PendingList>, PhoneRefused> {
    if app.now() >= listener.until {
        return Ok(None);
    }
    app.look(move |work| {
        let device = store::device::one(work.sql, listener.user, listener.device)?;
        let active = device.is_some_and(|device| device.state == DeviceState::Active);
        let signed_in = store::phone_session::lives(work.sql, listener.user, listener.session)?;
        if active && signed_in { Ok(Some(pending(work, listener)?)) } else { Ok(None) }
    })
    .await
}

/// One confirmation that awaits the phone that calls.
pub async fn one(app: &Arc<App>, call: Call, id: ConfirmationId) -> Result<Pending, PhoneRefused> {
    let user = call.user()?;
    let reads = |now| {
        let mut asks = session::asks(&call, now);
        asks.push(store::confirmation::ask_by_id(user, id));
        asks
    };
    let unit_call = call.clone();
    app.decide(call.actor(), user, reads, move |work| {
        let admitted = admit(work, &unit_call)?;
        let stored = store::confirmation::by_id(work.sql, admitted.session.user, id)?;
        let confirmation = stored.ok_or(PhoneRefused::UnknownConfirmation)?.confirmation;
        match confirmation.outcome() {
            // One that has ended says how: it may have been answered already.
            Some(outcome) => Err(Refusal::Ended(outcome).into()),
            // Its time is over, though nobody has written that down yet.
            None if work.now >= confirmation.expires_at => {
                Err(Refusal::Ended(Outcome::Expired { at: confirmation.expires_at }).into())
            }
            None if statement::awaits(&confirmation, admitted.device.id) => Ok(view(work.app, &confirmation, work.now)),
            None => Err(PhoneRefused::UnknownConfirmation.into()),
        }
    })
    .await
}

fn pending(work: &mut Work<'_>, listener: Listener) -> Result<PendingList, Error> {
    let all = on_phones(work, listener.user)?;
    let mine = all.iter().filter(|confirmation| statement::awaits(confirmation, listener.device));
    let confirmations = mine.map(|confirmation| view(work.app, confirmation, work.now)).collect();
    let call = call::calling(work, listener.user)?.map(|(said, until)| Calling {
        first_name: said.first_name,
        words: said.words,
        expires_in: until.seconds_from(work.now),
    });
    Ok(PendingList { confirmations, call })
}

/// What awaits any phone of a user, money first.
pub fn on_phones(work: &mut Work<'_>, user: UserId) -> Result<Vec<Confirmation>, Error> {
    let stored = store::confirmation::pending(work.sql, user, work.now)?;
    let mut open: Vec<_> = stored.into_iter().map(|stored| stored.confirmation).collect();
    money_first(&mut open, |confirmation| &confirmation.operation.what);
    Ok(open)
}

pub(super) fn view(app: &App, confirmation: &Confirmation, now: Timestamp) -> Pending {
    Pending {
        id: confirmation.id.to_string(),
        issuer: app.settings.issuer.clone(),
        operation: statement::shown_value(app, confirmation),
        expires_at: confirmation.expires_at.unix_seconds(),
        expires_in: confirmation.expires_at.seconds_from(now),
        number_required: statement::asked(confirmation) == statement::Crossing::Number,
        qr_required: statement::asked(confirmation) == statement::Crossing::Qr,
    }
}
