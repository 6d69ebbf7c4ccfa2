//! What reads bytes from outside, each as a function of bytes: the same bodies are fuzz targets (`cargo fuzz`, in
//! `fuzz_targets/`) and run on the stable toolchain with random and mutated input (`tests/bodies.rs`).
//!
//! A body says whether the bytes were understood, and panics where what must hold of every input does not: that reading
//! again what was written gives the same, that nothing unsigned is believed. See `docs/fuzzing.md`.
#![allow(clippy::panic, reason = "a body tells a fault by panicking")]

mod key_file;
mod names;
mod oauth;
mod one_time;
mod server;
mod signed;
mod wire_types;

/// What a parser made of its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was understood.
    Taken,
    /// It was refused.
    Refused,
}

impl Verdict {
    fn of(taken: bool) -> Self {
        if taken { Self::Taken } else { Self::Refused }
    }

    fn of_result<T, E>(result: &Result<T, E>) -> Self {
        Self::of(result.is_ok())
    }
}

/// A parser of outside bytes.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name of the target: of its file in `fuzz_targets/` and its folder in `seeds/`.
    pub name: &'static str,
    /// Reads the bytes. A fault panics.
    pub body: fn(&[u8]) -> Verdict,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "ocra_suite", body: one_time::ocra_suite },
    Target { name: "ocra_response", body: one_time::ocra_response },
    Target { name: "form", body: oauth::form },
    Target { name: "first_party", body: oauth::first_party },
    Target { name: "authorize", body: oauth::authorize },
    Target { name: "authorization_details", body: oauth::authorization_details },
    Target { name: "ciba", body: oauth::ciba },
    Target { name: "token_request", body: oauth::token_request },
    Target { name: "client_authentication", body: oauth::client_authentication },
    Target { name: "registration", body: oauth::registration },
    Target { name: "logout", body: oauth::logout },
    Target { name: "url", body: oauth::url },
    Target { name: "jws", body: signed::jws },
    Target { name: "jwk", body: signed::jwk },
    Target { name: "dpop", body: signed::dpop },
    Target { name: "id_token_hint", body: signed::id_token_hint },
    Target { name: "webauthn", body: signed::webauthn },
    Target { name: "canonical_json", body: wire_types::canonical_json },
    Target { name: "card_file", body: wire_types::card_file },
    Target { name: "pskc", body: key_file::pskc },
    Target { name: "phone_json", body: wire_types::phone_json },
    Target { name: "login_json", body: wire_types::login_json },
    Target { name: "typed", body: names::typed },
    Target { name: "money", body: names::money },
    Target { name: "language", body: names::language },
    Target { name: "handle", body: server::handle },
    Target { name: "push_endpoint", body: server::push_endpoint },
    Target { name: "configuration", body: server::configuration },
];

/// Runs one target, for `fuzz_targets/`.
///
/// # Panics
/// Where the body finds a fault, and where there is no such target.
pub fn run(name: &str, data: &[u8]) {
    match TARGETS.iter().find(|target| target.name == name) {
        Some(target) => {
            (target.body)(data);
        }
        None => panic!("there is no target {name}"),
    }
}

/// Bytes as text, for parsers whose callers have seen to that.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
