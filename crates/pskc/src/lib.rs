//! PSKC, the Portable Symmetric Key Container (RFC 6030): the file in which makers of hardware tokens hand over keys.
//!
//! [`Reader`] reads a container one key package at a time, so that a file of a million takes no more memory than one of
//! ten. Encrypted values are opened where their key or password is given: AES-CBC only behind a MAC that is checked
//! first, AES key wrap by its own check. [`Writer`] writes containers that others read.
//!
//! What is not understood is refused and never left out: a key is as good as its policy. There is no DTD, no entity
//! beyond XML's own five, and nothing is fetched.
//!
//! ```
//! let file = br#"<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><KeyPackage>
//!   <DeviceInfo><SerialNo>42</SerialNo></DeviceInfo>
//!   <Key Id="1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp"><Data>
//!     <Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret><Counter><PlainValue>7</PlainValue></Counter>
//!   </Data></Key></KeyPackage></KeyContainer>"#;
//! let packages = pskc::Reader::new(&file[..], pskc::Unlock::Nothing)?.collect::<Result<Vec<_>, _>>()?;
//! assert_eq!(packages[0].device.serial.as_deref(), Some("42"));
//! assert_eq!(packages[0].keys[0].counter, Some(7));
//! assert!(!format!("{packages:?}").contains("MTIz"), "a log never shows a key");
//! # Ok::<(), pskc::Error>(())
//! ```

mod container;
mod error;
mod model;
mod names;
mod open;
mod package;
mod secret;
mod wrap;
mod write;
mod xml;

pub use container::Reader;
pub use error::{Error, Problem};
pub use model::{
    Algorithm, ChallengeFormat, Device, Encoding, Key, Lock, Package, PinPolicy, PinUsage, Policy, ResponseFormat,
    Signature, Value,
};
pub use open::{MAX_ITERATIONS, MIN_ITERATIONS, Unlock};
pub use secret::Secret;
pub use write::{Protection, Writer};
