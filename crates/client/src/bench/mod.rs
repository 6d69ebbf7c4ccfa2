//! A load generator: many users who log in at once, from the outside, with what a customer has.
//!
//! A closed loop: so many clients, each with one request under way, take users from a pile until it is empty. Every
//! login begins with a password, whose hash costs more than everything after it; so passwords are one measurement, and
//! the confirmations of the attempts that they began are another.

mod argon;
mod crowd;
mod figures;
mod floor;
mod pile;

pub use argon::Cost;
pub use figures::{Row, table};
pub use floor::Floor;

use crate::first_party::{self, Server, Session};
use crate::phone::PhoneError;
use crowd::Member;
use figures::Figures;
use std::time::Duration;
use wire::roster::Roster;

/// How users confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Method {
    /// The first request alone.
    Password,
    /// Choosing the card and answering its challenge: two requests.
    ChallengeResponse,
    /// Choosing the phone and waiting, while the phone lists what awaits it and approves: four requests.
    Seamless,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::ChallengeResponse => "challenge_response",
            Self::Seamless => "seamless",
        }
    }

    /// The durable units of work of each request of a confirmation.
    fn units(self) -> &'static [u32] {
        match self {
            Self::Password => &[2],
            Self::ChallengeResponse => &[1, 1],
            // Waiting is noted, looked at, and looked at again when the phone has approved.
            Self::Seamless => &[1, 3, 1, 1],
        }
    }
}

/// What is measured.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Clients at once, a measurement for each number.
    pub clients: Vec<usize>,
    /// How often every user confirms by each method in a measurement.
    pub rounds: u32,
    /// The methods.
    pub methods: Vec<Method>,
    /// The cost of a raw password hash, to compare with.
    pub cost: Cost,
    /// A bare server to compare with.
    pub floor: Option<Floor>,
    /// The OAuth client id.
    pub client_id: String,
}

/// What a measurement takes from the machine.
#[derive(Debug, Clone, Copy)]
pub struct Clocks {
    /// The monotonic clock.
    pub elapsed: fn() -> Duration,
    /// The wall clock, Unix seconds.
    pub unix_now: fn() -> u64,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The server.
    #[error(transparent)]
    Server(#[from] first_party::Error),
    /// A phone of the roster.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// A card of the roster.
    #[error("the roster's card of {0} takes no challenge")]
    Card(String),
    /// Users could not be made known to the server.
    #[error("the users could not log in: {0}")]
    WarmUp(String),
    /// The cost of the raw hash.
    #[error("Argon2 does not know such a cost")]
    Cost,
    /// A task was lost.
    #[error(transparent)]
    Lost(#[from] tokio::task::JoinError),
}

/// Measures. Gives the rows of the table; the roster's counters, tokens and marks have moved on, whatever the outcome.
///
/// # Errors
/// [`BenchError`] when there is nothing to measure; operations that fail are counted in their row.
pub async fn run(plan: &Plan, server: &Server, roster: &mut Roster, clocks: Clocks) -> Result<Vec<Row>, BenchError> {
    let secrets = crowd::Secrets::of(roster, &plan.client_id);
    let members = roster.users.iter().enumerate();
    let members = members.map(|(at, user)| Member::new(server, user, &secrets, at, clocks.unix_now));
    let mut bench = Bench { plan, clocks, members: members.collect::<Result<_, _>>()? };
    let measured = bench.measure().await;
    for (user, member) in roster.users.iter_mut().zip(bench.in_order()) {
        member.write_back(user)?;
    }
    measured
}

struct Bench<'a> {
    plan: &'a Plan,
    clocks: Clocks,
    members: Vec<Member>,
}

impl Bench<'_> {
    async fn measure(&mut self) -> Result<Vec<Row>, BenchError> {
        self.warm_up().await?;
        let mut rows = Vec::new();
        for clients in self.plan.clients.clone() {
            rows.extend(self.level(clients).await?);
        }
        Ok(rows)
    }

    /// Every user's program becomes known, as most are in practice. Not measured.
    async fn warm_up(&mut self) -> Result<(), BenchError> {
        if self.members.iter().all(Member::is_known) {
            return Ok(());
        }
        let clients = self.plan.clients.first().copied().unwrap_or(1);
        let (attempts, begun) = self.begin(clients).await?;
        let confirmed = self.confirm(attempts, clients, Method::ChallengeResponse).await?;
        let errors = [begun.errors(), confirmed.errors()].concat();
        if errors.is_empty() { Ok(()) } else { Err(BenchError::WarmUp(errors.join(", "))) }
    }

    async fn level(&mut self, clients: usize) -> Result<Vec<Row>, BenchError> {
        let [mut raw, mut passwords] = [Figures::default(), Figures::default()];
        let mut confirmed: Vec<_> =
            self.plan.methods.iter().map(|method| (*method, Figures::default(), Figures::default())).collect();
        for _ in 0..self.plan.rounds {
            raw.add(&argon::measure(self.plan.cost, clients, self.clocks.elapsed).await?);
            for (method, floor, figures) in &mut confirmed {
                let (attempts, begun) = self.begin(clients).await?;
                passwords.add(&begun);
                if *method == Method::Password {
                    self.members.extend(attempts.into_iter().map(|(member, _)| member));
                    continue;
                }
                if let Some(server) = &self.plan.floor {
                    floor.add(&server.measure(method.units(), (clients, attempts.len()), self.clocks.elapsed).await?);
                }
                figures.add(&self.confirm(attempts, clients, *method).await?);
            }
        }
        let mut rows = vec![raw.row("raw Argon2id", clients, None), passwords.row("password", clients, Some(&raw))];
        for (method, floor, figures) in &confirmed {
            if *method == Method::Password {
                continue;
            }
            let below = self.plan.floor.as_ref().map(|_| floor);
            rows.extend(below.map(|floor| floor.row(&format!("floor of {}", method.name()), clients, None)));
            rows.push(figures.row(method.name(), clients, below));
        }
        Ok(rows)
    }

    /// The password step of every user.
    async fn begin(&mut self, clients: usize) -> Result<(Vec<(Member, Session)>, Figures), BenchError> {
        let members = std::mem::take(&mut self.members);
        let (done, figures) = pile::work(members, clients, Member::begin, self.clocks.elapsed).await?;
        let mut attempts = Vec::with_capacity(done.len());
        for (member, session) in done {
            match session {
                Some(session) => attempts.push((member, session)),
                None => self.members.push(member),
            }
        }
        Ok((attempts, figures))
    }

    async fn confirm(
        &mut self,
        attempts: Vec<(Member, Session)>,
        clients: usize,
        method: Method,
    ) -> Result<Figures, BenchError> {
        let confirm = move |(member, session): (Member, Session)| member.confirm(session, method);
        let (done, figures) = pile::work(attempts, clients, confirm, self.clocks.elapsed).await?;
        self.members.extend(done.into_iter().map(|(member, _)| member));
        Ok(figures)
    }

    fn in_order(mut self) -> Vec<Member> {
        self.members.sort_by_key(Member::place);
        self.members
    }
}
