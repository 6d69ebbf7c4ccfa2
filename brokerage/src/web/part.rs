//! The two parts of the brokerage that a customer logs in to, each a client of its own at the issuer.

/// A part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The Client Portal.
    Portal,
    /// The Web Trader.
    Trader,
}

impl Part {
    /// As in paths and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Trader => "trader",
        }
    }

    /// Its session's cookie. Cookies ignore ports, so every program of this host needs names of its own.
    pub fn cookie(self) -> &'static str {
        match self {
            Self::Portal => "brokerage_portal",
            Self::Trader => "brokerage_trader",
        }
    }

    /// Its front page.
    pub fn home(self) -> &'static str {
        match self {
            Self::Portal => "/portal/",
            Self::Trader => "/trader/",
        }
    }
}
