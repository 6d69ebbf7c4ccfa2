//! What needs two people: proposed by one, seconded by another, done. One machine for every such act.

use super::{Right, Roles};
use crate::{Timestamp, id::UserId};
use std::time::Duration;

/// How long a case waits for the second person, and then for the first to carry it out.
pub const LIFE: Duration = Duration::from_secs(86_400);

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// A temporary code for a user who has no device at hand.
    TemporaryAccess,
    /// Another password for a user who said "it wasn't me": a link goes to the mail address.
    PasswordLink,
    /// Another printed card in place of the user's, which ends once the new one is active.
    Reprint,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 3] = [Self::TemporaryAccess, Self::PasswordLink, Self::Reprint];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::TemporaryAccess => "temporary_access",
            Self::PasswordLink => "password_link",
            Self::Reprint => "reprint",
        }
    }

    /// Reads a stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }

    /// Whether the second person's word carries it out at once; else that is done later, when it is time.
    pub fn at_once(self) -> bool {
        match self {
            Self::TemporaryAccess | Self::Reprint => false,
            Self::PasswordLink => true,
        }
    }

    /// Whether whoever works at the server's machine carries it out, with a printer; else the first agent does.
    pub fn by_operator(self) -> bool {
        self == Self::Reprint
    }
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseState {
    /// It waits for a second person.
    Proposed,
    /// A second person agrees; it waits to be carried out.
    Seconded,
    /// It was carried out.
    Done,
    /// A second person, or the user, is against it.
    Rejected,
    /// Nobody acted in time.
    Lapsed,
}

impl CaseState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Proposed, Self::Seconded, Self::Done, Self::Rejected, Self::Lapsed];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Seconded => "seconded",
            Self::Done => "done",
            Self::Rejected => "rejected",
            Self::Lapsed => "lapsed",
        }
    }

    /// Reads a stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether something can still come of it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Seconded)
    }
}

/// An agent, as the machine sees one.
#[derive(Debug, Clone, Copy)]
pub struct Agent<'a> {
    /// The user.
    pub id: UserId,
    /// The person: two accounts of one person are not two people.
    pub person: &'a str,
    /// The roles as they are now.
    pub roles: &'a Roles,
}

impl Agent<'_> {
    /// Whether it is somebody else than the other one.
    fn is_another(&self, other: &Agent<'_>) -> bool {
        self.id != other.id && self.person != other.person
    }
}

/// A case, as far as it decides what may become of it.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What is to be done.
    pub act: Act,
    /// Whom it is about.
    pub user: UserId,
    /// Where it stands.
    pub state: CaseState,
    /// Who proposed it; none where that agent is one no more.
    pub first: Option<Agent<'a>>,
    /// Until when it waits in this state.
    pub until: Timestamp,
    /// The moment before which it is not carried out, though both agree: the user may object until then.
    pub not_before: Timestamp,
}

/// What is done with a case.
#[derive(Debug, Clone, Copy)]
pub enum CaseEvent<'a> {
    /// An agent agrees.
    Seconded(Agent<'a>),
    /// An agent is against it, or the first one gives it up.
    Rejected(Agent<'a>),
    /// The first agent carries it out.
    Performed(Agent<'a>),
    /// Whoever works at the server's machine carries it out, who is no agent.
    Fulfilled,
    /// The user objects.
    Vetoed,
    /// Nothing but time.
    TimePassed,
}

/// Why nothing becomes of what an agent wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CaseRefusal {
    /// It is over, or stands elsewhere.
    #[error("this case is {}", .0.name())]
    State(CaseState),
    /// The same person, or one who proposed it.
    #[error("a second person is needed")]
    SecondPersonNeeded,
    /// Only the one who proposed it carries it out.
    #[error("only the agent who proposed it carries it out")]
    NotTheFirst,
    /// It is carried out at the server's machine.
    #[error("this is carried out where cards are printed, and not at the desk")]
    NotAtTheDesk,
    /// The agent's roles, or those of the first one, do not allow it any more.
    #[error("the roles do not allow it")]
    Role,
    /// An agent is not served at their own desk.
    #[error("nobody decides about themselves")]
    OwnUser,
    /// It waits, so that the user can object.
    #[error("it waits")]
    Waits(Timestamp),
}

impl Case<'_> {
    /// What becomes of it by an event, or why nothing does.
    pub fn after(&self, event: CaseEvent<'_>, now: Timestamp) -> Result<CaseState, CaseRefusal> {
        if !self.state.is_open() {
            return Err(CaseRefusal::State(self.state));
        }
        if self.until <= now {
            return match event {
                CaseEvent::TimePassed => Ok(CaseState::Lapsed),
                _ => Err(CaseRefusal::State(CaseState::Lapsed)),
            };
        }
        match event {
            CaseEvent::TimePassed => Ok(self.state),
            CaseEvent::Vetoed => Ok(CaseState::Rejected),
            // Whoever proposed it may think better of it.
            CaseEvent::Rejected(by) if self.first.is_some_and(|first| first.id == by.id) => Ok(CaseState::Rejected),
            CaseEvent::Rejected(by) => self.judged_by(by).map(|()| CaseState::Rejected),
            CaseEvent::Seconded(by) => {
                if self.state != CaseState::Proposed {
                    return Err(CaseRefusal::State(self.state));
                }
                self.judged_by(by)?;
                if self.act.at_once() {
                    self.timely(now)?;
                    return Ok(CaseState::Done);
                }
                Ok(CaseState::Seconded)
            }
            CaseEvent::Performed(by) => {
                if self.state != CaseState::Seconded {
                    return Err(CaseRefusal::State(self.state));
                }
                let first = self.first()?;
                if self.act.by_operator() {
                    return Err(CaseRefusal::NotAtTheDesk);
                }
                if first.id != by.id {
                    return Err(CaseRefusal::NotTheFirst);
                }
                self.timely(now).map(|()| CaseState::Done)
            }
            CaseEvent::Fulfilled => {
                if self.state != CaseState::Seconded {
                    return Err(CaseRefusal::State(self.state));
                }
                self.first()?;
                if !self.act.by_operator() {
                    return Err(CaseRefusal::NotTheFirst);
                }
                self.timely(now).map(|()| CaseState::Done)
            }
        }
    }

    /// Whether this agent may say the second word.
    fn judged_by(&self, by: Agent<'_>) -> Result<(), CaseRefusal> {
        let first = self.first()?;
        match () {
            () if !by.is_another(&first) => Err(CaseRefusal::SecondPersonNeeded),
            () if by.id == self.user => Err(CaseRefusal::OwnUser),
            () if !by.roles.may(Right::Second) => Err(CaseRefusal::Role),
            () => Ok(()),
        }
    }

    /// Who proposed it, as long as that agent may still propose.
    fn first(&self) -> Result<Agent<'_>, CaseRefusal> {
        self.first.filter(|first| first.roles.may(Right::Propose)).ok_or(CaseRefusal::Role)
    }

    fn timely(&self, now: Timestamp) -> Result<(), CaseRefusal> {
        if self.not_before > now { Err(CaseRefusal::Waits(self.not_before)) } else { Ok(()) }
    }
}

/// Whether an agent may propose something about a user.
pub fn may_propose(by: Agent<'_>, user: UserId) -> Result<(), CaseRefusal> {
    match () {
        () if by.id == user => Err(CaseRefusal::OwnUser),
        () if !by.roles.may(Right::Propose) => Err(CaseRefusal::Role),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Nonce, desk::Role};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn user(n: u8) -> UserId {
        UserId::new(Timestamp::from_unix_seconds(1), &Nonce::new([n; 32]))
    }

    /// Who acts: account n of six; accounts 0 and 1 are one person's, as are 2 and 3.
    fn person(n: u8) -> String {
        format!("person-{}", n / 2)
    }

    #[derive(Debug, Clone)]
    enum Step {
        Second(u8),
        Reject(u8),
        Perform(u8),
        Fulfil,
        Veto,
        Wait(u32),
        Roles(u8, Option<Role>),
    }

    fn step() -> impl Strategy<Value = Step> {
        let role = prop_oneof![
            2 => Just(Some(Role::Agent)),
            1 => Just(Some(Role::Supervisor)),
            1 => Just(Some(Role::Depot)),
            1 => Just(Some(Role::Auditor)),
            1 => Just(None),
        ];
        prop_oneof![
            4 => (0_u8..6).prop_map(Step::Second),
            1 => (0_u8..6).prop_map(Step::Reject),
            4 => (0_u8..6).prop_map(Step::Perform),
            3 => Just(Step::Fulfil),
            1 => Just(Step::Veto),
            2 => (0_u32..90_000).prop_map(Step::Wait),
            2 => (0_u8..6, role).prop_map(|(n, role)| Step::Roles(n, role)),
        ]
    }

    proptest! {
        /// Whatever is done in whatever order: what needs two people is done only after two different people said so,
        /// neither of them the user it is about, each with the right at that moment, and not before its time.
        #[test]
        fn nothing_is_done_by_fewer_than_two_people(
            act in proptest::sample::select(Act::ALL.to_vec()),
            first in 0_u8..6,
            about in 0_u8..8,
            wait in prop_oneof![Just(0_u32), Just(86_400)],
            steps in proptest::collection::vec(step(), 0..30),
        ) {
            let mut roles: Vec<Roles> = (0..6).map(|_| Roles::of([Role::Agent])).collect();
            let mut now = Timestamp::from_unix_seconds(1_800_000_000);
            let not_before = now.plus(Duration::from_secs(u64::from(wait)));
            let (mut state, mut until) = (CaseState::Proposed, now.plus(LIFE));
            let mut agreed: BTreeSet<String> = BTreeSet::from([person(first)]);
            let names: Vec<_> = (0..6).map(person).collect();
            prop_assert_eq!(
                may_propose(Agent { id: user(first), person: &names[usize::from(first)], roles: &roles[0] }, user(about)).is_ok(),
                first != about
            );
            prop_assume!(first != about);
            for step in steps {
                let snapshot = roles.clone();
                let agent = |n: u8| Agent { id: user(n), person: &names[usize::from(n)], roles: &snapshot[usize::from(n)] };
                let case = Case { act, user: user(about), state, first: Some(agent(first)), until, not_before };
                let event = match step {
                    Step::Second(n) => CaseEvent::Seconded(agent(n)),
                    Step::Reject(n) => CaseEvent::Rejected(agent(n)),
                    Step::Perform(n) => CaseEvent::Performed(agent(n)),
                    Step::Fulfil => CaseEvent::Fulfilled,
                    Step::Veto => CaseEvent::Vetoed,
                    Step::Wait(seconds) => {
                        now = now.plus(Duration::from_secs(u64::from(seconds)));
                        CaseEvent::TimePassed
                    }
                    Step::Roles(n, role) => {
                        roles[usize::from(n)] = Roles::of(role);
                        continue;
                    }
                };
                let Ok(next) = case.after(event, now) else { continue };
                prop_assert!(state.is_open(), "an end changed");
                match event {
                    CaseEvent::Seconded(by) => {
                        prop_assert!(by.id != user(about) && by.roles.may(Right::Second));
                        agreed.insert(by.person.to_owned());
                    }
                    CaseEvent::Performed(by) => {
                        prop_assert_eq!(by.id, user(first));
                        prop_assert!(act != Act::Reprint);
                    }
                    CaseEvent::Fulfilled => prop_assert_eq!(act, Act::Reprint),
                    CaseEvent::Vetoed | CaseEvent::Rejected(_) => prop_assert_eq!(next, CaseState::Rejected),
                    CaseEvent::TimePassed => prop_assert!(next == state || next == CaseState::Lapsed),
                }
                if next == CaseState::Done {
                    prop_assert!(agreed.len() >= 2, "one person did it");
                    prop_assert!(snapshot[usize::from(first)].may(Right::Propose));
                    prop_assert!(now >= not_before);
                }
                if next == CaseState::Seconded && state != next {
                    until = not_before.max(now).plus(LIFE);
                }
                state = next;
            }
        }
    }

    #[test]
    fn names_read_back() {
        for act in Act::ALL {
            assert_eq!(Act::parse(act.name()), Some(act));
        }
        for state in CaseState::ALL {
            assert_eq!(CaseState::parse(state.name()), Some(state));
        }
    }
}
