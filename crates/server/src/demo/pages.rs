//! The demo's own pages: where to start, the outbox, the card reader, the test clock.

use crate::{
    demo::{
        Demo,
        card::{self, CardError},
    },
    flow::messages::outbox,
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            body::JsonBody,
            caller::{Body, Caller, FORM, Who},
            form::{PageForm, ScriptCall},
            page::Visit,
        },
        problem::{ApiProblem, Slug},
        routes::table,
    },
    pages::{
        assets,
        beside::Beside,
        demo::{CardLine, CardProblem, CardReader, Outbox, OutboxLine, PHONE, Start},
        error::ErrorKind,
    },
};
use axum::{
    Extension, Json, Router,
    extract::{FromRequest, FromRequestParts, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use oidc::authorization::{Scheme, credentials};
use std::{path::PathBuf, sync::Arc, time::Duration};
use subtle::ConstantTimeEq as _;
use wire::demo::{AdvanceClock, CardPress, CardShows, ClockNow, Ready, User};

table! { ROUTES, mount_routes:
    get  "/demo/"                  Visit      start         (Extension<Arc<Demo>>) -> Page => "what to try";
    get  "/demo/beside"            Visit      beside        (Extension<Arc<Demo>>, Query) -> Page => "a story, and what it is played with";
    get  "/demo/outbox"            Visit      outbox        () -> Page => "the mail and SMS that would be sent";
    get  "/demo/card-reader"       Visit      card_reader   (Extension<Arc<Demo>>, Query) -> Page => "the virtual cards";
    post "/demo/card-reader"       DemoForm   generate      () -> Page => "what a virtual card shows, without a script";
    post "/demo/card-reader/press" ScriptCall press         (Extension<Arc<Demo>>, JsonBody<CardPress>) -> Json<CardShows>
        => "what a virtual card shows";
    post "/demo/clock"             DemoToken  advance_clock (Extension<Arc<Demo>>, JsonBody<AdvanceClock>) -> Json<ClockNow>
        => "moves the test clock";
}

/// Adds the demo's routes.
pub(super) fn mount(router: Router<Shared>) -> Router<Shared> {
    mount_routes(router)
}

/// The sample users, and the agents of the desk, who are users too.
fn everybody(ready: &Ready) -> Vec<User> {
    let of_desk = ready.agents.iter().cloned().map(|agent| User {
        username: agent.username,
        password: agent.password,
        devices: agent.devices,
    });
    ready.users.iter().cloned().chain(of_desk).collect()
}

/// Octets of a short field of the card reader.
const FIELD: usize = 64;

/// Furthest the test clock moves at once: a year.
const FURTHEST: u64 = 366 * 86_400;

async fn start(_: State<Shared>, visit: Visit, Extension(demo): Extension<Arc<Demo>>) -> Page {
    let ready = &demo.ready;
    visit.show(
        StatusCode::OK,
        &Start {
            frame: visit.frame(),
            users: everybody(ready),
            outbox_url: "/demo/outbox".to_owned(),
            server_url: ready.url.clone(),
            brokerage_url: ready.brokerage_url.clone(),
            client: crate::demo::client_program(),
            app: assets::phone_app_built(),
        },
    )
}

async fn beside(_: State<Shared>, visit: Visit, Extension(demo): Extension<Arc<Demo>>, query: Query) -> Page {
    let name = query.member("story", FIELD).unwrap_or_default();
    let frame = visit.frame_at(&format!("/demo/beside?story={name}"));
    let (ready, app) = (&demo.ready, assets::phone_app_built());
    match Beside::of(frame, name, &ready.users, ready.brokerage_url.as_deref(), app) {
        Some(page) => visit.show(StatusCode::OK, &page),
        None => visit.error(ErrorKind::NotFound),
    }
}

async fn outbox(State(app): State<Shared>, visit: Visit) -> Page {
    match outbox::latest(&app).await {
        Ok(messages) => {
            let line = |message: crate::flow::messages::words::Rendered| OutboxLine {
                at: crate::http::moment(message.at),
                channel: message.channel.name().to_owned(),
                to: message.to,
                text: message.text,
            };
            let messages = messages.into_iter().map(line).collect();
            visit.show(StatusCode::OK, &Outbox { frame: visit.frame(), messages })
        }
        Err(refused) => visit.refused(&refused),
    }
}

async fn card_reader(_: State<Shared>, visit: Visit, Extension(demo): Extension<Arc<Demo>>, query: Query) -> Page {
    reader_page(&visit, &demo, query.member("device", FIELD).unwrap_or_default(), Reading::default())
}

/// A form of the card reader, with the cards there are.
struct DemoForm {
    form: PageForm,
    demo: Arc<Demo>,
}

impl Caller for DemoForm {
    const WHO: Who = PageForm::WHO;
    const BODY: Option<Body> = Some(FORM);
}

impl FromRequest<Shared> for DemoForm {
    type Rejection = Page;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, Page> {
        let demo = request.extensions().get::<Arc<Demo>>().cloned();
        let form = PageForm::from_request(request, app).await?;
        match demo {
            Some(demo) => Ok(Self { form, demo }),
            None => Err(form.visit.error(ErrorKind::NotFound)),
        }
    }
}

/// What is on the card reader: the challenge that was typed, and what the card showed or why it did not.
#[derive(Default)]
struct Reading {
    challenge: String,
    shown: Option<Result<String, CardProblem>>,
}

async fn generate(State(app): State<Shared>, DemoForm { form, demo }: DemoForm) -> Result<Page, Page> {
    let device = form.field("device", FIELD)?;
    let challenge = form.field("challenge", FIELD)?.trim();
    let pressed = CardPress {
        device: device.to_owned(),
        pin: form.field("pin", FIELD)?.to_owned(),
        challenge: (!challenge.is_empty()).then(|| challenge.to_owned()),
    };
    let shown = match shows(&app, &demo, pressed).await {
        Ok(value) => Ok(value),
        Err(CardError::Challenge) => Err(CardProblem::Challenge),
        Err(CardError::File(_)) => Err(CardProblem::Unavailable),
    };
    let reading = Reading { challenge: challenge.to_owned(), shown: Some(shown) };
    Ok(reader_page(&form.visit, &demo, device, reading))
}

fn reader_page(visit: &Visit, demo: &Demo, device: &str, Reading { challenge, shown }: Reading) -> Page {
    let people = everybody(&demo.ready);
    let cards: Vec<CardLine> = people
        .iter()
        .flat_map(|user| user.devices.iter().map(move |device| (user, device)))
        .filter(|(_, device)| device.class != PHONE)
        .map(|(user, device)| CardLine {
            device: device.id.clone(),
            label: device.label.clone(),
            username: user.username.clone(),
            class: device.class.clone(),
            pin: device.pin.clone(),
        })
        .collect();
    let selected = cards.iter().position(|card| card.device == device).unwrap_or(0);
    let frame = visit.frame_at(&format!("/demo/card-reader?device={}", cards.get(selected).map_or("", |c| &c.device)));
    visit.show(StatusCode::OK, &CardReader { frame, cards, selected, shown, challenge })
}

async fn press(
    State(app): State<Shared>,
    _: ScriptCall,
    Extension(demo): Extension<Arc<Demo>>,
    JsonBody(pressed): JsonBody<CardPress>,
) -> Result<Json<CardShows>, ApiProblem> {
    match shows(&app, &demo, pressed).await {
        Ok(value) => Ok(Json(CardShows { value })),
        Err(error @ CardError::Challenge) => {
            Err(ApiProblem { detail: Some(error.to_string()), ..ApiProblem::from(Slug::BadRequest) })
        }
        Err(CardError::File(_)) => Err(Slug::NotFound.into()),
    }
}

async fn shows(app: &Shared, demo: &Demo, pressed: CardPress) -> Result<String, CardError> {
    let devices = everybody(&demo.ready).into_iter().flat_map(|user| user.devices);
    let mut devices = devices.into_iter();
    let file = devices.find(|device| device.id == pressed.device && device.class != PHONE);
    let file = file.and_then(|device| device.state_file);
    let path = PathBuf::from(file.ok_or_else(|| CardError::File("there is no such card".to_owned()))?);
    let now = app.now();
    let work = move || card::press(&path, &pressed.pin, pressed.challenge.as_deref(), now);
    tokio::task::spawn_blocking(work).await.map_err(|error| CardError::File(error.to_string()))?
}

/// Whoever holds the demo's token, of a demo whose clock can be moved.
struct DemoToken;

impl Caller for DemoToken {
    const WHO: Who = Who::DemoToken;
}

impl FromRequestParts<Shared> for DemoToken {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, ApiProblem> {
        let demo = parts.extensions.get::<Arc<Demo>>().filter(|demo| demo.test_clock).ok_or_else(|| ApiProblem {
            detail: Some("start the demo with --test-clock to move its clock".to_owned()),
            ..ApiProblem::from(Slug::NotFound)
        })?;
        if bearer_fits(&parts.headers, &demo.ready.api_token) { Ok(Self) } else { Err(Slug::Unauthorized.into()) }
    }
}

async fn advance_clock(
    State(app): State<Shared>,
    _: DemoToken,
    Extension(demo): Extension<Arc<Demo>>,
    JsonBody(advance): JsonBody<AdvanceClock>,
) -> Result<Json<ClockNow>, ApiProblem> {
    if advance.advance_seconds > FURTHEST {
        let detail = Some(format!("advance_seconds is at most {FURTHEST}"));
        return Err(ApiProblem { detail, ..ApiProblem::from(Slug::BadRequest) });
    }
    app.clock.advance(Duration::from_secs(advance.advance_seconds));
    if let Err(error) = demo.place.keep_clock(app.clock.ahead_by()) {
        tracing::warn!(%error, "the clock's place could not be kept for a restart");
    }
    Ok(Json(ClockNow { now: app.now().unix_seconds() }))
}

fn bearer_fits(headers: &HeaderMap, token: &str) -> bool {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given = credentials(value).filter(|(scheme, _)| *scheme == Scheme::Bearer).map(|(_, token)| token);
    bool::from(given.unwrap_or_default().as_bytes().ct_eq(token.as_bytes()))
}
