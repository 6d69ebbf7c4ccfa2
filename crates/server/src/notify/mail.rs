//! Mail by SMTP submission (RFC 6409) to the institution's own mail server.

use super::Answer;
use domain::{Secret, Timestamp};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        self,
        authentication::Credentials,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};
use reqwest::Url;
use std::time::{Duration, UNIX_EPOCH};

/// How long a whole try may take: less than a node has a mail for itself. A server that scans a mail before it answers
/// takes its time, and who hangs up before the answer sends it twice.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where mail is submitted, as it is written in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    host: String,
    port: u16,
    tls: Wanted,
    user: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// From the first octet (RFC 8314).
    FromTheStart,
    /// By STARTTLS, or nothing is sent.
    Starttls,
    /// None: nothing leaves the machine.
    ThisMachine,
}

impl Server {
    /// Reads `smtps://USER@HOST:PORT` or `smtp://USER@HOST:PORT`. None of anything more, and of a password.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let host = url.host_str().filter(|host| !host.is_empty())?;
        let more = url.password().is_some() || url.query().is_some() || url.fragment().is_some();
        if more || !matches!(url.path(), "" | "/") {
            return None;
        }
        let (tls, port) = match url.scheme() {
            "smtps" => (Wanted::FromTheStart, 465),
            "smtp" if matches!(host, "localhost" | "127.0.0.1" | "[::1]") => (Wanted::ThisMachine, 587),
            "smtp" => (Wanted::Starttls, 587),
            _ => return None,
        };
        let user = percent_decoded(url.username())?;
        Some(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(port),
            tls,
            user: Some(user).filter(|user| !user.is_empty()),
        })
    }

    /// Whether it wants a user's password.
    pub fn wants_password(&self) -> bool {
        self.user.is_some()
    }
}

/// A user name may hold an `@`, which an address can only say as `%40`.
fn percent_decoded(text: &str) -> Option<String> {
    let pair = format!("user={}", text.replace('+', "%2B"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, user)| user.into_owned())
}

/// Why the sender does not start.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// TLS.
    #[error("TLS towards the mail server: {0}")]
    Tls(#[from] smtp::Error),
}

/// A mail.
#[derive(Debug)]
pub struct Letter<'a> {
    /// Its id: the same each time it is tried.
    pub id: &'a str,
    /// The moment of queueing: the `Date` of the mail.
    pub at: Timestamp,
    /// The recipient's address.
    pub to: &'a str,
    /// The subject; never a code.
    pub subject: &'a str,
    /// The words.
    pub text: &'a str,
}

/// The sender.
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mail {
    /// By this server, from this sender. `name`: what this machine calls itself.
    pub fn new(
        server: &Server,
        password: Option<&Secret<String>>,
        (from, name): (Mailbox, &str),
    ) -> Result<Self, MailError> {
        let tls = match server.tls {
            Wanted::FromTheStart => Tls::Wrapper(TlsParameters::new(server.host.clone())?),
            Wanted::Starttls => Tls::Required(TlsParameters::new(server.host.clone())?),
            Wanted::ThisMachine => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls)
            .hello_name(ClientId::Domain(name.to_owned()))
            .timeout(Some(PATIENCE));
        if let (Some(user), Some(password)) = (&server.user, password) {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().clone()));
        }
        Ok(Self { transport: builder.build(), from })
    }

    /// Hands over a mail.
    pub async fn send(&self, letter: &Letter<'_>) -> Answer {
        let Some(message) = self.written(letter) else { return Answer::Refused("no mail address".to_owned()) };
        match tokio::time::timeout(PATIENCE, self.transport.send(message)).await {
            Ok(Ok(_)) => Answer::Taken,
            Ok(Err(error)) => judged(&error),
            Err(_) => Answer::Later("it took too long".to_owned(), None),
        }
    }

    fn written(&self, letter: &Letter<'_>) -> Option<Message> {
        let to: Address = letter.to.parse().ok()?;
        let since = Duration::from_secs(u64::try_from(letter.at.unix_seconds()).ok()?);
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject)
            .date(UNIX_EPOCH + since)
            // The same each time, so that whoever gets it twice can tell.
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            // Nobody's out-of-office reply is wanted (RFC 3834).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.to_owned())
            .ok()
    }
}

/// What an error means. What the server said may repeat the address, so only its code is told.
fn judged(error: &smtp::Error) -> Answer {
    let Some(code) = error.status() else {
        let why = if error.is_timeout() {
            "the mail server did not answer in time"
        } else if error.is_tls() {
            "TLS towards the mail server failed"
        } else if error.is_client() {
            "the mail server does not offer what is needed: STARTTLS, or a way to log in"
        } else {
            "the mail server cannot be reached"
        };
        return Answer::Later(why.to_owned(), None);
    };
    let why = code.to_string();
    // 53x is about our login and not about the mail (RFC 4954, 6): an operator can mend it.
    if error.is_permanent() && !why.starts_with("53") { Answer::Refused(why) } else { Answer::Later(why, None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_read_with_what_it_demands() {
        let of = |text: &str| Server::parse(text).map(|s| (s.host, s.port, s.tls, s.user));
        let server =
            |host: &str, port, tls, user: Option<&str>| Some((host.to_owned(), port, tls, user.map(str::to_owned)));
        assert_eq!(of("smtps://mail.example"), server("mail.example", 465, Wanted::FromTheStart, None));
        assert_eq!(of("smtp://mail.example"), server("mail.example", 587, Wanted::Starttls, None));
        let user = Some("bank+login@mail.example");
        assert_eq!(
            of("smtp://bank+login%40mail.example@mail.example:25/"),
            server("mail.example", 25, Wanted::Starttls, user)
        );
        assert_eq!(of("smtp://localhost:25"), server("localhost", 25, Wanted::ThisMachine, None));
        assert_eq!(of("smtp://[::1]:25"), server("::1", 25, Wanted::ThisMachine, None));
        assert_eq!(of("smtp://localhost.example"), server("localhost.example", 587, Wanted::Starttls, None));
        for bad in [
            "mail.example",
            "smtp://",
            "https://mail.example",
            "smtps://user:password@mail.example",
            "smtps://mail.example/inbox",
            "smtp://mail.example?tls=none",
        ] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    #[test]
    fn nothing_that_a_user_registered_gets_into_a_header() {
        let server = Server::parse("smtp://localhost").unwrap();
        let from = || "Bank <login@bank.example>".parse().unwrap();
        let mail = Mail::new(&server, None, (from(), "login.bank.example")).unwrap();
        let at = Timestamp::from_unix_seconds(1_700_000_000);
        let written = |to, subject| mail.written(&Letter { id: "m1", at, to, subject, text: "words" });
        let good = String::from_utf8(written("alice@example.com", "About\r\nBcc: x@y.z").unwrap().formatted()).unwrap();
        assert!(good.contains("Message-ID: <m1@bank.example>\r\n"), "{good}");
        assert!(good.contains("Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"), "{good}");
        assert!(!good.contains("\r\nBcc:"), "{good}");
        for bad in ["alice", "alice@example.com\r\nBcc: x@y.z", "a@b.c, x@y.z", "<alice@example.com>", ""] {
            assert!(written(bad, "About").is_none(), "{bad}");
        }
    }

    /// What a server without STARTTLS is told: 127.0.0.2 is this machine under an address that is not taken for it.
    #[tokio::test]
    async fn nothing_is_said_in_the_clear_to_another_machine() {
        use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
        let listener = tokio::net::TcpListener::bind(("127.0.0.2", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = tokio::spawn(async move {
            let mut stream = BufReader::new(listener.accept().await.unwrap().0);
            let mut heard = Vec::new();
            stream.write_all(b"220 mail.example\r\n").await.unwrap();
            let mut line = String::new();
            while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
                heard.push(std::mem::take(&mut line).split_whitespace().next().unwrap_or_default().to_owned());
                if stream.write_all(b"250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n").await.is_err() {
                    break;
                }
            }
            heard
        });
        let server = Server::parse(&format!("smtp://bank@127.0.0.2:{port}")).unwrap();
        let password = Secret::new("canary".to_owned());
        let mail = Mail::new(&server, Some(&password), ("a@b.example".parse().unwrap(), "b.example")).unwrap();
        let at = Timestamp::from_unix_seconds(1_700_000_000);
        let answer = mail.send(&Letter { id: "m1", at, to: "alice@example.com", subject: "s", text: "canary" }).await;
        assert!(matches!(&answer, Answer::Later(why, None) if why.contains("STARTTLS")), "{answer:?}");
        let heard = heard.await.unwrap();
        assert!(heard.iter().all(|verb| matches!(verb.as_str(), "EHLO" | "QUIT")), "{heard:?}");
    }
}
