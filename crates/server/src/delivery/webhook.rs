//! Messages to webhooks, signed as Standard Webhooks say: HMAC-SHA256 over id, time and payload.

use super::{
    client::{Answer, settle},
    run,
};
use crate::{app::App, flow::Refused};
use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::id::{MessageId, WebhookId};
use reqwest::{StatusCode, header};
use std::sync::Arc;
use store::{
    Error,
    delivery::Delivery,
    webhook::{Message, MessageState, Webhook},
};

/// Makes a delivery and settles what came of it, in the message too.
pub async fn deliver(app: &Arc<App>, http: &reqwest::Client, delivery: Delivery) -> Result<(), Refused> {
    let Some((webhook, message)) = found(app, &delivery).await? else {
        return settle(app, delivery, Answer::Refused("the webhook was ended".to_owned())).await;
    };
    let (answer, result) = send(app, http, &webhook, &message).await;
    let (now, attempts) = (app.now(), delivery.attempts);
    let (state, next_at) = match &answer {
        Answer::Taken => (MessageState::Delivered, None),
        Answer::Trouble(_) => match run::wait(delivery.kind, attempts) {
            Some(wait) => (MessageState::Pending, Some(now.plus(wait))),
            None => (MessageState::Failed, None),
        },
        Answer::Refused(_) => (MessageState::Failed, None),
    };
    let came = Message { state, attempts, last_result: Some(result), next_at, ..message };
    app.store.write(move |sql| store::webhook::came(sql, &came)).await?;
    settle(app, delivery, answer).await
}

/// The webhook and the message of a delivery, where both are there still.
async fn found(app: &Arc<App>, delivery: &Delivery) -> Result<Option<(Webhook, Message)>, Refused> {
    let Some((webhook, message)) = delivery.body.expose().split_once(' ') else { return Ok(None) };
    let (Ok(webhook), Ok(message)) = (webhook.parse::<WebhookId>(), message.parse::<MessageId>()) else {
        return Ok(None);
    };
    let reader = Arc::clone(app);
    let found = app.store.read(move |sql| {
        let webhook_found = store::webhook::one(sql, &reader.sealer, webhook)?;
        let message = store::webhook::message(sql, webhook, message)?;
        Ok::<_, Error>(webhook_found.zip(message))
    });
    Ok(found.await?)
}

async fn send(app: &App, http: &reqwest::Client, webhook: &Webhook, message: &Message) -> (Answer, String) {
    let (id, at) = (format!("msg_{}", message.id), app.now().unix_seconds().to_string());
    let request = http
        .post(&webhook.url)
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", &id)
        .header("webhook-timestamp", &at)
        .header("webhook-signature", signature(webhook.secret.expose(), &id, &at, &message.payload))
        .body(message.payload.clone());
    match request.send().await.map(|answer| answer.status()) {
        Ok(status) if status.is_success() => (Answer::Taken, status.as_u16().to_string()),
        // "Gone" is how a receiver says that it wants no more of it.
        Ok(status @ StatusCode::GONE) => (Answer::Refused(status.as_u16().to_string()), status.as_u16().to_string()),
        Ok(status) => (Answer::Trouble(status.as_u16().to_string()), status.as_u16().to_string()),
        Err(error) => {
            let why = error.without_url().to_string();
            (Answer::Trouble(why.clone()), why)
        }
    }
}

/// The value of `webhook-signature`.
fn signature(secret: &[u8], id: &str, at: &str, payload: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, format!("{id}.{at}.{payload}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification (standard-webhooks 1.0.0, "Signature scheme").
    #[test]
    fn a_signature_is_as_standard_webhooks_say() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let payload = r#"{"test": 2432232314}"#;
        let signed = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", payload);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
