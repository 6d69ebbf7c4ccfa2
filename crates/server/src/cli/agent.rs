//! `countersign agent …`.

use super::{output::Failure, serve::open, user::Common};
use crate::flow::desk::agent;

/// What to do with agents.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a user an agent of the secure-login desk. Only a login with a strong device opens the console.
    Add(Set),
    /// Give an agent other roles.
    Roles(Set),
    /// End an agent's roles.
    End {
        /// The username.
        username: String,
        #[command(flatten)]
        common: Common,
    },
    /// List agents, also those that are none any more.
    List {
        #[command(flatten)]
        common: Common,
    },
}

/// An agent.
#[derive(Debug, clap::Args)]
pub(crate) struct Set {
    /// The username.
    username: String,
    /// The person, as your institution names its staff: two accounts of one person never count as two people.
    #[arg(long)]
    person: String,
    /// The first name, by which customers know the agent on the telephone: their phone shows it. Without one they are shown
    /// the username.
    #[arg(long)]
    first_name: Option<String>,
    /// Roles, separated by commas: agent, supervisor, depot, auditor.
    #[arg(long)]
    roles: String,
    #[command(flatten)]
    common: Common,
}

/// An agent as it is shown.
#[derive(Debug, serde::Serialize)]
struct Shown {
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    person: String,
    roles: String,
    active: bool,
    /// Unix seconds.
    added_at: i64,
}

impl Shown {
    fn of(agent: &store::agent::Agent, username: Option<String>) -> Self {
        Self {
            username,
            person: agent.person.clone(),
            roles: agent.roles.names(),
            active: agent.ended_at.is_none(),
            added_at: agent.added_at.unix_seconds(),
        }
    }

    fn line(&self) -> String {
        let name = self.username.as_deref().unwrap_or("(gone)");
        let ended = if self.active { "" } else { "  ended" };
        format!("{name}  {}  {}{ended}", self.person, self.roles)
    }
}

pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Add(set) | Command::Roles(set) => {
            let app = open(&set.common.config)?;
            let agent = agent::set(
                &app,
                &set.username,
                agent::Set { person: &set.person, first_name: set.first_name.as_deref(), roles: &set.roles },
            )?;
            let shown = Shown::of(&agent, Some(set.username.clone()));
            set.common.output.print(&shown, &shown.line())
        }
        Command::End { username, common } => {
            let app = open(&common.config)?;
            agent::end(&app, username)?;
            let shown = serde_json::json!({ "username": username, "active": false });
            common.output.print(&shown, &format!("{username}  ended"))
        }
        Command::List { common } => {
            let app = open(&common.config)?;
            let named = |user: &store::user::User| user.username.to_string();
            let agents = agent::list(&app)?;
            let shown: Vec<_> = agents.iter().map(|(agent, user)| Shown::of(agent, user.as_ref().map(named))).collect();
            let lines: Vec<_> = shown.iter().map(Shown::line).collect();
            let text = if lines.is_empty() { "no agents".to_owned() } else { lines.join("\n") };
            common.output.print(&shown, &text)
        }
    }
}
