//! Debit cards in the phone's API.

use crate::{
    flow::phone::cards,
    http::{
        Shared,
        extract::address::Segment,
        phone::{Jws, PhoneCall},
        problem::{PhoneProblem, Slug},
    },
};
use axum::{Json, extract::State};
use wire::phone::cards::{Block, Card, CardList};

/// `GET /api/phone/v1/cards`.
pub async fn list(State(app): State<Shared>, PhoneCall(call): PhoneCall) -> Result<Json<CardList>, PhoneProblem> {
    Ok(Json(cards::list(&app, call).await?))
}

/// `POST /api/phone/v1/cards/{id}/block`.
pub async fn block(
    State(app): State<Shared>,
    PhoneCall(call): PhoneCall,
    Segment(card): Segment,
    Jws(order): Jws<Block>,
) -> Result<Json<Card>, PhoneProblem> {
    let card = card.ok_or(PhoneProblem::Api(Slug::UnknownCard.into()))?;
    Ok(Json(cards::block(&app, call, &card, &order).await?))
}
