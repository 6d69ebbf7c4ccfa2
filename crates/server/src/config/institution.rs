//! What the institution says about itself.

use super::{
    rules,
    section::{Wrong, section},
};
use domain::contact::MailAddress;
use i18n::Lang;
use jiff::tz::TimeZone;

section! {
    /// The institution behind this server.
    pub struct Institution = "institution" {
        /// The IANA name of its time zone: a day of a limit and the weekly end of app sessions are days there.
        pub zone: String = "America/New_York".to_owned(), is zone;
        /// Where the phone app's Trade button leads, with `view=trade` (log in at once: the app's session is known there) or
        /// `view=read-only` (look without a login) in its query; empty where there is nothing to trade.
        pub trade_url: String = String::new(), is rules::web_page;
        /// Telephone numbers of the secure-login desk, each a country (ISO 3166-1 alpha-2) and a number: "US +1 555 0100".
        pub desk: Vec<String> = Vec::new(), is desk;
        /// The mail address of the desk: it is told at once when a user says "it wasn't me", as users are promised. Empty:
        /// nobody is told, and only the audit log and the log know.
        pub desk_mail: String = String::new(), is rules::mail_address;
        /// The desk's language: en or ru.
        pub desk_language: String = "en".to_owned(), is language;
    }
}

/// Where the desk reads mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskMail {
    /// The address.
    pub address: String,
    /// The language.
    pub lang: Lang,
}

/// A telephone number of the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskNumber {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// As it is dialled from abroad.
    pub phone: String,
}

impl Institution {
    /// The zone, as the system's time zone database knows it.
    pub fn time_zone(&self) -> Option<TimeZone> {
        TimeZone::get(&self.zone).ok()
    }

    /// The desk's numbers, read.
    pub fn desk_numbers(&self) -> Vec<DeskNumber> {
        self.desk.iter().filter_map(|line| read(line)).collect()
    }

    /// Where the desk reads mail; none where it does not.
    pub fn desk_mail(&self) -> Option<DeskMail> {
        let lang = Lang::parse(&self.desk_language).unwrap_or_default();
        MailAddress::parse(&self.desk_mail).ok().map(|address| DeskMail { address: address.to_string(), lang })
    }

    /// What an operator should know about the desk.
    pub(super) fn warning(&self, mail_is_sent: bool) -> Option<String> {
        let promise = "the desk is not told when a user says \"it wasn't me\"";
        match (self.desk_mail.is_empty(), mail_is_sent) {
            (true, _) => Some(format!("institution.desk_mail is not set: {promise}")),
            (false, false) => Some(format!("institution.desk_mail is set, but no mail is sent: {promise}")),
            (false, true) => None,
        }
    }
}

fn zone(name: &str) -> Option<Wrong> {
    let unknown = TimeZone::get(name).is_err();
    unknown.then(|| Wrong::Not(name.to_owned(), "a zone of the time zone database"))
}

fn desk(lines: &[String]) -> Vec<Wrong> {
    let bad = lines.iter().filter(|line| read(line).is_none());
    bad.map(|line| Wrong::Not(line.clone(), "a country and a number, such as \"US +1 555 0100\"")).collect()
}

fn language(tag: &str) -> Option<Wrong> {
    Lang::parse(tag).is_none().then(|| Wrong::Not(tag.to_owned(), "one of en, ru"))
}

fn read(line: &str) -> Option<DeskNumber> {
    let (country, phone) = line.split_once(' ')?;
    let phone = phone.trim();
    let country_fits = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
    let phone_fits = phone.starts_with('+') && phone.bytes().all(|b| b.is_ascii_digit() || b"+ -()".contains(&b));
    (country_fits && phone_fits).then(|| DeskNumber { country: country.to_owned(), phone: phone.to_owned() })
}

#[cfg(test)]
mod tests {
    use crate::config::File;

    fn errors(text: &str) -> Vec<String> {
        File::parse(text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn bad_settings_are_named() {
        assert!(errors("[institution]\nzone = \"Mars/Olympus\"\n")[0].starts_with("line 2: zone: \"Mars/Olympus\""));
        assert!(errors("[institution]\ntrade_url = \"http://trader.example/\"\n")[0].starts_with("line 2: trade_url"));
        assert!(errors("[institution]\ndesk = [\"+1 555 0100\"]\n")[0].starts_with("line 2: desk: \"+1 555 0100\""));
        assert!(errors("[institution]\ndesk_mail = \"desk\"\n")[0].starts_with("line 2: desk_mail: \"desk\" is not"));
        assert!(errors("[institution]\ndesk_language = \"de\"\n")[0].starts_with("line 2: desk_language"));
        let good = "[institution]\nzone = \"Europe/Berlin\"\ndesk = [\"US +1 555 0100\"]\ntrade_url = \"https://t.example/trader\"\n";
        let file = File::parse(good).unwrap();
        assert_eq!(file.institution.desk_numbers()[0].country, "US");
    }
}
