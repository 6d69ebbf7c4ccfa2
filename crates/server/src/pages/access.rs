//! What has access to a user's login besides the devices.

/// A living session.
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// Its id, sent back as `id`.
    pub id: String,
    /// The program's own name for itself.
    pub label: String,
    /// The programs that its user was let into from it.
    pub programs: Vec<String>,
    /// The moment of the login, as text of the page's language.
    pub started: String,
    /// When it was last seen, as text.
    pub last_seen: String,
    /// Whether it is the one that asks.
    pub this_one: bool,
}

impl SessionLine {
    /// The programs, in one text.
    pub(super) fn let_into(&self) -> Option<String> {
        (!self.programs.is_empty()).then(|| self.programs.join(", "))
    }
}

/// A program that keeps its access without a session.
#[derive(Debug, Clone)]
pub struct ProgramLine {
    /// The id of what it was granted, sent back as `id`.
    pub id: String,
    /// Its name, and what it calls itself.
    pub label: String,
    /// The day it was granted, as text of the page's language.
    pub since: String,
    /// When it last fetched tokens, as text.
    pub last_used: String,
}

/// A browser or program that is known for this user.
#[derive(Debug, Clone)]
pub struct MarkLine {
    /// Its id, sent back as `id`.
    pub id: String,
    /// The program's own name for itself.
    pub label: String,
    /// The day of the first login, as text of the page's language.
    pub since: String,
    /// The address of the first login, where that was noted.
    pub address: Option<String>,
    /// When it was last seen, as text.
    pub last_seen: String,
    /// Whether it is the one that asks.
    pub this_one: bool,
}

/// The section of the settings page.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Living sessions.
    pub sessions: Vec<SessionLine>,
    /// Programs that keep their access.
    pub programs: Vec<ProgramLine>,
    /// Known browsers and programs.
    pub marks: Vec<MarkLine>,
}

impl Section {
    /// Whether there is anything but the browser that asks.
    pub(super) fn has_others(&self) -> bool {
        self.sessions.iter().any(|line| !line.this_one)
            || !self.programs.is_empty()
            || self.marks.iter().any(|line| !line.this_one)
    }
}
