//! How an operation is listed, on pages and in programs: the kinds say what stands where, the catalogues have the words.

use crate::Amount;

/// One detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// What it is called: a key of the catalogues.
    pub key: &'static str,
    /// What it is.
    pub value: Value<'a>,
}

/// What a detail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text, to the letter.
    Text(&'a str),
    /// A debit card, by its id: whoever shows it may know its name.
    Card(&'a str),
    /// A time from the moment when it is carried out.
    Minutes(u32),
    /// A limit; none where there is none of that kind.
    Limit(Option<&'a Amount>),
    /// A word of ours: a key of the catalogues.
    Words(&'static str),
    /// A time from the moment when it is confirmed.
    Hours(u32),
    /// What one of several comes to.
    Amount(&'a Amount),
    /// Which of several what follows belongs to.
    Counted {
        /// Its number, from one.
        n: u32,
        /// How many there are.
        of: u32,
    },
}

impl<'a> Row<'a> {
    pub(crate) fn text(key: &'static str, text: &'a str) -> Self {
        Self { key, value: Value::Text(text) }
    }
}
