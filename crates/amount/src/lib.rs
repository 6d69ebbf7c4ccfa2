//! Amounts of money as people write and type them: one way to write them, and one rule for what a typed one means.
//!
//! Machines write `1250.50`; people read `1,250.50 USD` or `1 250,50 USD`. What people type is read by the marks of
//! their language, in the digits of any script. A separator is never dropped: it has one possible meaning, or the
//! amount is refused with a reason that can be put in words. `vectors/typed-amounts.json` holds the table that every
//! program is tested with (`web/phone/src/core/amount.ts` is the same rule for browsers).

mod read;
mod tokens;
mod write;

pub use read::{Refused, read};
pub use write::{number, shown, write};

/// How a language writes numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// Between thousands.
    pub group: char,
    /// Before the decimals.
    pub point: char,
}

impl Marks {
    /// `1,250.50`
    pub const ENGLISH: Self = Self { group: ',', point: '.' };
    /// `1 250,50`, with a no-break space.
    pub const RUSSIAN: Self = Self { group: '\u{a0}', point: ',' };

    /// Those of a language by its BCP 47 tag; English for any other than Russian.
    pub fn of(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("ru") { Self::RUSSIAN } else { Self::ENGLISH }
    }
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The currency's ISO 4217 code: it may be typed too, and no other one.
    pub currency: &'a str,
    /// Decimals of the field; 0 where it takes whole amounts only.
    pub decimals: u8,
}

/// An amount that was read: exact, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount {
    minor: u64,
    decimals: u8,
}

impl Amount {
    /// In the smallest unit of the field: cents where it has two decimals.
    pub fn minor(self) -> u64 {
        self.minor
    }
}

/// As protocols write it: `1250.50`.
impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = 10_u64.saturating_pow(u32::from(self.decimals));
        write!(f, "{}", self.minor / unit)?;
        if self.decimals > 0 {
            write!(f, ".{:0width$}", self.minor % unit, width = usize::from(self.decimals))?;
        }
        Ok(())
    }
}
