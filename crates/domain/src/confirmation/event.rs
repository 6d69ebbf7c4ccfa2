//! What happens to a confirmation, in the past tense.

use crate::{
    device::{Keys, Method},
    id::DeviceId,
};

/// An event.
pub enum Event<'a> {
    /// A device was picked, with a method or with its preferred one.
    DeviceChosen {
        /// The device.
        device: DeviceId,
        /// The method, when one was forced.
        method: Option<Method>,
    },
    /// Another method of the awaited device was picked.
    MethodChosen {
        /// The method.
        method: Method,
    },
    /// The user wishes to scan a code.
    ScanChosen {
        /// The device to scan it with; none for the awaited one.
        device: Option<DeviceId>,
    },
    /// The user went back to the chooser.
    ReturnedToChoice,
    /// A code was typed: a response, a passcode or card values.
    CodeSubmitted {
        /// As typed.
        code: &'a str,
        /// The awaited device's secrets.
        keys: &'a Keys,
    },
    /// Two codes in a row were typed, to bring the awaited device in step.
    Consecutive {
        /// What was asked.
        questions: [&'a str; 2],
        /// As typed.
        codes: [&'a str; 2],
        /// The awaited device's secrets.
        keys: &'a Keys,
    },
    /// A passkey signed.
    Asserted {
        /// What the checks of its assertion gave.
        proof: Proof,
    },
    /// The phone approved.
    Approved {
        /// The phone.
        device: DeviceId,
        /// The number typed on it, or the code it scanned, when one was asked for.
        number: Option<String>,
        /// What the checks of its signature and PIN proof gave.
        proof: Proof,
    },
    /// The phone refused.
    Denied {
        /// The phone.
        device: DeviceId,
        /// Whether it said "it wasn't me".
        reported: bool,
    },
    /// The user refused on a page of ours what is not a login.
    Declined,
    /// What stands behind it is not the user's any more: "it wasn't me" was said elsewhere.
    TakenBack,
    /// The user left the page that asks for a login, for another start.
    Abandoned,
    /// The program that asked for it, and not for a login, has called it off.
    CalledOff,
    /// A device of the user is usable no more.
    DeviceEnded {
        /// The device.
        device: DeviceId,
    },
    /// The same asker began another attempt: the phone shows the newer request.
    Superseded,
    /// The phone has room again for a request that waited behind others.
    PhoneFree,
    /// The user needs more time to type.
    MoreTimeAsked,
    /// Time passed.
    TimeElapsed,
}

/// Whether the proof that came with an approval, or a passkey's assertion, holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Signature and PIN proof or user verification hold.
    Valid,
    /// They do not.
    Invalid,
}
