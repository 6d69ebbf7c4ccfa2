//! The demo's own pages: where to start, the outbox, the card reader, the test clock.

use crate::{
    demo::{
        Demo,
        card::{self, CardError},
    },
    flow::messages::outbox,
    http::{
        Shared,
        extract::body,
        extract::page::{PageForm, Visit, header_token_fits},
        problem::{ApiProblem, Slug},
        routes::{Route, Who, table},
    },
    pages::{
        assets,
        demo::{CardLine, CardProblem, CardReader, Outbox, OutboxLine, Start},
    },
};
use axum::{
    Extension, Json,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use oidc::{
    Form,
    authorization::{Scheme, credentials},
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use subtle::ConstantTimeEq as _;
use wire::demo::{AdvanceClock, CardPress, CardShows, ClockNow};

use axum::{
    Router,
    routing::{get, post},
};

table! { ROUTES, mount_routes:
    get  "/demo/"                  Anyone    start         => "what to try";
    get  "/demo/outbox"            Anyone    outbox        => "the mail and SMS that would be sent";
    get  "/demo/card-reader"       Anyone    card_reader   => "the virtual cards";
    post "/demo/card-reader"       PageForm  generate      => "what a virtual card shows, without a script";
    post "/demo/card-reader/press" PageForm  press         => "what a virtual card shows";
    post "/demo/clock"             DemoToken advance_clock => "moves the test clock";
}

/// Adds the demo's routes.
pub(super) fn mount(router: Router<Shared>) -> Router<Shared> {
    mount_routes(router)
}

/// The class of the sample users' phones, which are no cards.
pub(crate) const PHONE: &str = "phone";

/// Octets of a short field of the card reader.
const FIELD: usize = 64;

/// Furthest the test clock moves at once: a year.
const FURTHEST: u64 = 366 * 86_400;

async fn start(visit: Visit, Extension(demo): Extension<Arc<Demo>>) -> Response {
    let ready = &demo.ready;
    visit.show(
        StatusCode::OK,
        &Start {
            frame: visit.frame(),
            users: ready.users.clone(),
            outbox_url: "/demo/outbox".to_owned(),
            server_url: ready.url.clone(),
            brokerage_url: ready.brokerage_url.clone(),
            client: crate::demo::client_program(),
            app: assets::phone_app_built(),
        },
    )
}

async fn outbox(State(app): State<Shared>, visit: Visit) -> Response {
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

async fn card_reader(visit: Visit, Extension(demo): Extension<Arc<Demo>>, uri: Uri) -> Response {
    let query = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let device = query.optional("device", FIELD).ok().flatten().unwrap_or_default();
    reader_page(&visit, &demo, device, (None, String::new()))
}

async fn generate(
    State(app): State<Shared>,
    Extension(demo): Extension<Arc<Demo>>,
    form: PageForm,
) -> Result<Response, Response> {
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
    Ok(reader_page(&form.visit, &demo, device, (Some(shown), challenge.to_owned())))
}

fn reader_page(
    visit: &Visit,
    demo: &Demo,
    device: &str,
    (shown, challenge): (Option<Result<String, CardProblem>>, String),
) -> Response {
    let cards: Vec<CardLine> = demo
        .ready
        .users
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
    Extension(demo): Extension<Arc<Demo>>,
    visit: Visit,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<CardShows>, ApiProblem> {
    if !header_token_fits(&visit, &headers) {
        return Err(Slug::FormExpired.into());
    }
    let pressed: CardPress = body::json(request).await.map_err(Slug::from)?;
    match shows(&app, &demo, pressed).await {
        Ok(value) => Ok(Json(CardShows { value })),
        Err(error @ CardError::Challenge) => {
            Err(ApiProblem { detail: Some(error.to_string()), ..ApiProblem::from(Slug::BadRequest) })
        }
        Err(CardError::File(_)) => Err(Slug::NotFound.into()),
    }
}

async fn shows(app: &Shared, demo: &Demo, pressed: CardPress) -> Result<String, CardError> {
    let devices = demo.ready.users.iter().flat_map(|user| &user.devices);
    let file = devices
        .into_iter()
        .find(|device| device.id == pressed.device && device.class != PHONE)
        .and_then(|d| d.state_file.as_deref());
    let path = PathBuf::from(file.ok_or_else(|| CardError::File("there is no such card".to_owned()))?);
    let now = app.now();
    let work = move || card::press(&path, &pressed.pin, pressed.challenge.as_deref(), now);
    tokio::task::spawn_blocking(work).await.map_err(|error| CardError::File(error.to_string()))?
}

async fn advance_clock(
    State(app): State<Shared>,
    Extension(demo): Extension<Arc<Demo>>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Response> {
    if !demo.test_clock {
        return Err(ApiProblem {
            detail: Some("start the demo with --test-clock to move its clock".to_owned()),
            ..ApiProblem::from(Slug::NotFound)
        }
        .into_response());
    }
    if !bearer_fits(&headers, &demo.ready.api_token) {
        return Err(ApiProblem::from(Slug::Unauthorized).into_response());
    }
    let advance: AdvanceClock =
        body::json(request).await.map_err(|error| ApiProblem::from(Slug::from(error)).into_response())?;
    if advance.advance_seconds > FURTHEST {
        let detail = Some(format!("advance_seconds is at most {FURTHEST}"));
        return Err(ApiProblem { detail, ..ApiProblem::from(Slug::BadRequest) }.into_response());
    }
    app.clock.advance(Duration::from_secs(advance.advance_seconds));
    if let Err(error) = demo.place.keep_clock(app.clock.ahead_by()) {
        tracing::warn!(%error, "the clock's place could not be kept for a restart");
    }
    Ok(Json(ClockNow { now: app.now().unix_seconds() }).into_response())
}

fn bearer_fits(headers: &HeaderMap, token: &str) -> bool {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given = credentials(value).filter(|(scheme, _)| *scheme == Scheme::Bearer).map(|(_, token)| token);
    bool::from(given.unwrap_or_default().as_bytes().ct_eq(token.as_bytes()))
}
