//! A software card: `countersign-client card-reader`, and the card of a scripted login.
//!
//! Like a card of plastic it answers whoever holds it: it cannot tell a wrong PIN, only its answer is then wrong.

use crate::private_file::Locked;
use otp::{
    Code, Digits, Key, code_card, ocra,
    ocra::{Input, Suite},
    totp,
};
use std::io;
use std::path::{Path, PathBuf};
use wire::card_file::{Algorithm, CardFile, FORMAT};
use zeroize::Zeroizing;

/// A reason for which a card shows no response.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The file system refused.
    #[error("cannot use the card file {path}: {source}", path = path.display())]
    Io {
        /// The card's file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file is something else, or a newer version.
    #[error("{path} is not a card file: {why}", path = path.display())]
    Format {
        /// The card's file.
        path: PathBuf,
        /// The first thing that is wrong, in English.
        why: String,
    },
    /// The challenge has another length.
    #[error("this card takes a challenge of {0} digits")]
    ChallengeLength(u8),
    /// The challenge is not made of what the card's keys can type.
    #[error("the challenge does not fit this card: {0}")]
    Challenge(ocra::InputError),
    /// The card wants a PIN first.
    #[error("this card needs its PIN")]
    PinMissing,
    /// No such place on the card.
    #[error("this card has the places 1 to {0}")]
    Place(u32),
    /// The card is of another kind.
    #[error("{0}")]
    Kind(&'static str),
    /// The counter is at its end.
    #[error("this card's counter is used up")]
    UsedUp,
}

/// A card, whose state is a file. Several processes may hold the same one: no counter is used twice.
#[derive(Debug)]
pub struct Card {
    path: PathBuf,
    needs_pin: bool,
}

impl Card {
    /// Uses the card in the file at `path`.
    ///
    /// # Errors
    /// [`CardError::Io`] or [`CardError::Format`] when there is no card in it.
    pub fn open(path: &Path) -> Result<Self, CardError> {
        let mut card = Self { path: path.to_owned(), needs_pin: false };
        let text = std::fs::read(path).map(Zeroizing::new).map_err(|source| card.failed(source))?;
        if let Algorithm::Ocra { suite, .. } = &card.parse(&text)?.algorithm {
            card.needs_pin = card.suite(suite)?.pin_algorithm().is_some();
        }
        Ok(card)
    }

    /// Whether the card asks for a PIN before it answers.
    pub fn needs_pin(&self) -> bool {
        self.needs_pin
    }

    /// The response to a challenge (RFC 6287, 7.1). The counter moves on, durably, before anybody sees the response.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("card.json");
    /// # std::fs::write(&path, r#"{
    /// #     "format": "countersign-card/1", "class": "dsc-plus", "serial": "7710042", "label": "A card",
    /// #     "algorithm": { "type": "ocra", "suite": "OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256", "counter": 0 }, "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    /// # }"#)?;
    /// # use countersign_client::card::{Card, CardError};
    /// let card = Card::open(&path)?;
    /// assert!(card.needs_pin());
    /// let first = card.respond("812345", Some("7294"))?;
    /// let second = card.respond("812345", Some("7294"))?;
    /// assert_ne!(first.as_str(), second.as_str(), "the counter moved on");
    /// // The card cannot tell a wrong PIN: its response is then a wrong one, and only the server notices.
    /// assert!(card.respond("812345", Some("0000")).is_ok());
    /// assert!(matches!(card.respond("81234", Some("7294")), Err(CardError::ChallengeLength(6))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CardError`], the first that applies; the counter then stays.
    pub fn respond(&self, challenge: &str, pin: Option<&str>) -> Result<Code, CardError> {
        let (locked, mut card) = self.lock()?;
        let key = key_of(&card);
        let Algorithm::Ocra { suite, counter } = &mut card.algorithm else {
            return Err(CardError::Kind("this card takes no challenge"));
        };
        let suite = self.suite(suite)?;
        if suite.time_step().is_some() {
            return Err(CardError::Kind("this card shows passcodes and takes no challenge"));
        }
        let length = suite.question_length();
        if challenge.len() != usize::from(length) {
            return Err(CardError::ChallengeLength(length));
        }
        let hash = pin_hash(&suite, pin)?;
        let input = Input { counter: *counter, question: challenge, pin: hash.as_ref(), ..Input::default() };
        let response = suite.respond(&key, &input).map_err(CardError::Challenge)?;
        if let Some(counter) = counter {
            *counter = counter.checked_add(1).ok_or(CardError::UsedUp)?;
            let text = serde_json::to_vec_pretty(&card).map(Zeroizing::new).map_err(|e| self.failed(e.into()))?;
            locked.replace(&text).map_err(|source| self.failed(source))?;
        }
        Ok(response)
    }

    /// The passcode of a time by the system's clock: OCRA with a time and a question of zeros, or TOTP (RFC 6238).
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("card.json");
    /// # std::fs::write(&path, r#"{
    /// #     "format": "countersign-card/1", "class": "gold", "serial": "7710042", "label": "A card",
    /// #     "algorithm": { "type": "totp", "digits": 6, "step": 30 }, "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    /// # }"#)?;
    /// # use countersign_client::card::{Card, CardError};
    /// let gold = Card::open(&path)?;
    /// assert_eq!(gold.passcode(None, 59)?.as_str().len(), 6);
    /// assert_eq!(gold.passcode(None, 30)?.as_str(), gold.passcode(None, 59)?.as_str(), "one code for each 30 seconds");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CardError`], the first that applies.
    pub fn passcode(&self, pin: Option<&str>, unix_seconds: u64) -> Result<Code, CardError> {
        let (_locked, card) = self.lock()?;
        let key = key_of(&card);
        let unix_seconds = unix_seconds.saturating_add(ahead(&card));
        match &card.algorithm {
            Algorithm::Ocra { suite, .. } => {
                let suite = self.suite(suite)?;
                let time = suite.step_at(unix_seconds);
                if time.is_none() {
                    return Err(CardError::Kind("this card answers challenges and shows no passcode"));
                }
                let (hash, question) = (pin_hash(&suite, pin)?, "0".repeat(suite.question_length().into()));
                let input = Input { question: &question, pin: hash.as_ref(), time, ..Input::default() };
                suite.respond(&key, &input).map_err(|error| self.format(&error))
            }
            Algorithm::Totp { digits, step } => {
                let digits = Digits::try_from(*digits).map_err(|error| self.format(&error))?;
                Ok(totp::value(&key, otp::Algorithm::Sha1, totp::step_at(unix_seconds, *step), digits))
            }
            Algorithm::CodeCard { .. } => Err(CardError::Kind("this is a code card and shows no passcode")),
        }
    }

    /// The values at two places of a code card, joined as a login wants them.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("card.json");
    /// # std::fs::write(&path, r#"{
    /// #     "format": "countersign-card/1", "class": "security-code-card", "serial": "7710042", "label": "A card",
    /// #     "algorithm": { "type": "code_card", "places": 224 }, "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    /// # }"#)?;
    /// # use countersign_client::card::{Card, CardError};
    /// let printed = Card::open(&path)?;
    /// assert_eq!(printed.values([7, 224])?.len(), 6, "three characters each, joined in the order asked");
    /// assert!(matches!(printed.values([1, 225]), Err(CardError::Place(224))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CardError`], the first that applies.
    pub fn values(&self, places: [u32; 2]) -> Result<Zeroizing<String>, CardError> {
        let (_locked, card) = self.lock()?;
        let Algorithm::CodeCard { places: count } = card.algorithm else {
            return Err(CardError::Kind("this is no code card"));
        };
        if places.iter().any(|place| !(1..=count).contains(place)) {
            return Err(CardError::Place(count));
        }
        let key = key_of(&card);
        let mut joined = Zeroizing::new(String::with_capacity(2 * code_card::VALUE_LENGTH));
        for place in places {
            joined.push_str(code_card::value(&key, place).as_str());
        }
        Ok(joined)
    }

    fn lock(&self) -> Result<(Locked, CardFile), CardError> {
        let locked = Locked::acquire(&self.path).map_err(|source| self.failed(source))?;
        let text = locked.read().map(Zeroizing::new).map_err(|source| self.failed(source))?;
        let card = self.parse(&text)?;
        Ok((locked, card))
    }

    fn parse(&self, text: &[u8]) -> Result<CardFile, CardError> {
        let card: CardFile = serde_json::from_slice(text).map_err(|error| self.format(&error))?;
        if card.format == FORMAT { Ok(card) } else { Err(self.format(&"its format is another one")) }
    }

    fn suite(&self, text: &str) -> Result<Suite, CardError> {
        Suite::parse(text).map_err(|error| self.format(&error))
    }

    fn failed(&self, source: io::Error) -> CardError {
        CardError::Io { path: self.path.clone(), source }
    }

    fn format(&self, why: &dyn std::fmt::Display) -> CardError {
        CardError::Format { path: self.path.clone(), why: why.to_string() }
    }
}

fn key_of(card: &CardFile) -> Key {
    Key::new(card.key.expose().to_vec())
}

fn pin_hash(suite: &Suite, pin: Option<&str>) -> Result<Option<ocra::PinHash>, CardError> {
    if suite.pin_algorithm().is_none() {
        return Ok(None);
    }
    let pin = pin.filter(|pin| !pin.is_empty()).ok_or(CardError::PinMissing)?;
    Ok(suite.pin_hash(pin))
}

/// Whole seconds by which the clock of the card's server was moved ahead.
fn ahead(card: &CardFile) -> u64 {
    let text = card.clock.as_ref().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    text.trim().parse::<u64>().unwrap_or(0) / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use wire::card_file::KeyBytes;

    fn card(algorithm: Algorithm) -> (tempfile::TempDir, Card) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("card.json");
        let file = CardFile {
            format: FORMAT.to_owned(),
            class: "dsc-plus".to_owned(),
            serial: "7710042".to_owned(),
            label: "Digital Security Card+".to_owned(),
            algorithm,
            key: KeyBytes::new((0..32).collect()),
            clock: None,
        };
        std::fs::write(&path, serde_json::to_vec(&file).unwrap()).unwrap();
        let card = Card::open(&path).unwrap();
        (dir, card)
    }

    fn dsc_plus(counter: u64) -> (tempfile::TempDir, Card) {
        let suite = "OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256".to_owned();
        card(Algorithm::Ocra { suite, counter: Some(counter) })
    }

    fn counter_of(card: &Card) -> Option<u64> {
        match card.lock().unwrap().1.algorithm {
            Algorithm::Ocra { counter, .. } => counter,
            _ => None,
        }
    }

    #[test]
    fn ten_readers_of_one_card_never_use_a_counter_twice() {
        let (_dir, card) = dsc_plus(3);
        let responses: Vec<String> = std::thread::scope(|scope| {
            let readers: Vec<_> = (0..10)
                .map(|_| scope.spawn(|| card.respond("123456", Some("7294")).unwrap().as_str().to_owned()))
                .collect();
            readers.into_iter().map(|reader| reader.join().unwrap()).collect()
        });
        assert_eq!(responses.iter().collect::<BTreeSet<_>>().len(), 10, "{responses:?}");
        assert_eq!(counter_of(&card), Some(13));
    }

    #[test]
    fn what_is_refused_leaves_the_counter() {
        let (_dir, card) = dsc_plus(u64::MAX);
        assert!(card.needs_pin());
        for challenge in ["12345", "1234567", ""] {
            assert!(matches!(card.respond(challenge, Some("1")), Err(CardError::ChallengeLength(6))), "{challenge}");
        }
        assert!(matches!(card.respond("12345x", Some("1")), Err(CardError::Challenge(_))));
        assert!(matches!(card.respond("123456", None), Err(CardError::PinMissing)));
        assert!(matches!(card.respond("123456", Some("")), Err(CardError::PinMissing)));
        assert!(matches!(card.respond("123456", Some("1")), Err(CardError::UsedUp)));
        assert!(matches!(card.passcode(Some("1"), 0), Err(CardError::Kind(_))));
        assert!(matches!(card.values([1, 2]), Err(CardError::Kind(_))));
        assert_eq!(counter_of(&card), Some(u64::MAX));
    }

    #[test]
    fn passcodes_follow_the_time() {
        let (_dir, gold) = card(Algorithm::Totp { digits: 6, step: 30 });
        assert!(!gold.needs_pin());
        let at = |seconds| gold.passcode(None, seconds).unwrap().as_str().to_owned();
        assert_eq!(at(30), at(59));
        assert_ne!(at(59), at(60));
        assert!(matches!(gold.respond("123456", None), Err(CardError::Kind(_))));

        let suite = "OCRA-1:HOTP-SHA256-6:QN06-PSHA256-T30S".to_owned();
        let (_dir, dsc) = card(Algorithm::Ocra { suite, counter: None });
        let right = dsc.passcode(Some("7294"), 1_000_000_000).unwrap();
        assert_eq!(right.as_str().len(), 6);
        assert_ne!(right.as_str(), dsc.passcode(Some("7295"), 1_000_000_000).unwrap().as_str());
    }

    #[test]
    fn values_join_in_the_order_asked() {
        let (_dir, card) = card(Algorithm::CodeCard { places: 224 });
        let (forth, back) = (card.values([7, 224]).unwrap(), card.values([224, 7]).unwrap());
        assert_eq!(forth.as_str(), format!("{}{}", &back[3..], &back[..3]));
        for places in [[0, 1], [1, 225]] {
            assert!(matches!(card.values(places), Err(CardError::Place(224))));
        }
    }

    #[test]
    fn another_file_is_no_card() {
        let (dir, _) = dsc_plus(0);
        let path = dir.path().join("card.json");
        let text = std::fs::read_to_string(&path).unwrap().replace("countersign-card/1", "countersign-card/2");
        std::fs::write(&path, text).unwrap();
        assert!(matches!(Card::open(&path), Err(CardError::Format { .. })));
        assert!(matches!(Card::open(&dir.path().join("none")), Err(CardError::Io { .. })));
        assert!(!dir.path().join("none.lock").exists());
    }

    #[test]
    fn a_passcode_follows_the_clock_of_a_demo_that_was_moved() {
        let (dir, card) = card(Algorithm::Totp { digits: 6, step: 30 });
        let of = |seconds: u64| card.passcode(None, seconds).unwrap().as_str().to_owned();
        let (now, later) = (of(1_800_000_000), of(1_800_003_600));
        assert_ne!(now, later);
        let clock = dir.path().join("clock");
        let mut file: CardFile = serde_json::from_slice(&std::fs::read(&card.path).unwrap()).unwrap();
        file.clock = Some(clock.clone());
        std::fs::write(&card.path, serde_json::to_vec(&file).unwrap()).unwrap();
        assert_eq!(of(1_800_000_000), now, "it was never moved");
        std::fs::write(&clock, "3600000000").unwrap();
        assert_eq!(of(1_800_000_000), later);
    }
}
