//! `[messages]`: the ways out for mail and SMS.

use super::{ConfigError, rules::may_carry_a_secret, section::section, setting_line};
use crate::notify::mail::Server;
use lettre::message::Mailbox;

section! {
    /// Mail and SMS to users, activation codes and notices (docs/messages.md). A way that is not set here is not taken:
    /// what would go there is kept for a week, is not sent, and `countersign check` says so.
    pub struct Messages = "messages" {
        /// The mail server: smtps://USER@HOST, or smtp://USER@HOST with STARTTLS, without which nothing is sent unless HOST
        /// is this machine. :PORT where it is not 465 or 587; an @ in USER is %40; no USER where it wants none. Empty: no
        /// mail.
        pub mail_url: String = String::new(),
        /// A file with the password of USER. The environment variable COUNTERSIGN_MAIL_PASSWORD, where set, is read instead.
        pub mail_password_file: String = "/etc/countersign/mail.password".to_owned(),
        /// Whom mail is from: "login@bank.example" or "Example Bank <login@bank.example>".
        pub mail_from: String = String::new(),
        /// The SMS gateway's address: https, except for this machine. Empty: no SMS.
        pub sms_url: String = String::new(),
        /// A file with the secret that opens the gateway to this server. The environment variable COUNTERSIGN_SMS_SECRET,
        /// where set, is read instead.
        pub sms_secret_file: String = "/etc/countersign/sms.secret".to_owned(),
    }
}

impl Messages {
    /// The mail server; none where no mail is sent.
    pub fn mail_server(&self) -> Option<Server> {
        Server::parse(&self.mail_url)
    }

    /// Whom mail is from.
    pub fn sender(&self) -> Option<Mailbox> {
        self.mail_from.parse().ok()
    }

    /// Whether SMS are sent.
    pub fn sends_sms(&self) -> bool {
        !self.sms_url.is_empty()
    }

    /// What is wrong with the section.
    pub(super) fn problems(&self, text: &str) -> Vec<ConfigError> {
        let mail = !self.mail_url.is_empty();
        let server = "mail_url must be smtps://USER@HOST or smtp://USER@HOST, without a password";
        let from =
            "mail_from must be a mail address, such as \"Example Bank <login@bank.example>\", where mail_url is set";
        let rules = [
            (!mail || self.mail_server().is_some(), "mail_url", server),
            (!mail || self.sender().is_some(), if self.mail_from.is_empty() { "mail_url" } else { "mail_from" }, from),
            (
                !self.sends_sms() || may_carry_a_secret(&self.sms_url),
                "sms_url",
                "sms_url must be https://…, or http://… of this machine",
            ),
        ];
        let broken = rules.into_iter().filter(|(holds, ..)| !holds);
        broken.map(|(_, name, why)| ConfigError::new(setting_line(text, name), why.to_owned())).collect()
    }

    /// What an operator should know that is no error.
    pub(super) fn warnings(&self) -> Vec<String> {
        let ways = [(self.mail_url.is_empty(), "mail", "mail_url"), (!self.sends_sms(), "SMS", "sms_url")];
        let missing = ways.into_iter().filter(|(missing, ..)| *missing);
        missing
            .map(|(_, way, name)| {
                format!("messages.{name} is not set: activation codes and notices by {way} are kept and not sent")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::config::File;

    fn errors(text: &str) -> Vec<String> {
        File::parse(text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn mail_needs_a_server_and_a_sender() {
        let mail =
            |url: &str, from: &str| errors(&format!("[messages]\nmail_url = \"{url}\"\nmail_from = \"{from}\"\n"));
        for from in ["login@bank.example", "Example Bank <login@bank.example>", "Банк <login@bank.example>"] {
            assert_eq!(mail("smtps://bank@mail.example", from), Vec::<String>::new(), "{from}");
        }
        assert!(mail("mail.example", "login@bank.example")[0].starts_with("line 2: mail_url must be"));
        assert!(mail("smtps://a:b@mail.example", "login@bank.example")[0].starts_with("line 2: mail_url must be"));
        assert!(mail("smtps://mail.example", "login")[0].starts_with("line 3: mail_from must be"));
        assert!(errors("[messages]\nmail_url = \"smtp://localhost\"\n")[0].starts_with("line 2: mail_from must be"));
    }

    #[test]
    fn codes_go_to_nobody_who_could_be_listened_to() {
        let sms = |url: &str| errors(&format!("[messages]\nsms_url = \"{url}\"\n"));
        assert_eq!(sms("https://sms.example/send"), Vec::<String>::new());
        assert_eq!(sms("http://127.0.0.1:9000/send"), Vec::<String>::new());
        assert!(sms("http://sms.example/send")[0].starts_with("line 2: sms_url must be"));
    }

    #[test]
    fn what_is_not_sent_is_said() {
        let warned = |text: &str| File::parse(text).unwrap().warnings();
        let [mail, sms, desk] = &warned("")[..] else { panic!("{:?}", warned("")) };
        assert!(mail.starts_with("messages.mail_url is not set") && sms.starts_with("messages.sms_url is not set"));
        assert!(desk.starts_with("institution.desk_mail is not set"), "{desk}");
        let sends = "[messages]\nmail_url = \"smtp://localhost\"\nmail_from = \"a@b.example\"\n\
             sms_url = \"https://sms.example\"\n[institution]\ndesk_mail = \"desk@b.example\"\n";
        assert_eq!(warned(sends), Vec::<String>::new());
        let unsent = &warned("[institution]\ndesk_mail = \"desk@b.example\"\n")[2];
        assert!(unsent.starts_with("institution.desk_mail is set, but no mail is sent"), "{unsent}");
    }
}
