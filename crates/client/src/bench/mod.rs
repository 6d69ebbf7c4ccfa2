//! A load generator: many users who log in at once, from the outside, with what a customer has.
//!
//! A closed loop: so many clients, each with one request under way, take users from a pile until it is empty. Every
//! login begins with a password, whose hash costs more than everything after it; so passwords are one measurement, and
//! the confirmations of the attempts that they began are another. What programs without a login form ask for is
//! measured by itself.

mod argon;
mod browser;
mod crowd;
mod figures;
mod floor;
mod pile;
mod programs;

pub use argon::Cost;
pub use figures::{Row, table};
pub use floor::Floor;
pub use programs::{BackEnd, WebProgram};

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
    /// A web program's single sign-on: an authorization request of a signed-in browser, and the code's redemption: two
    /// requests.
    CodeFlow,
    /// A back end's request (CIBA), which the phone lists and approves, and its tokens: four requests.
    Ciba,
    /// A back end's withdrawal through the institution's API, which the phone lists and approves, and that it was carried
    /// out: four requests.
    Withdrawal,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::ChallengeResponse => "challenge_response",
            Self::Seamless => "seamless",
            Self::CodeFlow => "code_flow",
            Self::Ciba => "ciba",
            Self::Withdrawal => "withdrawal",
        }
    }

    /// Whether it confirms a login that a program began with a password.
    fn follows_password(self) -> bool {
        matches!(self, Self::Password | Self::ChallengeResponse | Self::Seamless)
    }

    /// The durable units of work of each request, which the floor does too.
    pub fn units(self) -> &'static [u32] {
        match self {
            Self::Password => &[2],
            Self::ChallengeResponse => &[1, 1],
            // Waiting is noted, looked at, and looked at again when the phone has approved.
            Self::Seamless => &[1, 3, 1, 1],
            // The session's last use and the code; the tokens.
            Self::CodeFlow => &[2, 1],
            // The request; the list; the approval; the tokens.
            Self::Ciba => &[1, 1, 1, 1],
            // The request; the list; the approval; that it was carried out.
            Self::Withdrawal => &[1, 1, 1, 1],
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
    /// The OAuth client id of the logins that begin with a password.
    pub client_id: String,
    /// Who asks in [`Method::CodeFlow`].
    pub web: WebProgram,
    /// Who asks in [`Method::Ciba`] and [`Method::Withdrawal`].
    pub back_end: Option<BackEnd>,
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
    /// Nobody is there to ask from behind.
    #[error("ciba and withdrawal need a back end and its secret")]
    NoBackEnd,
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
    let behind = |method: &Method| matches!(method, Method::Ciba | Method::Withdrawal);
    if plan.methods.iter().any(behind) && plan.back_end.is_none() {
        return Err(BenchError::NoBackEnd);
    }
    let payer = match &plan.back_end {
        Some(back_end) if plan.methods.contains(&Method::Withdrawal) => {
            Some(back_end.signed_on(server).await.map_err(BenchError::WarmUp)?)
        }
        _ => None,
    };
    let common = crowd::Common::of(roster, plan, payer);
    let members = roster.users.iter().enumerate();
    let members = members.map(|(at, user)| Member::new(server, user, &common, at, clocks.unix_now));
    let mut bench = Bench { plan, clocks, members: members.collect::<Result<_, _>>()? };
    let measured = bench.measure().await;
    for (user, member) in roster.users.iter_mut().zip(bench.in_order()) {
        member.write_back(user)?;
    }
    measured
}

/// What was measured of a method, and its floor.
struct Measured {
    method: Method,
    floor: Figures,
    figures: Figures,
}

struct Bench<'a> {
    plan: &'a Plan,
    clocks: Clocks,
    members: Vec<Member>,
}

impl Bench<'_> {
    /// Whether anything begins with a password.
    fn passwords(&self) -> bool {
        self.plan.methods.iter().any(|method| method.follows_password())
    }

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
        if !self.passwords() || self.members.iter().all(Member::is_known) {
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
        let measured =
            |method: &Method| Measured { method: *method, floor: Figures::default(), figures: Figures::default() };
        let mut methods: Vec<_> = self.plan.methods.iter().map(measured).collect();
        for _ in 0..self.plan.rounds {
            if self.passwords() {
                raw.add(&argon::measure(self.plan.cost, clients, self.clocks.elapsed).await?);
            }
            for measured in &mut methods {
                if measured.method.follows_password() {
                    self.login(clients, measured, &mut passwords).await?;
                } else {
                    self.program(clients, measured).await?;
                }
            }
        }
        let mut rows = Vec::new();
        if self.passwords() {
            rows.extend([raw.row("raw Argon2id", clients, None), passwords.row("password", clients, Some(&raw))]);
        }
        for Measured { method, floor, figures } in methods.iter().filter(|of| of.method != Method::Password) {
            let below = self.plan.floor.as_ref().map(|_| floor);
            rows.extend(below.map(|floor| floor.row(&format!("floor of {}", method.name()), clients, None)));
            rows.push(figures.row(method.name(), clients, below));
        }
        Ok(rows)
    }

    /// A login of every user: the passwords, and then what confirms them.
    async fn login(
        &mut self,
        clients: usize,
        measured: &mut Measured,
        passwords: &mut Figures,
    ) -> Result<(), BenchError> {
        let (attempts, begun) = self.begin(clients).await?;
        passwords.add(&begun);
        if measured.method == Method::Password {
            self.members.extend(attempts.into_iter().map(|(member, _)| member));
            return Ok(());
        }
        self.floor(measured, clients, attempts.len()).await?;
        measured.figures.add(&self.confirm(attempts, clients, measured.method).await?);
        Ok(())
    }

    /// What a program without a login form asks for, of every user.
    async fn program(&mut self, clients: usize, measured: &mut Measured) -> Result<(), BenchError> {
        if measured.method == Method::CodeFlow {
            self.sign_in(clients).await?;
        }
        self.floor(measured, clients, self.members.len()).await?;
        let method = measured.method;
        let ask = move |member: Member| member.answer_program(method);
        measured.figures.add(&self.each(clients, ask).await?);
        Ok(())
    }

    /// Every user's browser becomes signed in. Not measured.
    async fn sign_in(&mut self, clients: usize) -> Result<(), BenchError> {
        let errors = self.each(clients, Member::sign_in).await?.errors();
        if errors.is_empty() { Ok(()) } else { Err(BenchError::WarmUp(errors.join(", "))) }
    }

    /// The same work for every user.
    async fn each<W, F>(&mut self, clients: usize, work: W) -> Result<Figures, BenchError>
    where
        W: Fn(Member) -> F + Copy + Send + 'static,
        F: Future<Output = (Member, Result<(), String>)> + Send,
    {
        let members = std::mem::take(&mut self.members);
        let (done, figures) = pile::work(members, clients, work, self.clocks.elapsed).await?;
        self.members.extend(done.into_iter().map(|(member, _)| member));
        Ok(figures)
    }

    async fn floor(&self, measured: &mut Measured, clients: usize, operations: usize) -> Result<(), BenchError> {
        if let Some(server) = &self.plan.floor {
            let units = measured.method.units();
            measured.floor.add(&server.measure(units, (clients, operations), self.clocks.elapsed).await?);
        }
        Ok(())
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
