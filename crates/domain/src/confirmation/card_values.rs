//! Awaiting two values of a code card.

use super::{Candidate, Moment, Step};
use crate::{
    Nonce, Refusal,
    card::RunningOut,
    device::{Algorithm, Keys, Method, Moving},
    effect::{Effect, Notice},
    id::DeviceId,
};
use serde::{Deserialize, Serialize};

/// Two places of the card are on the screen; their values, joined, are awaited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitingCardValues {
    /// The card.
    pub device: DeviceId,
    /// The places asked, in the order to type their values.
    pub places: [u32; 2],
}

impl AwaitingCardValues {
    /// Asks the card's open pair, or draws one that then stays with the card until it is answered.
    pub(super) fn ask(candidate: &Candidate, nonce: &Nonce) -> Result<(Self, Vec<Effect>), Refusal> {
        let Some(Algorithm::CodeCard { places }) = candidate.algorithm else { return Err(Refusal::UnknownMethod) };
        let used = candidate.moving.card.clone().unwrap_or_default();
        let asked = used.ask(places, nonce).ok_or(Refusal::NoUsableDevice)?;
        let pair = asked.asked.ok_or(Refusal::NoUsableDevice)?;
        let moving = Moving { card: Some(asked), ..candidate.moving.clone() };
        let effects = if moving == candidate.moving {
            Vec::new()
        } else {
            vec![Effect::SaveMoving { device: candidate.device, moving }]
        };
        Ok((Self { device: candidate.device, places: pair }, effects))
    }

    /// What follows from an answer of a card besides the saved use: few left, the user is told; none left, it ends.
    pub(super) fn running_out(card: &Candidate, after: &Moving) -> Vec<Effect> {
        let (Some(Algorithm::CodeCard { places }), Some(after)) = (&card.algorithm, &after.card) else {
            return Vec::new();
        };
        let (device, before) = (card.device, card.moving.card.clone().unwrap_or_default());
        match after.running_out(&before, *places) {
            None => Vec::new(),
            Some(RunningOut::Few(left)) => vec![Effect::Tell(Notice::CardRunsOut(device, left))],
            Some(RunningOut::UsedUp) => {
                vec![Effect::DeviceRanOut { device }, Effect::Tell(Notice::CardUsedUp(device))]
            }
        }
    }

    pub(super) fn submitted(&self, moment: &Moment<'_>, code: &str, keys: &Keys) -> Result<Step, Refusal> {
        let card = moment.candidate(self.device)?;
        if card.moving.card.as_ref().and_then(|used| used.asked) != Some(self.places) {
            // Another attempt answered this pair: ask for the card's next one.
            return moment.await_device(card, Method::CodeCard);
        }
        let [first, second] = self.places;
        moment.code_submitted(self.device, Method::CodeCard, &format!("{first} {second}"), (code, keys))
    }
}
