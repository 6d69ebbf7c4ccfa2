//! What a user sees of the desk's doings: the page of the online code card, and an objection to what is about to be done.

use super::settings::moment;
use crate::{
    flow::{
        Origin,
        desk::{
            case,
            online_card::{self, Made, NotStarted, Stands},
        },
        device::own::NotDone,
    },
    http::{
        Shared,
        answer::Page,
        extract::{
            address::{Query, Segment},
            form::PageForm,
            page::Visit,
            session::{CARD, CardForm, CardVisit, SignedInForm},
        },
    },
    pages::{
        console::{Card, CardTold, Objection, ObjectionPage, OnlineCardPage},
        error::ErrorKind,
        proof::Question,
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{Secret, device};

/// Octets of what is typed at most.
const TYPED: usize = 64;

/// `GET /settings/online-card`.
pub async fn card(State(app): State<Shared>, CardVisit(seen): CardVisit, query: Query) -> Page {
    let (visit, signed_in) = (seen.visit, seen.signed_in);
    let card = match online_card::look(&app, &signed_in).await {
        Ok(Some(Stands::Offered { until, serving })) => {
            Card::Offered { until: moment(until), serving: serving.map(moment) }
        }
        Ok(Some(Stands::Made(made))) => shown(&made),
        Ok(None) => return visit.error(ErrorKind::NotFound),
        Err(refused) => return visit.refused(&refused),
    };
    let page = OnlineCardPage {
        frame: visit.frame_at(CARD),
        card,
        alone: signed_in.session.card_only,
        told: query.member("said", 32).and_then(CardTold::of),
    };
    visit.show(StatusCode::OK, &page)
}

fn shown(made: &Made) -> Card {
    Card::Made {
        values: made.values.iter().map(|value| value.expose().clone()).collect(),
        question: match &made.asked.question {
            device::Question::Challenge(challenge) => Question::Challenge(challenge.as_str().to_owned()),
            device::Question::Passcode => Question::Passcode,
            device::Question::Places(places) => Question::Places(*places),
        },
        round: made.asked.round.clone(),
        until: made.device.life.map(|life| moment(life.until)).unwrap_or_default(),
    }
}

fn answered(visit: &Visit, not: NotStarted) -> Page {
    let told = match not {
        NotStarted::Wrong => CardTold::Wrong,
        NotStarted::Stale => CardTold::Stale,
        NotStarted::Locked => CardTold::Locked,
        NotStarted::Device(NotDone::Refused(refused)) => return visit.refused(&refused),
        NotStarted::Device(_) => return visit.go("/settings"),
    };
    visit.go(&format!("{CARD}?said={}", told.name()))
}

/// `POST /settings/online-card`.
pub async fn make(State(app): State<Shared>, CardForm(sent): CardForm) -> Page {
    let SignedInForm { form, signed_in } = sent;
    match online_card::make(&app, &signed_in, form.origin.clone()).await {
        Ok(()) => form.visit.go(CARD),
        Err(not) => answered(&form.visit, not),
    }
}

/// `POST /settings/online-card/start`.
pub async fn start(State(app): State<Shared>, CardForm(sent): CardForm) -> Result<Page, Page> {
    let SignedInForm { form, signed_in } = sent;
    let round = form.field("round", TYPED)?.to_owned();
    let answer = Secret::new(form.field("answer", TYPED)?.to_owned());
    Ok(match online_card::start(&app, &signed_in, form.origin.clone(), round, answer).await {
        Ok(()) => form.visit.go(&format!("{CARD}?said={}", CardTold::Started.name())),
        Err(not) => answered(&form.visit, not),
    })
}

/// `GET /objection/{link}`: to look changes nothing, since mail programs open links by themselves.
pub async fn objection_page(State(app): State<Shared>, visit: Visit, Segment(link): Segment) -> Page {
    let link = link.unwrap_or_default();
    match case::of_link(&app, &link).await {
        Ok(Some(named)) => {
            let page =
                ObjectionPage { frame: visit.frame(), objection: Objection::Open(link), act: named.case.act.name() };
            visit.show(StatusCode::OK, &page)
        }
        Ok(None) => over(&visit),
        Err(refused) => visit.refused(&refused),
    }
}

/// No link is spelt so: the page says that there is nothing to stop.
const OVER: &str = "/objection/over";

fn over(visit: &Visit) -> Page {
    let page = ObjectionPage { frame: visit.frame_at("/"), objection: Objection::Over, act: "" };
    visit.show(StatusCode::OK, &page)
}

/// `POST /objection`, by the link alone.
pub async fn objection(State(app): State<Shared>, form: PageForm) -> Result<Page, Page> {
    let link = form.field("link", 512)?.to_owned();
    let named = match case::of_link(&app, &link).await {
        Ok(Some(named)) => named,
        Ok(None) => return Ok(form.visit.go(OVER)),
        Err(refused) => return Ok(form.visit.refused(&refused)),
    };
    Ok(match case::object(&app, form.origin.clone(), named.case.user, named.case.id).await {
        Ok(true) => form.visit.go("/objection/made"),
        Ok(false) => form.visit.go(OVER),
        Err(refused) => form.visit.refused(&refused),
    })
}

/// `GET /objection/made`.
pub async fn made(State(_): State<Shared>, visit: Visit) -> Page {
    let page = ObjectionPage { frame: visit.frame(), objection: Objection::Made, act: "" };
    visit.show(StatusCode::OK, &page)
}

/// `POST /settings/objection`, in a session of the user's.
pub async fn own_objection(
    State(app): State<Shared>,
    SignedInForm { form, signed_in }: SignedInForm,
) -> Result<Page, Page> {
    let id = form.field("id", TYPED)?.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))?;
    let origin: Origin = form.origin.clone();
    Ok(match case::object(&app, origin, signed_in.user.id, id).await {
        Ok(_) => form.visit.go("/settings"),
        Err(refused) => form.visit.refused(&refused),
    })
}
