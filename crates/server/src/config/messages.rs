//! `[messages]`: the ways out for mail and SMS.

use super::{
    rules,
    section::{Broken, Wrong, section},
};
use crate::notify::mail::Server;
use domain::contact::MailAddress;
use lettre::message::Mailbox;

section! {
    /// Mail and SMS to users, activation codes and notices (docs/messages.md). A way that is not set here is not taken:
    /// what would go there is kept for a week, is not sent, and `countersign check` says so.
    pub struct Messages = "messages", together between {
        /// The mail server: smtps://USER@HOST, or smtp://USER@HOST with STARTTLS, without which nothing is sent unless HOST
        /// is this machine. :PORT where it is not 465 or 587; an @ in USER is %40; no USER where it wants none. Empty: no
        /// mail.
        pub mail_url: String = String::new(), is mail_server;
        /// A file with the password of USER. The environment variable COUNTERSIGN_MAIL_PASSWORD, where set, is read instead.
        pub mail_password_file: String = "/etc/countersign/mail.password".to_owned();
        /// Whom mail is from: "login@bank.example" or "Example Bank <login@bank.example>".
        pub mail_from: String = String::new();
        /// The SMS gateway's address: https, except for this machine. Empty: no SMS.
        pub sms_url: String = String::new(), is rules::secret_bearer;
        /// Messages that strangers can cause, such as activation codes and notices of wrong answers, to each contact point of a
        /// user in a day. One more says that more waits, and then none is sent. What a success, the owner or the desk causes is
        /// always sent.
        pub a_day: u32 = 20, in 3..=1000;
        /// A file with the secret that opens the gateway to this server. The environment variable COUNTERSIGN_SMS_SECRET,
        /// where set, is read instead.
        pub sms_secret_file: String = "/etc/countersign/sms.secret".to_owned();
    }
}

impl Messages {
    /// The mail server; none where no mail is sent.
    pub fn mail_server(&self) -> Option<Server> {
        Server::parse(&self.mail_url)
    }

    /// Whom mail is from. Its domain is written as mail servers take it, whatever script it is in (RFC 5890).
    pub fn sender(&self) -> Option<Mailbox> {
        let (name, address) = match self.mail_from.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, address)) => (name.trim().trim_matches('"').trim(), address),
            None => ("", self.mail_from.as_str()),
        };
        let address = MailAddress::parse(address).ok()?.as_str().parse().ok()?;
        Some(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address))
    }

    /// Whether SMS are sent.
    pub fn sends_sms(&self) -> bool {
        !self.sms_url.is_empty()
    }

    fn between(&self) -> Option<Broken> {
        let at = if self.mail_from.is_empty() { "mail_url" } else { "mail_from" };
        let reason =
            "mail_from must be a mail address, such as \"Example Bank <login@bank.example>\", where mail_url is set";
        (!self.mail_url.is_empty() && self.sender().is_none()).then(|| Broken(at, reason.to_owned()))
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

fn mail_server(url: &str) -> Option<Wrong> {
    let wanted = "smtps://USER@HOST or smtp://USER@HOST, without a password";
    (!url.is_empty() && Server::parse(url).is_none()).then(|| Wrong::Must(wanted.to_owned()))
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

    /// A name of any script goes by its ASCII form; a local part outside ASCII would need what most servers lack.
    #[test]
    fn a_sender_is_one_that_any_mail_server_takes() {
        let sender = |from: &str| {
            let text = format!("[messages]\nmail_url = \"smtp://localhost\"\nmail_from = \"{from}\"\n");
            File::parse(&text).ok()?.messages.sender().map(|sender| sender.email.to_string())
        };
        assert_eq!(sender("login@банк.example").as_deref(), Some("login@xn--80ab2al.example"));
        assert_eq!(sender("Банк <login@bank.example>").as_deref(), Some("login@bank.example"));
        for bad in
            ["логин@bank.example", "login@bank..example", "login@-bank.example", "<login@bank.example", "a b@c.d"]
        {
            assert_eq!(sender(bad), None, "{bad}");
        }
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
        let named = "[http]\npublic_url = \"https://login.b.example\"\n";
        let warned = |text: &str| File::parse(&format!("{named}{text}")).unwrap().warnings();
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
