//! Durations as people write them: `180s`, `15m`, `24h`, `400d`.

use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// A duration of whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(Duration);

const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Span {
    /// From seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The duration.
    pub fn duration(self) -> Duration {
        self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let (_, seconds) = UNITS.into_iter().find(|(letter, _)| unit.starts_with(*letter))?;
        let number: u64 = number.parse().ok()?;
        number.checked_mul(seconds).filter(|s| *s > 0).map(Self::seconds)
    }
}

impl From<Duration> for Span {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.0.as_secs();
        let unit = UNITS.into_iter().find(|(_, unit)| seconds.is_multiple_of(*unit)).unwrap_or(('s', 1));
        write!(f, "{}{}", seconds / unit.1, unit.0)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom("a duration is a whole number above zero and s, m, h or d, such as \"15m\"")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in [("180s", 180), ("15m", 900), ("24h", 86_400), ("400d", 34_560_000)] {
            assert_eq!(Span::parse(text), Some(Span::seconds(seconds)), "{text}");
        }
        assert_eq!(Span::seconds(180).to_string(), "3m");
        assert_eq!(Span::seconds(90).to_string(), "90s");
        for bad in ["", "s", "15", "1.5h", "-1s", "0s", "15 m", "1w", "99999999999999999999d", "5м"] {
            assert_eq!(Span::parse(bad), None, "{bad}");
        }
    }
}
