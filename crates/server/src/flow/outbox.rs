//! Messages to users, put into words in the user's language when they are sent or shown.

use super::Refused;
use crate::{app::App, config::DeskNumber};
use domain::Timestamp;
use i18n::{Arg, Lang};
use std::sync::Arc;
use store::{Error, Sql, outbox::Message};

/// A message in words.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// When it was queued.
    pub at: Timestamp,
    /// `mail` or `sms`.
    pub channel: String,
    /// The mail address or phone number.
    pub to: String,
    /// The words.
    pub text: String,
}

/// Messages shown.
const LATEST: u32 = 100;

/// The latest messages in words, newest first.
pub async fn latest(app: &Arc<App>) -> Result<Vec<Rendered>, Refused> {
    let unit_app = Arc::clone(app);
    let rendered = app.store.read(move |sql| {
        let messages = store::outbox::latest(sql, &unit_app.sealer, LATEST)?;
        messages
            .iter()
            .filter_map(|message| render(&unit_app, sql, message).transpose())
            .collect::<Result<Vec<_>, Error>>()
    });
    Ok(rendered.await?)
}

fn render(app: &App, sql: &mut dyn Sql, message: &Message) -> Result<Option<Rendered>, Error> {
    let contact = store::contact::one(sql, &app.sealer, message.user, message.contact)?;
    let (Some(contact), Some(user)) = (contact, store::user::by_id(sql, message.user)?) else { return Ok(None) };
    let lang = Lang::parse(&user.locale).unwrap_or_default();
    Ok(Some(Rendered {
        at: message.created_at,
        channel: contact.channel.name().to_owned(),
        to: contact.address.expose().clone(),
        text: words(lang, message, &app.settings.desk),
    }))
}

/// The words of a message. Every message may name the desk, which its `$desk` gives the numbers of.
fn words(lang: Lang, message: &Message, desk: &[DeskNumber]) -> String {
    let arguments: serde_json::Value = serde_json::from_str(message.arguments.expose()).unwrap_or_default();
    let given: Vec<(&str, Arg)> = arguments
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), argument(name, value)))
        .chain([("desk", Arg::Text(numbers(desk)))])
        .collect();
    lang.t_with(&message.message, &given)
}

/// The desk's numbers behind its name, or nothing.
fn numbers(desk: &[DeskNumber]) -> String {
    let lines: Vec<_> = desk.iter().map(|one| format!("{} {}", one.country, one.phone)).collect();
    if lines.is_empty() { String::new() } else { format!(" ({})", lines.join(", ")) }
}

fn argument(name: &str, value: &serde_json::Value) -> Arg {
    match (name, value.as_i64()) {
        // Moments are stored as Unix seconds and told with their zone.
        ("until", Some(seconds)) => {
            let at = jiff::Timestamp::from_second(seconds).unwrap_or_default();
            Arg::Text(at.strftime("%Y-%m-%d %H:%M UTC").to_string())
        }
        (_, Some(number)) => Arg::Int(number),
        _ => Arg::Text(value.as_str().unwrap_or_default().to_owned()),
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
            contact: id::ContactId::new(at, nonce),
            message: key.to_owned(),
            arguments: Secret::new(arguments.to_owned()),
            created_at: at,
            sent_at: None,
        }
    }

    #[test]
    fn who_is_sent_to_the_desk_gets_its_numbers() {
        let number = |country: &str, phone: &str| DeskNumber { country: country.to_owned(), phone: phone.to_owned() };
        let desk = [number("US", "+1 555 0100"), number("RU", "+7 495 555 01 00")];
        let (calls, keeps) =
            (message("notice-not-me", "{}"), message("notice-activation-code", r#"{"code":"AAAA-2222"}"#));
        for lang in Lang::ALL {
            let said = words(lang, &calls, &desk);
            assert!(said.contains(" (US +1 555 0100, RU +7 495 555 01 00)"), "{said}");
            assert!(!words(lang, &calls, &[]).contains(['(', '{']), "{}", words(lang, &calls, &[]));
            assert!(!words(lang, &keeps, &desk).contains("555"));
        }
    }
}
