//! Being woken: the phone's subscription with a push service.

use super::{Phone, PhoneError};
use reqwest::Method;
use wire::phone::{
    push::{PushCall, PushState, Subscribe, SubscriptionKeys},
    typ,
};

const PATH: &str = "push-subscription";

impl Phone {
    /// Whether and where this phone is woken, and the key to subscribe for.
    ///
    /// # Errors
    /// As the server refuses: it may wake nobody.
    pub async fn push_state(&self) -> Result<PushState, PhoneError> {
        self.call(Method::GET, PATH, None).await
    }

    /// Has this phone woken at an endpoint that a browser was given.
    ///
    /// # Errors
    /// As the server refuses: it takes known push services only.
    pub async fn subscribe(&self, endpoint: &str, keys: SubscriptionKeys) -> Result<PushState, PhoneError> {
        let (device, at) = self.named_now()?;
        let body = Subscribe { device, endpoint: endpoint.to_owned(), keys, at };
        self.post(PATH, typ::PUSH_SUBSCRIPTION, &body).await
    }

    /// Ends the subscription.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn unsubscribe(&self) -> Result<(), PhoneError> {
        let (device, at) = self.named_now()?;
        let _: Option<()> = self.post(&format!("{PATH}/end"), typ::PUSH_END, &PushCall { device, at }).await?;
        Ok(())
    }

    /// Asks to be woken once, to see whether it works.
    ///
    /// # Errors
    /// As the server refuses: a few times a minute are enough.
    pub async fn test_push(&self) -> Result<(), PhoneError> {
        let (device, at) = self.named_now()?;
        let _: Option<()> = self.post(&format!("{PATH}/test"), typ::PUSH_TEST, &PushCall { device, at }).await?;
        Ok(())
    }
}
