//! An authenticator in software, with a browser around it: makes passkeys and signs by the options of a page, as it is
//! told to, rightly or not.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub const PRESENT_AND_VERIFIED: u8 = 0b101;
/// May be copied, and is.
pub const SYNCED: u8 = 0b1_1000;
const ATTESTED: u8 = 0b100_0000;

pub struct Authenticator {
    key: EcdsaKeyPair,
    pub id: Vec<u8>,
    pub flags: u8,
    pub counter: u32,
    pub origin: String,
    pub rp_id: String,
    pub cross_origin: bool,
    pub user_handle: Option<String>,
}

/// What a page asks of authenticators.
pub fn options(html: &str) -> Value {
    let at = html.find("data-options=\"").unwrap_or_else(|| panic!("no options: {html}"));
    let text = html[at..].split('"').nth(1).unwrap();
    let text = text.replace("&#34;", "\"").replace("&quot;", "\"").replace("&#38;", "&").replace("&amp;", "&");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

impl Authenticator {
    pub fn at(origin: &str, flags: u8) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = Sha256::digest(key.public_key().as_ref()).to_vec();
        let rp_id = oidc::webauthn::rp_id(origin).to_owned();
        let flags = PRESENT_AND_VERIFIED | flags;
        Self { key, id, flags, counter: 1, origin: origin.to_owned(), rp_id, cross_origin: false, user_handle: None }
    }

    /// Makes a passkey by `PublicKeyCredentialCreationOptionsJSON`.
    pub fn make(&mut self, options: &Value) -> String {
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        self.user_handle = options["user"]["id"].as_str().map(str::to_owned);
        let client = self.client_data("webauthn.create", options);
        let mut data = self.head(ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(cose(self.key.public_key().as_ref()));
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(data);
        self.credential(&json!({
            "clientDataJSON": encode(client.as_bytes()), "attestationObject": encode(&object), "transports": ["usb"],
        }))
    }

    /// Signs by `PublicKeyCredentialRequestOptionsJSON`; its counter moves on.
    pub fn sign(&mut self, options: &Value) -> String {
        assert_eq!(options["userVerification"], "required");
        self.counter += 1;
        let (client, data) = (self.client_data("webauthn.get", options), self.head(0));
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.credential(&json!({
            "clientDataJSON": encode(client.as_bytes()), "authenticatorData": encode(&data),
            "signature": encode(signature.as_ref()), "userHandle": self.user_handle,
        }))
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        let (challenge, origin) = (&options["challenge"], &self.origin);
        json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": self.cross_origin }).to_string()
    }

    fn head(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(&self.rp_id).to_vec();
        data.push(self.flags | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn credential(&self, response: &Value) -> String {
        let id = encode(&self.id);
        let (kind, response) = ("public-key", response);
        json!({ "id": id, "rawId": id, "type": kind, "response": response, "clientExtensionResults": {} }).to_string()
    }
}

/// An ES256 key as authenticators write it, of its uncompressed point.
fn cose(point: &[u8]) -> Vec<u8> {
    let (x, y) = point[1..].split_at(32);
    [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), x, b"\x22\x58\x20", y].concat()
}

fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}
