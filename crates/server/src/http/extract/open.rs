//! Answers that are held open: server-sent events (the HTML standard, 9.2), each with a place of its own.

use crate::{
    app::App,
    flow::{Origin, throttle},
    http::{answer::Events, problem::ApiProblem},
    streams::{Holder, Place, TooMany},
};
use axum::response::{
    IntoResponse as _,
    sse::{Event, KeepAlive, Sse},
};
use domain::id::UserId;
use futures_util::Stream;
use std::{convert::Infallible, time::Duration};

/// How often a silent stream says that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A place for an answer that is held open.
pub fn place(app: &App, handle: &[u8], user: UserId, origin: &Origin) -> Result<Place, ApiProblem> {
    let address = (!throttle::exempt(app, origin)).then_some(origin.address);
    app.streams.enter(Holder::new(handle, user, address)).map_err(|TooMany| ApiProblem::too_many_open())
}

/// The events, for as long as the place is there.
pub fn events(place: Place, events: impl Stream<Item = Event> + Send + 'static) -> Events {
    let events = futures_util::StreamExt::map(place.hold(events), Ok::<_, Infallible>);
    Events(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}
