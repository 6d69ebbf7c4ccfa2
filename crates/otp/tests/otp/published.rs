//! What the test files share: the repository's vectors and the fields of one OCRA vector.

use otp::Key;
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/../../vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn unhex(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2), "{hex}");
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

pub fn key(hex: &str) -> Key {
    Key::new(unhex(hex))
}

/// The RFC's key: `1234567890` repeated to a length in octets.
pub fn rfc_key(len: usize) -> Key {
    Key::new(b"1234567890".iter().copied().cycle().take(len).collect())
}

#[derive(Deserialize)]
pub struct OcraFile {
    pub vectors: Vec<OcraVector>,
}

#[derive(Deserialize)]
pub struct OcraVector {
    pub id: String,
    pub mode: Option<String>,
    pub role: Option<String>,
    pub suite: String,
    pub key_hex: String,
    pub counter: Option<u64>,
    pub question: String,
    pub own_question: Option<String>,
    pub client_challenge: Option<String>,
    pub server_challenge: Option<String>,
    pub pin: Option<String>,
    pub session_hex: Option<String>,
    pub timestamp: Option<u64>,
    pub time_steps: Option<u64>,
    pub expected: String,
}

impl OcraVector {
    /// The other party's challenge, and the answering party's own in mutual use.
    pub fn questions(&self) -> (&str, Option<&str>) {
        match (self.mode.as_deref(), self.role.as_deref()) {
            (Some("mutual"), Some("server")) => {
                (self.client_challenge.as_deref().unwrap(), self.server_challenge.as_deref())
            }
            (Some("mutual"), _) => (self.server_challenge.as_deref().unwrap(), self.client_challenge.as_deref()),
            _ => (&self.question, self.own_question.as_deref()),
        }
    }
}
