//! `[temporary]`: access with a code that the desk gives.

use super::{Span, section::section};
use domain::desk::temporary::Terms;

section! {
    /// Access with a code that the secure-login desk gives in place of a device. It always takes two agents.
    pub struct Temporary = "temporary" {
        /// How long the code takes the place of a device.
        pub full: Span = Span::seconds(2 * 86_400), in Span::seconds(3600)..=Span::seconds(14 * 86_400);
        /// How long it then leads to the page of the online code card, and nowhere else.
        pub card: Span = Span::seconds(10 * 86_400), in Span::seconds(3600)..=Span::seconds(60 * 86_400);
        /// How long an online code card serves.
        pub card_life: Span = Span::seconds(21 * 86_400), in Span::seconds(86_400)..=Span::seconds(90 * 86_400);
        /// How long the desk waits before it gives a code, or sends a link for another password, to a caller whom no device
        /// has proved: the user is told at once and can object. 1s as good as does not wait.
        pub wait: Span = Span::seconds(86_400), in Span::seconds(1)..=Span::seconds(7 * 86_400);
        /// How long an agent's session may lie idle in the console.
        pub console_idle: Span = Span::seconds(600), in Span::seconds(60)..=Span::seconds(3600);
    }
}

impl Temporary {
    /// As the core reads it.
    pub fn terms(&self) -> Terms {
        Terms {
            full: self.full.duration(),
            card: self.card.duration(),
            card_life: self.card_life.duration(),
            unproven: self.wait.duration(),
        }
    }
}
