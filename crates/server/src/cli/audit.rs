//! `countersign audit`: who did what, when, from where.

use super::{output::Failure, serve::open, user::Common};
use crate::flow::oidc::keys::moment;
use domain::{
    Timestamp,
    id::{AuditId, UserId},
    user::Username,
};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, time::Duration};
use store::{Error, Sql, audit::Entry};

/// What of the log is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only what is about this user.
    #[arg(long, value_name = "USERNAME")]
    user: Option<String>,
    /// Only these kinds: a name such as session.started, or its beginning, such as device. May be given again.
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    /// Only what names this client program.
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// Only the last hours.
    #[arg(long, value_name = "HOURS")]
    hours: Option<u32>,
    /// How many rows at most.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Go on before this row's id.
    #[arg(long, value_name = "ID")]
    before: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// Rows read at once.
const PAGE: u32 = 500;

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let app = open(&arguments.common.config)?;
    let name = arguments.user.as_deref().map(Username::parse).transpose()?;
    let before = arguments.before.as_deref().map(str::parse::<AuditId>).transpose();
    let before = before.map_err(|_| Failure("--before takes the id of a row, as --json shows it".to_owned()))?;
    let since = arguments.hours.map(|hours| app.now().minus(Duration::from_secs(3600) * hours));
    let wanted = Wanted {
        kinds: arguments.kinds.clone(),
        client: arguments.client.clone(),
        since,
        limit: usize::try_from(arguments.limit).unwrap_or(usize::MAX),
    };
    let rows = app.store.read_blocking(move |sql| {
        let user = match &name {
            Some(name) => Some(store::user::by_name(sql, name)?.ok_or(Unread::NoUser)?.id),
            None => None,
        };
        let entries = wanted.read(sql, user, before)?;
        named(sql, entries).map_err(Unread::from)
    })?;
    let lines: Vec<_> = rows.iter().map(Row::text).collect();
    let text = if lines.is_empty() { "nothing of that is in the log".to_owned() } else { lines.join("\n") };
    arguments.common.output.print(&rows.iter().map(Row::json).collect::<Vec<_>>(), &text)
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("there is no user of this name")]
    NoUser,
    #[error(transparent)]
    Store(#[from] Error),
}

struct Wanted {
    kinds: Vec<String>,
    client: Option<String>,
    since: Option<Timestamp>,
    limit: usize,
}

impl Wanted {
    fn read(&self, sql: &mut dyn Sql, user: Option<UserId>, before: Option<AuditId>) -> Result<Vec<Entry>, Error> {
        let (mut found, mut before) = (Vec::new(), before);
        loop {
            let page = store::audit::page(sql, user, before, PAGE)?;
            let (Some(last), whole) = (page.last().map(|entry| entry.id), page.len() < PAGE as usize) else {
                return Ok(found);
            };
            for entry in page {
                if self.since.is_some_and(|since| entry.at < since) || found.len() == self.limit {
                    return Ok(found);
                }
                if self.takes(&entry) {
                    found.push(entry);
                }
            }
            if whole {
                return Ok(found);
            }
            before = Some(last);
        }
    }

    fn takes(&self, entry: &Entry) -> bool {
        let of_kind = |kind: &String| entry.kind.strip_prefix(kind).is_some_and(|r| r.is_empty() || r.starts_with('.'));
        let of_client = |client: &String| detail(entry).get("client").and_then(Value::as_str) == Some(client);
        (self.kinds.is_empty() || self.kinds.iter().any(of_kind)) && self.client.as_ref().is_none_or(of_client)
    }
}

/// A row with the name of its user.
struct Row {
    entry: Entry,
    username: Option<String>,
}

fn named(sql: &mut dyn Sql, entries: Vec<Entry>) -> Result<Vec<Row>, Error> {
    let mut names: BTreeMap<[u8; 16], Option<String>> = BTreeMap::new();
    let mut rows = Vec::new();
    for entry in entries {
        let username = match entry.user {
            None => None,
            Some(user) => match names.get(&user.octets()) {
                Some(known) => known.clone(),
                None => {
                    let name = store::user::by_id(sql, user)?.map(|user| user.username.to_string());
                    names.insert(user.octets(), name.clone());
                    name
                }
            },
        };
        rows.push(Row { entry, username });
    }
    Ok(rows)
}

fn detail(entry: &Entry) -> Map<String, Value> {
    serde_json::from_str(&entry.detail).unwrap_or_default()
}

impl Row {
    fn json(&self) -> Value {
        json!({
            "id": self.entry.id.to_string(),
            "at": self.entry.at.unix_seconds(),
            "user": self.entry.user.map(|user| user.to_string()),
            "username": self.username,
            "kind": self.entry.kind,
            "detail": detail(&self.entry),
        })
    }

    fn text(&self) -> String {
        let who = self.username.as_deref().unwrap_or("-");
        let members: String =
            detail(&self.entry).iter().map(|(name, value)| format!("  {name}={}", plain(value))).collect();
        format!("{}  {who}  {}{members}", moment(self.entry.at), self.entry.kind)
    }
}

/// A value on one line. What others wrote is fenced: it may look like anything.
fn plain(value: &Value) -> String {
    let of_word = |c: char| c.is_ascii_alphanumeric() || "._:/@+-".contains(c);
    match value {
        Value::String(text) if !text.is_empty() && text.chars().all(of_word) => text.clone(),
        Value::String(text) => format!("{text:?}"),
        Value::Object(members) => members.values().map(plain).collect::<Vec<_>>().join(":"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: &str, detail: &str) -> Entry {
        Entry {
            user: None,
            id: [1; 16].into(),
            at: Timestamp::from_unix_seconds(1_800_000_000),
            kind: kind.to_owned(),
            detail: detail.to_owned(),
        }
    }

    #[test]
    fn a_kind_is_a_name_or_the_beginning_of_one() {
        let takes = |kind: &str, of: &str| {
            let wanted = Wanted { kinds: vec![kind.to_owned()], client: None, since: None, limit: 1 };
            wanted.takes(&entry(of, "{}"))
        };
        assert!(takes("device", "device.added") && takes("device.added", "device.added"));
        assert!(!takes("dev", "device.added") && !takes("device.added", "device"));
    }

    #[test]
    fn what_others_wrote_is_fenced() {
        let row = Row {
            entry: entry("user.locked", r#"{"a":"x\ny\u202e","by":{"is":"operator","name":"root"}}"#),
            username: None,
        };
        let text = row.text();
        assert!(text.ends_with("  -  user.locked  a=\"x\\ny\\u{202e}\"  by=operator:root"), "{text}");
        assert_eq!(text.lines().count(), 1);
    }
}
