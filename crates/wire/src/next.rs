//! What a client must do next: one type for login, withdrawal and every other confirmation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A device as a chooser shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct DeviceRef {
    /// The device's id (a UUID), sent back as `device_id`.
    pub id: String,
    /// The device class, e.g. `dsc-plus`.
    pub class: String,
    /// The label the user knows it by. Stable: programs pick by it.
    pub label: String,
    /// The methods this device can confirm with, e.g. `["seamless", "challenge_response"]`.
    pub methods: Vec<String>,
    /// Whether this is the user's default device.
    pub default: bool,
}

/// A device that cannot be used now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct LockedDevice {
    /// The device's id (a UUID).
    pub id: String,
    /// The device class.
    pub class: String,
    /// The label the user knows it by.
    pub label: String,
    /// Seconds until it may be used again; absent when only the desk can lift it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after: Option<u64>,
}

/// A device that may not confirm what is asked: limits or the transfer lock are in its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct LimitedDevice {
    /// The device's id (a UUID).
    pub id: String,
    /// The device class.
    pub class: String,
    /// The label the user knows it by.
    pub label: String,
    /// The most that it could confirm now, an exact decimal of US dollars; absent where there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub available: Option<String>,
}

/// Why no notification was sent where one was wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Another request is on the phone.
    RequestOpen,
    /// Too many were left unanswered.
    TooManyUnanswered,
    /// The number typed on the phone was wrong: this request on it is over.
    WrongNumber,
    /// A newer login of the same program took the phone's screen.
    Superseded,
}

/// The next step of an attempt, tagged by `step`.
///
/// ```
/// use wire::{DeviceRef, Next};
///
/// let device = |label: &str| DeviceRef {
///     id: "5f2b2c1e".to_owned(), class: "phone".to_owned(), label: label.to_owned(),
///     methods: vec!["seamless".to_owned()], default: true,
/// };
/// let next = Next::ChooseDevice { devices: vec![device("Mobile app")], locked: Vec::new(), limited: Vec::new() };
/// assert!(serde_json::to_string(&next).unwrap().starts_with(r#"{"step":"choose_device","devices":[{"id":"5f2b2c1e""#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Next {
    /// Pick one of several devices: send `device_id` (and `method` to force one).
    ChooseDevice {
        /// The usable devices, in the order to show them.
        devices: Vec<DeviceRef>,
        /// Those that are locked.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<LockedDevice>>")]
        locked: Vec<LockedDevice>,
        /// Those that may not confirm so much.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<LimitedDevice>>")]
        limited: Vec<LimitedDevice>,
    },
    /// Wait for the phone: send `auth_session` again to ask, or `method=challenge_response`.
    Approve {
        /// The phone that was asked.
        device: DeviceRef,
        /// Two digits to type on the phone, only when number matching is on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        number: Option<String>,
        /// No notification was sent: the app shows the request once it is opened.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        silent: bool,
        /// The methods to fall back to.
        fallback: Vec<String>,
    },
    /// Type the challenge into the device and send its `response`.
    Respond {
        /// The device to use.
        device: DeviceRef,
        /// The challenge, decimal digits.
        challenge: String,
        /// How many digits the response has.
        response_digits: u8,
        /// Why a challenge is there where a notification was wished for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        notice: Option<Notice>,
    },
    /// Look up two values on the code card and send them joined as `response`.
    CodeCard {
        /// The card to use.
        device: DeviceRef,
        /// The two places asked for, in the order to type them.
        indices: [u32; 2],
    },
    /// Send the passcode the device shows, or that was sent, as `response`.
    Passcode {
        /// The device to use.
        device: DeviceRef,
        /// How many digits the passcode has.
        digits: u8,
        /// Where a sent code went, masked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        sent_to: Option<String>,
    },
    /// Send the temporary code as `response`.
    StaticCode {
        /// The temporary code's device.
        device: DeviceRef,
    },
    /// Send a WebAuthn assertion as `credential`.
    Webauthn {
        /// The passkey to use.
        device: DeviceRef,
        /// `PublicKeyCredentialRequestOptionsJSON`.
        #[ts(type = "unknown")]
        options: serde_json::Value,
    },
    /// Scan `payload` with the phone; else as `Approve`.
    Qr {
        /// The phone to scan with.
        device: DeviceRef,
        /// The text of the QR code.
        payload: String,
    },
}
