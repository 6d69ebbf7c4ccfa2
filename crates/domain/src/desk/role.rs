//! Roles of agents, as data: what each may do at the desk. None of them sets a password, reads a secret or confirms for a
//! user, so there is no such right.

use std::collections::BTreeSet;

/// What may be done at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Right {
    /// Open the console, and find users.
    Find,
    /// See a user's page (devices, locks, contacts masked, the timeline) and cases.
    SeeUser,
    /// See which devices are to be mailed.
    SeeOrders,
    /// Note that a device was mailed, lost in the post, given up, or came back.
    Mail,
    /// See the settings in force and the registered clients.
    SeeSettings,
    /// Set a device aside, or report it lost.
    Suspend,
    /// Lift a lock that time would lift.
    Unlock,
    /// End a user's sessions.
    EndSessions,
    /// Have a device of the caller's show who calls.
    CheckCaller,
    /// Take care of a user who said "it wasn't me".
    TakeAlarm,
    /// Have a message that was given up sent again, or put it aside.
    SendAgain,
    /// Propose a case, and carry out what another agent has seconded.
    Propose,
    /// Second or reject a case of another agent.
    Second,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 13] = [
        Self::Find,
        Self::SeeUser,
        Self::SeeOrders,
        Self::Mail,
        Self::SeeSettings,
        Self::Suspend,
        Self::Unlock,
        Self::EndSessions,
        Self::CheckCaller,
        Self::TakeAlarm,
        Self::SendAgain,
        Self::Propose,
        Self::Second,
    ];

    /// Whether who has it can change something.
    pub fn changes(self) -> bool {
        !matches!(self, Self::Find | Self::SeeUser | Self::SeeOrders | Self::SeeSettings)
    }
}

/// A role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Speaks with users.
    Agent,
    /// Speaks with users, and is asked for the second word.
    Supervisor,
    /// Mails devices.
    Depot,
    /// Reads all, changes nothing.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Agent, Self::Supervisor, Self::Depot, Self::Auditor];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Depot => "depot",
            Self::Auditor => "auditor",
        }
    }

    /// Reads a stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What it may do.
    pub fn rights(self) -> &'static [Right] {
        use Right::{
            CheckCaller, EndSessions, Find, Mail, Propose, Second, SeeOrders, SeeSettings, SeeUser, SendAgain, Suspend,
            TakeAlarm, Unlock,
        };
        match self {
            Self::Agent => {
                &[Find, SeeUser, Suspend, Unlock, EndSessions, CheckCaller, TakeAlarm, SendAgain, Propose, Second]
            }
            Self::Supervisor => &[
                Find,
                SeeUser,
                SeeOrders,
                Mail,
                SeeSettings,
                Suspend,
                Unlock,
                EndSessions,
                CheckCaller,
                TakeAlarm,
                SendAgain,
                Propose,
                Second,
            ],
            Self::Depot => &[Find, SeeOrders, Mail],
            Self::Auditor => &[Find, SeeUser, SeeOrders, SeeSettings],
        }
    }
}

/// The roles of one agent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roles(BTreeSet<Role>);

impl Roles {
    /// These roles.
    pub fn of(roles: impl IntoIterator<Item = Role>) -> Self {
        Self(roles.into_iter().collect())
    }

    /// Reads names separated by commas; none when one of them is none, or there is none.
    pub fn parse(names: &str) -> Option<Self> {
        let roles: Option<BTreeSet<_>> = names.split(',').map(|name| Role::parse(name.trim())).collect();
        roles.map(Self)
    }

    /// The names, separated by commas.
    pub fn names(&self) -> String {
        self.0.iter().map(|role| role.name()).collect::<Vec<_>>().join(",")
    }

    /// Whether one of them has this right.
    pub fn may(&self, right: Right) -> bool {
        self.0.iter().any(|role| role.rights().contains(&right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_auditor_changes_nothing_and_a_name_reads_back() {
        for right in Right::ALL {
            assert!(!(right.changes() && Roles::of([Role::Auditor]).may(right)), "{right:?}");
            assert!(Role::ALL.iter().any(|role| role.rights().contains(&right)), "{right:?} is nobody's");
        }
        for role in Role::ALL {
            assert_eq!(Role::parse(role.name()), Some(role));
            assert!(role.rights().contains(&Right::Find), "{role:?} sees nothing");
        }
        let both = Roles::of([Role::Depot, Role::Agent]);
        assert_eq!(both.names(), "agent,depot");
        assert_eq!(Roles::parse(&both.names()), Some(both));
        for bad in ["", "agent,", "root", "agent,root"] {
            assert_eq!(Roles::parse(bad), None, "{bad}");
        }
    }
}
