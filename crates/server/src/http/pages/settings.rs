//! The signed-in page: devices, known programs, sessions, activity.

use super::{
    access, activity,
    activity::{at, day_of},
    limits::lock_line,
    order,
};
use crate::{
    activity::Line,
    activity::Reader,
    flow::{
        Refused,
        confirm::offer,
        device::own_start,
        login::{
            news as seen, overview,
            session::{self, SignedIn},
        },
        money::{Asking, NotChanged},
        oidc::ciba,
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            attempt,
            form::PageForm,
            session::{SignedInForm, SignedInVisit, ended},
        },
    },
    pages::{
        about::About,
        activity::StoryLine,
        device::Told,
        error::ErrorKind,
        login::{EndReason, Ended},
        settings::{DeviceLine, News, NewsLine, ObjectionLine, Overview, WaitingLine},
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{Timestamp, confirmation::Operation, device::DeviceState, id::DeviceId};

/// `GET /settings`.
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit, query: Query) -> Page {
    let loaded = match overview::load(&app, &signed_in).await {
        Ok(loaded) => loaded,
        Err(refused) => return visit.refused(&refused),
    };
    let held: Vec<_> =
        visit.marks().iter().filter_map(|mark| app.handles.read(crate::handle::Kind::Mark, mark)).collect();
    let mine = loaded.own_marks(&held);
    let reader = activity::reader(&app, &visit);
    let page = Overview {
        frame: visit.frame(),
        others_ended: query.member("said", 32) == Some("others-ended"),
        told: query.member("said", 32).and_then(Told::of),
        console: loaded.console,
        lent_card: loaded.lent_card,
        objections: loaded.objectionable.iter().map(objection_line).collect(),
        news: news_of(&loaded.news, &reader, &signed_in),
        waiting: loaded.waiting.iter().map(waiting_line).collect(),
        devices: loaded.devices.iter().map(|device| device_line(&app, &reader, device, loaded.default)).collect(),
        orders: order::lines(&app, &loaded.orders, &loaded.devices),
        lock: lock_line(loaded.lock),
        unhurried: signed_in.user.unhurried_at.is_some(),
        access: access::section(
            &app,
            &loaded.access,
            &access::Own { session: signed_in.session.id, marks: &mine },
            &reader,
        ),
        activity: loaded.activity.lines.iter().map(|line| activity::story_line(line, &reader)).collect(),
    };
    visit.show(StatusCode::OK, &page)
}

pub(super) fn device_line(
    app: &Shared,
    reader: &Reader,
    device: &overview::Device,
    default: Option<DeviceId>,
) -> DeviceLine {
    DeviceLine {
        id: device.id.to_string(),
        label: device.label.clone(),
        class: device.class.clone(),
        state: device.state.name().to_owned(),
        since: day_of(reader, device.activated_at.unwrap_or(device.created_at)),
        last_used: device.last_used_at.map(|last| at(reader, last)),
        default: Some(device.id) == default,
        starts: device.state == DeviceState::Suspended
            && own_start::can_start(device, app.settings.catalogue.class(&device.class)),
    }
}

fn objection_line(named: &overview::Named) -> ObjectionLine {
    ObjectionLine { id: named.case.id.to_string(), act: named.case.act.name() }
}

fn news_of(lines: &[Line], reader: &Reader, signed_in: &SignedIn) -> Option<News> {
    let newest = lines.iter().flat_map(|line| line.story.rows.iter()).max()?;
    let line = |line: &Line| {
        let told = activity::story_line(line, reader);
        // Whatever was behind the password can be reported by its attempt.
        let behind = line.operation.as_ref().is_some_and(Operation::behind_password);
        let report = line.story.attempt.filter(|_| behind).map(|attempt| attempt.to_string());
        let story = StoryLine { text: line.news(reader), report, ..told };
        NewsLine { story, here: line.done_in(signed_in.session.id, signed_in.session.confirmation) }
    };
    Some(News { shown: newest.to_string(), lines: lines.iter().map(line).collect() })
}

/// `POST /settings/news`: has a device confirm that it was seen. Where there is newer news, the page shows that first.
pub async fn news(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let Ok(shown) = form.field("shown", 64)?.parse() else { return Ok(form.visit.go("/settings")) };
    let asking = Asking { signed_in, origin: form.origin.clone() };
    match seen::ask(&app, &asking, shown).await {
        Ok(Some(handle)) => Ok(attempt::on_to(&app, &form.visit, &handle, offer::LIFE)),
        Ok(None) => Ok(form.visit.go("/settings")),
        Err(NotChanged::Refused(Refused::NoUsableDevice { .. })) => {
            let reason = EndReason::NoUsableDevice { recover: false };
            Ok(form.visit.show(StatusCode::OK, &Ended { frame: form.visit.frame(), reason, back: None }))
        }
        Err(NotChanged::Refused(refused)) => Err(form.visit.refused(&refused)),
        Err(_) => Ok(form.visit.go("/settings")),
    }
}

fn waiting_line(waiting: &overview::Waiting) -> WaitingLine {
    WaitingLine {
        id: waiting.here.then(|| waiting.id.clone()),
        about: About::listed(waiting.operation.clone()),
        minutes: waiting.seconds.div_ceil(60).max(1),
    }
}

/// `POST /logout`.
pub async fn logout(State(app): State<Shared>, form: PageForm) -> Page {
    let visit = form.visit;
    if let Some(handle) = visit.session().map(str::to_owned) {
        match session::signed_in(&app, &handle).await {
            Ok(Some(found)) => {
                if let Err(refused) = session::log_out(&app, found.user.id, found.session.id).await {
                    return visit.refused(&refused);
                }
            }
            Ok(None) => {}
            Err(refused) => return visit.refused(&refused),
        }
    }
    visit.go("/login?notice=signed-out").with_cookie(ended(&app))
}

/// `POST /settings/confirm`: on to the pages of a request that waits. One that has ended meanwhile is gone from the list.
pub async fn confirm(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id = form.field("id", 64)?.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))?;
    match ciba::take_up(&app, &signed_in.session, id).await {
        Ok(Some(handle)) => Ok(attempt::on_to(&app, &form.visit, &handle, offer::LIFE)),
        Ok(None) => Ok(form.visit.go("/settings")),
        Err(refused) => Err(form.visit.refused(&refused)),
    }
}

/// `POST /settings/time`: more time for everything, or the usual.
pub async fn time(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let more = form.field("more", 8)? == "yes";
    let done = overview::give_time(&app, signed_in.user.id, more).await;
    Ok(done.map_or_else(|refused| form.visit.refused(&refused), |()| form.visit.go("/settings")))
}

fn stamp(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default()
}

/// `2026-11-24 09:30 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    stamp(at).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

pub(super) fn day(at: Timestamp) -> String {
    stamp(at).strftime("%Y-%m-%d").to_string()
}
