//! What is in force: every setting with the value that holds, for whoever has to answer for it.

/// A section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name in the file.
    pub name: &'static str,
    /// Its settings.
    pub rows: Vec<Row>,
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name in the file.
    pub name: &'static str,
    /// The value that holds, as TOML.
    pub value: String,
    /// Whether that is the default.
    pub is_default: bool,
    /// What it is for, as the sample says it.
    pub about: String,
}

/// A section that can say what holds.
pub(crate) trait InForce {
    /// Its settings.
    fn in_force(&self) -> Table;
}

/// A value without what an address may have in it to prove who calls: the part before the host, and the query.
pub(crate) fn harmless(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let (place, end) = rest.split_once('?').map_or((rest, ""), |(place, _)| (place, "?…\""));
    let host = place.split_once('@').map_or(place, |(_, host)| host);
    format!("{scheme}://{host}{end}")
}

#[cfg(test)]
mod tests {
    use super::harmless;
    use crate::config::File;

    #[test]
    fn what_is_set_is_told_from_what_is_not_and_no_secret_is_shown() {
        let file = File::parse(
            "[messages]\nmail_url = \"smtps://bot@mail.example:465\"\nmail_from = \"login@bank.example\"\n\
             [store]\nurl = \"postgres://app:canary@db.example/auth\"\n[lockout]\nuser_failures = 7\n",
        );
        let tables = file.unwrap().in_force();
        assert!(!format!("{tables:?}").contains("canary"), "{tables:?}");
        let row = |table: &str, name: &str| {
            let table = tables.iter().find(|one| one.name == table).unwrap();
            table.rows.iter().find(|row| row.name == name).unwrap().clone()
        };
        let failures = row("lockout", "user_failures");
        assert_eq!((failures.value.as_str(), failures.is_default), ("7", false));
        assert_eq!(row("messages", "mail_url").value, "\"smtps://mail.example:465\"");
        assert_eq!(harmless("\"https://u:canary@sms.example/send?key=canary\""), "\"https://sms.example/send?…\"");
        assert!(row("login", "life").is_default && !row("login", "life").about.is_empty());
    }
}
