//! Versions of client programs, and since which of them a program draws the chooser.

use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, fmt, str::FromStr};

/// A version: numbers parted by dots. Letters behind a number say nothing of what a program can and are left out.
#[derive(Debug, Clone, Default)]
pub struct Version(Vec<u64>);

impl Version {
    /// Reads a version such as `966`, `972.1v` or `10.19.2l`; none when the text is no version.
    pub fn parse(text: &str) -> Option<Self> {
        text.trim().split('.').map(part).collect::<Option<_>>().map(Self)
    }

    fn first(&self) -> u64 {
        self.0.first().copied().unwrap_or_default()
    }

    /// The parts without the zeros at the end: `966` and `966.0` are one version.
    fn significant(&self) -> &[u64] {
        let zeros = self.0.iter().rev().take_while(|part| **part == 0).count();
        self.0.get(..self.0.len().saturating_sub(zeros)).unwrap_or_default()
    }
}

/// One part: digits, and perhaps letters behind them. A number that is larger than any real one is the largest.
fn part(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    number.then(|| digits.parse().unwrap_or(u64::MAX))
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.significant() == other.significant()
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.significant().cmp(other.significant())
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.0.iter().map(u64::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

/// One way in which a program's versions were counted, and the version from which it draws the chooser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbering {
    /// The first version that draws it.
    pub since: Version,
    /// The first parts that belong to this numbering are below this; none for what no other numbering takes.
    pub below: Option<u64>,
}

/// Why a text or list is no numbering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberingError {
    /// Not of its form.
    #[error(
        "a numbering is a version, such as 966, or a version and what its first part is below, such as \"0 below 100\""
    )]
    Form,
    /// Two numberings take the same versions.
    #[error("two numberings take the same versions; each but one needs another \"below\"")]
    Twice,
}

impl FromStr for Numbering {
    type Err = NumberingError;

    fn from_str(text: &str) -> Result<Self, NumberingError> {
        let words: Vec<_> = text.split_whitespace().collect();
        let (since, below) = match words.as_slice() {
            [since] => (since, None),
            [since, "below", below] => (since, Some(below.parse().map_err(|_| NumberingError::Form)?)),
            _ => return Err(NumberingError::Form),
        };
        Ok(Self { since: Version::parse(since).ok_or(NumberingError::Form)?, below })
    }
}

impl fmt::Display for Numbering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.below {
            Some(below) => write!(f, "{} below {below}", self.since),
            None => write!(f, "{}", self.since),
        }
    }
}

/// Since when a program draws the chooser, for each numbering that it had; none says that it always does.
///
/// Written as a number, a text or a list of them: `966`, `["966", "0 below 100"]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Vec<String>")]
pub struct ChooserSince(Vec<Numbering>);

impl ChooserSince {
    /// From numberings of which no two take the same versions.
    pub fn of(mut numberings: Vec<Numbering>) -> Result<Self, NumberingError> {
        // Narrow ranges first; the one that takes the rest is last.
        numberings.sort_by_key(|numbering| numbering.below.unwrap_or(u64::MAX));
        let twice = numberings.windows(2).any(|pair| matches!(pair, [one, other] if one.below == other.below));
        if twice { Err(NumberingError::Twice) } else { Ok(Self(numberings)) }
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a program of this version draws the chooser. One that does not say its version, says what is none, or
    /// counts in a way that is not set, is taken as current.
    pub fn draws_chooser(&self, version: Option<&str>) -> bool {
        let Some(version) = version.and_then(Version::parse) else { return true };
        let own = self.0.iter().find(|numbering| numbering.below.is_none_or(|below| version.first() < below));
        own.is_none_or(|numbering| version >= numbering.since)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    One(Since),
    Many(Vec<Since>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Since {
    Number(u64),
    Text(String),
}

impl TryFrom<Written> for ChooserSince {
    type Error = NumberingError;

    fn try_from(written: Written) -> Result<Self, NumberingError> {
        let read = |since: Since| match since {
            Since::Number(number) => Ok(Numbering { since: Version(vec![number]), below: None }),
            Since::Text(text) => text.parse(),
        };
        let numberings = match written {
            Written::One(since) => vec![read(since)?],
            Written::Many(many) => many.into_iter().map(read).collect::<Result<_, _>>()?,
        };
        Self::of(numberings)
    }
}

impl From<ChooserSince> for Vec<String> {
    fn from(since: ChooserSince) -> Self {
        since.0.iter().map(Numbering::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn since(text: &str) -> Result<ChooserSince, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn versions_are_compared_part_by_part_and_not_by_their_leading_number() {
        let builds = since(r#"["966", "0 below 100"]"#).unwrap();
        for version in [
            "966",
            "966.0",
            "966.2a",
            "972.1v",
            "985",
            "1019",
            "10.19",
            "10.19.2l",
            "10.9",
            "99.1",
            "100000000000000000000",
        ] {
            assert!(builds.draws_chooser(Some(version)), "{version}");
        }
        for version in ["965", "965.4c", "965.99", "100", "900.1"] {
            assert!(!builds.draws_chooser(Some(version)), "{version}");
        }
        let later = since(r#"["966", "10.19.2 below 100"]"#).unwrap();
        for (version, draws) in
            [("10.19.2", true), ("10.19.10", true), ("10.20", true), ("11", true), ("10.19.2l", true)]
        {
            assert_eq!(later.draws_chooser(Some(version)), draws, "{version}");
        }
        for version in ["10.19.1", "10.19", "10.9.9", "9.99.99", "10"] {
            assert!(!later.draws_chooser(Some(version)), "{version}");
        }
    }

    #[test]
    fn what_is_no_version_gets_the_chooser() {
        let builds = since("966").unwrap();
        for version in [
            None,
            Some(""),
            Some("new"),
            Some("v965"),
            Some("9.x"),
            Some("-1"),
            Some("1..2"),
            Some("965 (x)"),
            Some("9,5"),
            Some("٩"),
        ] {
            assert!(builds.draws_chooser(version), "{version:?}");
        }
        assert!(!builds.draws_chooser(Some(" 965 ")) && !builds.draws_chooser(Some("10.19")));
        assert!(ChooserSince::default().draws_chooser(Some("1")), "nothing is set");
        assert!(since(r#""5 below 100""#).unwrap().draws_chooser(Some("966")), "a numbering that is not set");
    }

    #[test]
    fn numberings_are_read_as_they_are_written() {
        for text in ["966", r#""966""#, r#"["966"]"#, "[966]"] {
            let read = since(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), r#"["966"]"#, "{text}");
        }
        let two = since(r#"["966.1", "0 below 100"]"#).unwrap();
        assert_eq!(since(&serde_json::to_string(&two).unwrap()), Ok(two));
        for (bad, why) in [
            (r#"["966", "972"]"#, "same versions"),
            (r#"["0 below 100", "5 below 100"]"#, "same versions"),
            (r#"["new"]"#, "numbering"),
            (r#"["966 below x"]"#, "numbering"),
            (r#"["966 above 5"]"#, "numbering"),
            ("-1", ""),
        ] {
            assert!(since(bad).unwrap_err().contains(why), "{bad}");
        }
    }

    proptest! {
        /// The order of versions is that of their parts, whatever letters stand behind them.
        #[test]
        fn letters_say_nothing(
            one in prop::collection::vec(0..30_u64, 1..4), other in prop::collection::vec(0..30_u64, 1..4), letter in "[a-z]{0,2}",
        ) {
            let text = |parts: &[u64], letters: &str| {
                parts.iter().map(|part| format!("{part}{letters}")).collect::<Vec<_>>().join(".")
            };
            let read = |parts: &[u64], letters: &str| Version::parse(&text(parts, letters)).unwrap();
            let padded = |parts: &[u64]| [parts, &[0; 4][parts.len()..]].concat();
            prop_assert_eq!(read(&one, &letter).cmp(&read(&other, "")), padded(&one).cmp(&padded(&other)));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,30}") {
            let _ = Version::parse(&text);
            let _ = text.parse::<Numbering>();
        }
    }
}
