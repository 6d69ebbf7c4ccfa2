//! Devices that are ordered and come by mail.

use super::{
    caller::{OrdersRead, OrdersWrite, Part},
    cursor, id,
    key::IdempotencyKey,
    page, rows, shown, unfit,
};
use crate::{
    flow::{
        device::issue::EnrolError,
        institution::{
            NotDone,
            order::{self as flow, Asked, Caller, NotThat},
            withdrawal::keyed,
        },
    },
    http::{
        Shared,
        answer::{Data, Made},
        extract::{
            address::{Params, Segment},
            body::ApiBody,
        },
        problem::{ApiProblem, Extra, Slug},
    },
};
use axum::extract::State;
use domain::{
    Timestamp,
    device::order::{NotOrdered, OrderEvent, OrderState},
};
use wire::api::{
    List,
    order::{Filter, NewOrder, Order, Ship},
};

/// `POST /device-orders`.
pub async fn make(
    State(app): State<Shared>,
    caller: OrdersWrite,
    IdempotencyKey(key): IdempotencyKey,
    ApiBody(body): ApiBody<NewOrder>,
) -> Result<Made<Order>, ApiProblem> {
    let octets = serde_json::to_vec(&body).map_err(|_| Slug::Internal)?;
    let replaces = body.replaces.as_deref().map(str::parse).transpose();
    let asked = Asked {
        key: keyed(&caller.client.id, &key, &octets),
        user: body.user,
        class: body.class,
        address: body.address,
        replaces: replaces.map_err(|_| unfit("replaces", "is no id of a device"))?,
    };
    let made = flow::make(&app, by(caller), asked).await.map_err(refused)?;
    Ok(Made(shown::order(&app, &made)))
}

/// `GET /device-orders`.
pub async fn list(
    State(app): State<Shared>,
    _: OrdersRead,
    Params(filter): Params<Filter>,
) -> Result<Data<List<Order>>, ApiProblem> {
    let (limit, after) = (rows(filter.limit)?, cursor(filter.cursor.as_deref())?);
    let is_state = |state: &str| OrderState::parse(state, Some(Timestamp::from_unix_seconds(0)));
    if filter.state.as_deref().is_some_and(|state| is_state(state).is_none_or(|state| state == OrderState::Proposed)) {
        return Err(unfit("state", "is asked, shipped, active, lost_in_post, cancelled or returned"));
    }
    let found = flow::page(&app, filter.state, after, limit.saturating_add(1)).await.map_err(refused)?;
    let found: Vec<_> = found.iter().map(|order| shown::order(&app, order)).collect();
    Ok(Data(page(found, limit, |one| one.id.clone())))
}

/// `GET /device-orders/{id}`.
pub async fn one(
    State(app): State<Shared>,
    _: OrdersRead,
    Segment(segment): Segment,
) -> Result<Data<Order>, ApiProblem> {
    let found = flow::one(&app, id(segment)?).await.map_err(refused)?;
    Ok(Data(shown::order(&app, &found)))
}

/// `POST /device-orders/{id}/ship`.
pub async fn ship(
    State(app): State<Shared>,
    caller: OrdersWrite,
    Segment(segment): Segment,
    ApiBody(body): ApiBody<Ship>,
) -> Result<Data<Order>, ApiProblem> {
    let shipped = flow::ship(&app, by(caller), id(segment)?, body.serial).await.map_err(refused)?;
    Ok(Data(shown::order(&app, &shipped)))
}

/// `POST /device-orders/{id}/lost`.
pub async fn lost(state: State<Shared>, caller: OrdersWrite, segment: Segment) -> Result<Data<Order>, ApiProblem> {
    end(state, caller, segment, OrderEvent::LostInPost).await
}

/// `POST /device-orders/{id}/cancel`.
pub async fn cancel(state: State<Shared>, caller: OrdersWrite, segment: Segment) -> Result<Data<Order>, ApiProblem> {
    end(state, caller, segment, OrderEvent::Cancelled).await
}

/// `POST /device-orders/{id}/return`.
pub async fn give_back(state: State<Shared>, caller: OrdersWrite, segment: Segment) -> Result<Data<Order>, ApiProblem> {
    end(state, caller, segment, OrderEvent::Returned).await
}

async fn end(
    State(app): State<Shared>,
    caller: OrdersWrite,
    Segment(segment): Segment,
    event: OrderEvent,
) -> Result<Data<Order>, ApiProblem> {
    let ended = flow::end(&app, by(caller), id(segment)?, event).await.map_err(refused)?;
    Ok(Data(shown::order(&app, &ended)))
}

fn by<P: Part>(caller: super::caller::Api<P>) -> Caller {
    Caller { client: caller.client.id.clone(), origin: caller.origin }
}

fn refused(not: NotThat) -> ApiProblem {
    let words = Some(not.to_string());
    let with = |slug: Slug, reason| ApiProblem { reason: Some(reason), detail: words.clone(), ..slug.into() };
    match not {
        NotThat::Call(not) => not.into(),
        NotThat::Rule(NotOrdered::Equity { required, .. }) => {
            ApiProblem { extra: Some(Extra::Required(required)), ..with(Slug::NotEligible, "equity") }
        }
        NotThat::Rule(NotOrdered::Phone) => with(Slug::NotEligible, "phone"),
        NotThat::Rule(NotOrdered::Class) => with(Slug::BadRequest, "class"),
        NotThat::Rule(NotOrdered::Old) => with(Slug::BadRequest, "replaces"),
        NotThat::Rule(NotOrdered::AwaitsOne) => with(Slug::WrongState, "on_its_way"),
        NotThat::Order(error) => not_mailed(error, with),
    }
}

/// Why an order stays where it is.
fn not_mailed(error: EnrolError, with: impl Fn(Slug, &'static str) -> ApiProblem) -> ApiProblem {
    match error {
        EnrolError::NoOrder => Slug::NotFound.into(),
        EnrolError::NotInDepot | EnrolError::OtherClass(_) => with(Slug::BadRequest, "serial"),
        EnrolError::OrderState(state) => with(Slug::WrongState, state),
        EnrolError::PinWanted(_) => ApiProblem {
            detail: Some("its user has still to choose the PIN, on the settings page".to_owned()),
            ..with(Slug::WrongState, "pin")
        },
        EnrolError::Store(error) => NotDone::from(error).into(),
        _ => with(Slug::WrongState, "serial"),
    }
}
