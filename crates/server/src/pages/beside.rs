//! The demo's guided stories: what to do, and beside it, on one page, what it is done with.

use super::{Frame, demo::PHONE};
use askama::Template;
use wire::demo::{Device, User};

/// Class of the card that a story is told with: it takes a PIN and a challenge.
const CARD: &str = "dsc-plus";

/// What a story tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Story {
    /// A login with a card.
    Card,
    /// The app is activated, and then asked.
    Phone,
    /// More is withdrawn than the phone may confirm.
    Money,
}

impl Story {
    /// All of them, in the order to try them.
    pub const ALL: [Self; 3] = [Self::Card, Self::Phone, Self::Money];

    /// The name in the page's address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Phone => "phone",
            Self::Money => "money",
        }
    }

    /// Its key in the catalogue.
    fn title(self) -> &'static str {
        match self {
            Self::Card => "demo-story-card",
            Self::Phone => "demo-story-phone",
            Self::Money => "demo-story-money",
        }
    }

    /// What to do, in order; at each stands where.
    fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Card => &["demo-story-card-1", "demo-story-card-2", "demo-story-card-3", "demo-story-card-4"],
            Self::Phone => &["demo-story-phone-1", "demo-story-phone-2", "demo-story-phone-3", "demo-story-phone-4"],
            Self::Money => &["demo-story-money-1", "demo-story-money-2", "demo-story-money-3", "demo-story-money-4"],
        }
    }

    /// Who plays it, of the sample users: with a card alone, with a phone alone, with both.
    fn player(self, users: &[User]) -> Option<&User> {
        let phone = |user: &User| user.devices.iter().any(|device| device.class == PHONE);
        let card = |user: &User| user.devices.iter().any(|device| device.class == CARD);
        users.iter().find(|user| match self {
            Self::Card => card(user) && !phone(user),
            Self::Phone => phone(user) && !card(user),
            Self::Money => phone(user) && card(user),
        })
    }
}

/// A page within the page.
struct Pane {
    /// The key of its title, which is its name too.
    title: &'static str,
    address: String,
}

/// A story, and what it is played with.
#[derive(Debug, Clone, Template)]
#[template(path = "demo/beside.html")]
pub struct Beside {
    frame: Frame,
    story: Story,
    user: User,
    brokerage_url: Option<String>,
}

impl Beside {
    /// The story of a name. None where there is no such story, or nothing to play it with: no user, no app, no brokerage.
    pub fn of(frame: Frame, name: &str, users: &[User], brokerage_url: Option<&str>, app: bool) -> Option<Self> {
        let story = Story::ALL.into_iter().find(|story| story.name() == name)?;
        let possible = match story {
            Story::Card => true,
            Story::Phone => app,
            Story::Money => brokerage_url.is_some(),
        };
        let user = story.player(users).filter(|_| possible)?.clone();
        Some(Self { frame, story, user, brokerage_url: brokerage_url.map(str::to_owned) })
    }

    /// The card of the story's player.
    fn card(&self) -> Option<&Device> {
        self.user.devices.iter().find(|device| device.class == CARD)
    }

    fn panes(&self) -> Vec<Pane> {
        let reader = || {
            let device = self.card().map_or("", |card| card.id.as_str());
            Pane { title: "demo-card", address: format!("/demo/card-reader?device={device}") }
        };
        let login = || Pane { title: "demo-pane-login", address: "/login".to_owned() };
        match self.story {
            Story::Card => vec![login(), reader()],
            Story::Phone => vec![
                Pane { title: "demo-app", address: "/app/".to_owned() },
                Pane { title: "demo-outbox", address: "/demo/outbox".to_owned() },
                login(),
            ],
            Story::Money => vec![reader()],
        }
    }
}
