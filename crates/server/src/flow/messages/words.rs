//! A message in the words and the language of whom it goes to.

use crate::{app::App, config::DeskNumber};
use domain::{
    Timestamp,
    id::{ContactId, UserId},
};
use i18n::{Arg, Lang};
use operation::Text;
use store::{
    Error, Sql,
    contact::{Channel, Contact},
    outbox::Message,
};

/// Most characters of an argument of a message; an address with a code in it is the longest.
const LONGEST: usize = 2000;

/// A message in words.
pub struct Rendered {
    /// When it was queued.
    pub at: Timestamp,
    /// How it is sent.
    pub channel: Channel,
    /// The mail address or phone number.
    pub to: String,
    /// The language.
    pub lang: Lang,
    /// What it is about, for a mail. Never a code: screens show subjects to whoever passes by.
    pub subject: String,
    /// The words.
    pub text: String,
}

/// Puts it into words; none when whom it goes to is gone.
pub fn render(app: &App, sql: &mut dyn Sql, message: &Message) -> Result<Option<Rendered>, Error> {
    let (channel, to, lang) = match (message.contact, &app.settings.desk_mail) {
        (Some(contact), _) => {
            let contact = contact_of(app, sql, message.user, contact)?;
            let user = store::user::by_id(sql, message.user)?;
            let (Some(contact), Some(user)) = (contact, user) else { return Ok(None) };
            (contact.channel, contact.address.expose().clone(), Lang::parse(&user.locale).unwrap_or_default())
        }
        (None, Some(desk)) => (Channel::Mail, desk.address.clone(), desk.lang),
        (None, None) => return Ok(None),
    };
    let text = words(lang, message, &app.settings.desk);
    let subject = lang.t_with(subject(&message.message), &[("product", app.settings.product.as_str().into())]);
    Ok(Some(Rendered { at: message.created_at, channel, to, lang, subject, text }))
}

/// A contact point, or what is to become one.
pub fn contact_of(app: &App, sql: &mut dyn Sql, user: UserId, id: ContactId) -> Result<Option<Contact>, Error> {
    let known = store::contact::one(sql, &app.sealer, user, id)?;
    if known.is_some() {
        return Ok(known);
    }
    Ok(store::contact_wish::one(sql, &app.sealer, user, id)?.and_then(|wish| wish.contact()))
}

fn subject(message: &str) -> &'static str {
    match message {
        "notice-activation-code" | "notice-sent-code" | "notice-sent-code-for" => "mail-subject-code",
        "notice-contact-code" => "mail-subject-contact",
        "notice-password-link" | "notice-invitation" => "mail-subject-password",
        "desk-report-login" | "desk-report-request" | "desk-report-activity" => "mail-subject-desk",
        _ => "mail-subject-notice",
    }
}

/// The words of a message. Every message may name the desk, which its `$desk` gives the numbers of.
fn words(lang: Lang, message: &Message, desk: &[DeskNumber]) -> String {
    let arguments: serde_json::Value = serde_json::from_str(message.arguments.expose()).unwrap_or_default();
    let given: Vec<(&str, Arg)> = arguments
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), argument(lang, name, value)))
        .chain([("desk", Arg::Text(numbers(desk)))])
        .collect();
    lang.t_with(&message.message, &given)
}

/// The desk's numbers behind its name, or nothing.
fn numbers(desk: &[DeskNumber]) -> String {
    let lines: Vec<_> = desk.iter().map(|one| format!("{} {}", one.country, one.phone)).collect();
    if lines.is_empty() { String::new() } else { format!(" ({})", lines.join(", ")) }
}

fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or_default().strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn argument(lang: Lang, name: &str, value: &serde_json::Value) -> Arg {
    match (name, value.as_i64()) {
        // Moments are stored as Unix seconds and told with their zone.
        ("until" | "at", Some(seconds)) => Arg::Text(moment(seconds)),
        // A browser that we know no name of: what it calls itself is not said in our voice.
        ("program", None) if value.is_null() => Arg::Text(lang.t("notice-unknown-browser")),
        ("device", None) if value.is_object() => Arg::Text(device(lang, value)),
        ("what", None) => Arg::Text(lang.t(operation(value.as_str().unwrap_or_default()))),
        (_, Some(number)) => Arg::Int(number),
        // Labels of devices and names of programs are others' words: none reorders or hides what a message says.
        _ => Arg::Text(value.as_str().map(fenced).unwrap_or_default()),
    }
}

/// A device by its class, and by what tells it from others of that: the end of its serial number, or when it was last used.
fn device(lang: Lang, device: &serde_json::Value) -> String {
    let text = |member: &str| device.get(member).and_then(serde_json::Value::as_str).map(fenced).unwrap_or_default();
    let (class, serial) = (text("class"), text("serial"));
    match device.get("used").and_then(serde_json::Value::as_i64) {
        _ if !serial.is_empty() => {
            lang.t_with("notice-device-serial", &[("class", class.into()), ("serial", serial.into())])
        }
        Some(used) => lang.t_with("notice-device-used", &[("class", class.into()), ("at", moment(used).into())]),
        None => class,
    }
}

fn fenced(text: &str) -> String {
    if text.is_empty() { String::new() } else { Text::<LONGEST>::fenced(text).into() }
}

/// The words for the stable name of what was asked.
fn operation(name: &str) -> &'static str {
    match name {
        "withdrawal" | "withdrawal_batch" => "desk-what-withdrawal",
        "card_payment" => "desk-what-card-payment",
        "card_preauthorisation" => "desk-what-card-preauthorisation",
        "phone_activation" => "desk-what-phone-activation",
        "limit_change" => "desk-what-limit-change",
        "two_devices_change" => "desk-what-two-devices-change",
        "transfer_lock_open" => "desk-what-transfer-lock-open",
        "password_change" => "desk-what-password-change",
        "password_reset" => "desk-what-password-reset",
        "number_recovery" => "desk-what-number-recovery",
        "news_acknowledgement" => "desk-what-news-acknowledgement",
        "phone_move" => "desk-what-phone-move",
        "contact_change" => "desk-what-contact-change",
        "passkey_addition" => "desk-what-passkey-addition",
        _ => "desk-what-login",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Nonce, Secret, id};

    fn message(key: &str, arguments: &str) -> Message {
        let (at, nonce) = (Timestamp::from_unix_seconds(0), &Nonce::new([7; 32]));
        Message {
            user: id::UserId::new(at, nonce),
            id: id::MessageId::new(at, nonce),
            contact: Some(id::ContactId::new(at, nonce)),
            message: key.to_owned(),
            arguments: Secret::new(arguments.to_owned()),
            created_at: at,
            until: None,
            sent_at: None,
            failed: None,
        }
    }

    #[test]
    fn who_is_sent_to_the_desk_gets_its_numbers() {
        let number = |country: &str, phone: &str| DeskNumber { country: country.to_owned(), phone: phone.to_owned() };
        let desk = [number("US", "+1 555 0100"), number("RU", "+7 495 555 01 00")];
        let (calls, keeps) =
            (message("notice-not-me", "{}"), message("notice-activation-code", r#"{"code":"AAAA-2222","minutes":10}"#));
        for lang in Lang::ALL {
            let said = words(lang, &calls, &desk);
            assert!(said.contains(" (US +1 555 0100, RU +7 495 555 01 00)"), "{said}");
            assert!(!words(lang, &calls, &[]).contains(['(', '{']), "{}", words(lang, &calls, &[]));
            assert!(!words(lang, &keeps, &desk).contains("555"));
        }
    }

    #[test]
    fn a_moment_and_an_operation_are_told_in_words() {
        let arguments = r#"{"username":"alice","user":"u","what":"withdrawal","client":"Portal","address":"192.0.2.1",
            "attempt":"a","at":1700000000}"#;
        for (lang, what) in [(Lang::En, "a withdrawal"), (Lang::Ru, "вывод средств")] {
            let text = words(lang, &message("desk-report-request", arguments), &[]);
            for told in ["alice", "Portal", "192.0.2.1", "2023-11-14 22:13 UTC", what] {
                assert!(text.contains(told), "{told}: {text}");
            }
        }
    }
}
