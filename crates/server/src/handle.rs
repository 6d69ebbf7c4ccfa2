//! Opaque handles: what stands for an attempt, a session, a known browser, a code or a token.
//!
//! A handle arrives without a user, and every table leads with the user: so it carries the user's id, sealed,
//! before 128 random bits. The database holds only a digest of the random bits. Kinds do not open as one another.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Secret,
    id::{ConfirmationId, UserId},
};
use sha2::{Digest as _, Sha256};

/// What a handle stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A confirmation attempt (`auth_session`).
    Attempt,
    /// A browser session.
    Session,
    /// A known browser or program.
    Mark,
    /// An authorization code.
    Code,
    /// An access token.
    Token,
    /// A link by which a user objects to what the desk is about to do.
    Objection,
    /// A client's own access token; no user.
    ClientToken,
    /// A phone's activation.
    Activation,
    /// An invitation to activate the phone app.
    Invitation,
    /// A change of a phone's PIN.
    PinChange,
    /// A link for whoever forgot the password.
    PasswordLink,
    /// A link that undoes a change of contact points.
    ContactUndo,
    /// An access token of the phone's API.
    PhoneAccess,
    /// A refresh token of the phone's API.
    PhoneRefresh,
    /// A refresh token.
    Refresh,
    /// An authorization request that was pushed; no user yet.
    Pushed,
    /// An authorization request that waits for a login; no user yet.
    Waiting,
    /// A request of a client's back end (`auth_req_id`).
    Backchannel,
}

impl Kind {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Attempt => b"attempt",
            Self::Session => b"session",
            Self::Mark => b"mark",
            Self::Code => b"code",
            Self::Token => b"token",
            Self::ClientToken => b"client-token",
            Self::Activation => b"activation",
            Self::Invitation => b"invitation",
            Self::PinChange => b"pin-change",
            Self::PasswordLink => b"link",
            Self::Objection => b"objection",
            Self::ContactUndo => b"undo",
            Self::PhoneAccess => b"phone-access",
            Self::PhoneRefresh => b"phone-refresh",
            Self::Refresh => b"refresh",
            Self::Pushed => b"pushed",
            Self::Waiting => b"waiting",
            Self::Backchannel => b"backchannel",
        }
    }
}

/// A handle read: whose it is, and under what it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The user.
    pub user: UserId,
    /// The digest in the database.
    pub digest: [u8; 32],
}

/// Makes and reads handles.
pub struct Handles {
    key: LessSafeKey,
    forms: Secret<[u8; 32]>,
    again: Secret<[u8; 32]>,
    buckets: Secret<[u8; 32]>,
}

impl Handles {
    /// From the server's secret, the same on every node.
    pub fn new(secret: &[u8]) -> Option<Self> {
        let key = UnboundKey::new(&AES_256_GCM, &derive(secret, b"countersign/handles/v1")?).ok()?;
        Some(Self {
            key: LessSafeKey::new(key),
            forms: Secret::new(derive(secret, b"countersign/forms/v1")?),
            again: Secret::new(derive(secret, b"countersign/handles/again/v1")?),
            buckets: Secret::new(derive(secret, b"countersign/buckets/v1")?),
        })
    }

    /// A new handle and the digest to store it under.
    pub fn mint(&self, kind: Kind, user: UserId) -> (String, [u8; 32]) {
        self.of(kind, user, crate::app::random(), crate::app::random())
    }

    /// The one handle of its kind that a confirmation gives, and its digest: it can be told again, though the database
    /// holds the digest alone. Nobody without the server's secret can tell it from a new one.
    pub fn derive(&self, kind: Kind, user: UserId, confirmation: ConfirmationId) -> (String, [u8; 32]) {
        let drawn = mac(self.again.expose(), &[kind.name(), &user.octets(), &confirmation.octets()]);
        let (mut nonce, mut secret) = ([0; NONCE_LEN], [0; 16]);
        let (first, rest) = drawn.split_at(NONCE_LEN);
        nonce.copy_from_slice(first);
        secret.copy_from_slice(rest.split_at(16).0);
        self.of(kind, user, nonce, secret)
    }

    fn of(&self, kind: Kind, user: UserId, nonce: [u8; NONCE_LEN], secret: [u8; 16]) -> (String, [u8; 32]) {
        let mut text = [user.octets(), secret].concat();
        let sealed =
            self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(kind.name()), &mut text);
        debug_assert!(sealed.is_ok(), "48 octets are never too long for AES-GCM");
        (URL_SAFE_NO_PAD.encode([nonce.as_slice(), &text].concat()), digest(kind, &secret))
    }

    /// Reads a handle; none when it is not one of ours, or of another kind. No database is asked.
    pub fn read(&self, kind: Kind, text: &str) -> Option<Read> {
        let octets = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = octets.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let opened =
            self.key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(kind.name()), &mut sealed).ok()?;
        let (user, secret) = opened.split_first_chunk::<16>()?;
        Some(Read { user: UserId::from(*user), digest: digest(kind, secret) })
    }

    /// The token that a form must carry for the browser with this cookie value.
    pub fn form_token(&self, cookie: &str) -> String {
        URL_SAFE_NO_PAD.encode(mac(self.forms.expose(), &[b"form", cookie.as_bytes()]))
    }

    /// What a contact point is found by: the same for all ways to write a mail address in large and small letters.
    pub fn contact_lookup(&self, address: &str) -> [u8; 32] {
        mac(self.forms.expose(), &[b"contact", address.to_ascii_lowercase().as_bytes()])
    }

    /// Seals what an address of this browser carries.
    pub fn seal_note(&self, browser: &str, text: &[u8]) -> String {
        let nonce: [u8; NONCE_LEN] = crate::app::random();
        let mut text = text.to_vec();
        let aad = Aad::from([b"note", browser.as_bytes()].concat());
        let sealed = self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut text);
        debug_assert!(sealed.is_ok(), "a note is never too long for AES-GCM");
        URL_SAFE_NO_PAD.encode([nonce.as_slice(), &text].concat())
    }

    /// Opens what [`Self::seal_note`] sealed for the same browser.
    pub fn open_note(&self, browser: &str, text: &str) -> Option<Vec<u8>> {
        let octets = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = octets.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let aad = Aad::from([b"note", browser.as_bytes()].concat());
        let opened = self.key.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut sealed).ok()?;
        Some(opened.to_vec())
    }

    /// A handle as it may be kept in the database beside what leads to it: sealed, so that a copy gives nobody its power.
    pub fn hide(&self, handle: &str) -> String {
        self.seal_note(KEPT, handle.as_bytes())
    }

    /// The handle that was kept by [`Self::hide`].
    pub fn reveal(&self, kept: &str) -> Option<String> {
        String::from_utf8(self.open_note(KEPT, kept)?).ok()
    }

    /// The name of a token bucket or a place: keyed, so that the table does not tell whom or what it is about.
    pub fn bucket(&self, of: &str, value: &[u8]) -> [u8; 16] {
        let mut name = [0; 16];
        name.copy_from_slice(mac(self.buckets.expose(), &[of.as_bytes(), value]).split_at(16).0);
        name
    }
}

/// What a kept handle is sealed for, in place of a browser's cookie, which is longer.
const KEPT: &str = "kept";

fn digest(kind: Kind, secret: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(kind.name()).chain_update([0]).chain_update(secret).finalize().into()
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key);
    let mut context = aws_lc_rs::hmac::Context::with_key(&key);
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    let mut tag = [0; 32];
    tag.copy_from_slice(context.sign().as_ref());
    tag
}

fn derive(secret: &[u8], purpose: &[u8]) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"countersign");
    salt.extract(secret).expand(&[purpose], hkdf::HKDF_SHA256).ok()?.fill(&mut key).ok()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_opens_as_its_kind_only_and_not_when_changed() {
        let handles = Handles::new(&[3; 32]).unwrap();
        let user = UserId::from([5; 16]);
        let (text, digest) = handles.mint(Kind::Attempt, user);
        assert_eq!(text.len(), 80);
        assert_eq!(handles.read(Kind::Attempt, &text), Some(Read { user, digest }));
        assert_eq!(handles.read(Kind::Session, &text), None);
        assert_ne!(handles.mint(Kind::Attempt, user).0, text);
        let mut octets = URL_SAFE_NO_PAD.decode(&text).unwrap();
        for at in 0..octets.len() {
            octets[at] ^= 1;
            assert_eq!(handles.read(Kind::Attempt, &URL_SAFE_NO_PAD.encode(&octets)), None, "octet {at}");
            octets[at] ^= 1;
        }
        assert_eq!(Handles::new(&[4; 32]).unwrap().read(Kind::Attempt, &text), None);
        for bad in ["", "x", "%%%", &"A".repeat(80), &format!("{text}A")] {
            assert_eq!(handles.read(Kind::Attempt, bad), None);
        }
    }
}
