//! What the phone asks for itself: about debit cards.

use super::{Phone, PhoneError};
use reqwest::Method;
use wire::phone::{
    Pending,
    cards::{Block, Card, CardList},
    own::{Finish, Finished, Request, Wanted},
    typ,
};

impl Phone {
    /// The user's debit cards.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn cards(&self) -> Result<Vec<Card>, PhoneError> {
        let list: CardList = self.call(Method::GET, "cards", None).await?;
        Ok(list.cards)
    }

    /// Blocks a card for good.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn block_card(&self, card: &str) -> Result<Card, PhoneError> {
        let device = self.shelf().read()?.device_id;
        let body = |at| Block { device: device.clone(), card: card.to_owned(), at };
        self.signed(&format!("cards/{card}/block"), typ::CARD_BLOCK, body).await
    }

    /// Asks for something itself: it awaits this phone's approval, and is then to be carried out with [`Self::finish`].
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn ask(&self, what: Wanted) -> Result<Pending, PhoneError> {
        let device = self.shelf().read()?.device_id;
        let body = |at| Request { device: device.clone(), what: what.clone(), at };
        self.signed("confirmations", typ::REQUEST, body).await
    }

    /// Has carried out what this phone asked for and approved.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn finish(&self, confirmation: &str) -> Result<Finished, PhoneError> {
        let device = self.shelf().read()?.device_id;
        let body = |at| Finish { device: device.clone(), confirmation: confirmation.to_owned(), at };
        self.signed(&format!("confirmations/{confirmation}/finish"), typ::FINISH, body).await
    }
}
