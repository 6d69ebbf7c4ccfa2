//! Webhooks.

use super::{
    caller::{WebhooksRead, WebhooksWrite},
    cursor, id, page, rows, shown,
};
use crate::{
    flow::institution::webhook,
    http::{
        Shared,
        answer::{Data, Made},
        extract::{
            address::{Params, Segment},
            body::ApiBody,
        },
        problem::ApiProblem,
    },
};
use axum::{
    extract::{Path, State},
    response::NoContent,
};
use wire::api::{
    List, Page,
    webhook::{Delivery, NewWebhook, Webhook},
};

/// `POST /webhooks`.
pub async fn make(
    State(app): State<Shared>,
    caller: WebhooksWrite,
    ApiBody(body): ApiBody<NewWebhook>,
) -> Result<Made<Webhook>, ApiProblem> {
    let made = webhook::make(&app, &caller.client.id, body.url, body.events).await?;
    Ok(Made(Webhook { secret: Some(shown::secret(&made)), ..shown::webhook(made) }))
}

/// `GET /webhooks`.
pub async fn list(State(app): State<Shared>, caller: WebhooksRead) -> Result<Data<List<Webhook>>, ApiProblem> {
    let all = webhook::list(&app, &caller.client.id).await?;
    Ok(Data(List { data: all.into_iter().map(shown::webhook).collect(), next_cursor: None }))
}

/// `DELETE /webhooks/{id}`.
pub async fn end(
    State(app): State<Shared>,
    caller: WebhooksWrite,
    Segment(segment): Segment,
) -> Result<NoContent, ApiProblem> {
    webhook::end(&app, &caller.client.id, id(segment)?).await?;
    Ok(NoContent)
}

/// `POST /webhooks/{id}/test`.
pub async fn test(
    State(app): State<Shared>,
    caller: WebhooksWrite,
    Segment(segment): Segment,
) -> Result<Data<Delivery>, ApiProblem> {
    Ok(Data(shown::delivery(webhook::test(&app, &caller.client.id, id(segment)?).await?)))
}

/// `GET /webhooks/{id}/deliveries`.
pub async fn deliveries(
    State(app): State<Shared>,
    caller: WebhooksRead,
    Segment(segment): Segment,
    Params(asked): Params<Page>,
) -> Result<Data<List<Delivery>>, ApiProblem> {
    let (limit, before) = (rows(asked.limit)?, cursor(asked.cursor.as_deref().map(shown::message_id))?);
    let sent = webhook::messages(&app, &caller.client.id, id(segment)?, before, limit.saturating_add(1)).await?;
    let sent: Vec<_> = sent.into_iter().map(shown::delivery).collect();
    Ok(Data(page(sent, limit, |delivery| delivery.id.clone())))
}

/// `POST /webhooks/{id}/deliveries/{delivery}/replay`.
pub async fn replay(
    State(app): State<Shared>,
    caller: WebhooksWrite,
    Path((webhook, delivery)): Path<(String, String)>,
) -> Result<Data<Delivery>, ApiProblem> {
    let delivery = id(Some(shown::message_id(&delivery).to_owned()))?;
    Ok(Data(shown::delivery(webhook::replay(&app, &caller.client.id, id(Some(webhook))?, delivery).await?)))
}
