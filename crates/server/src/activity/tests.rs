use super::*;
use domain::{
    Timestamp,
    audit::{
        About, Detail,
        story::{Row, fold},
    },
};
use operation::{Amount, CardPayment, Destination, Text, Withdrawal};

fn reader(lang: Lang) -> Reader {
    Reader { lang, zone: TimeZone::get("America/New_York").unwrap() }
}

fn operation(what: What, channel: Channel) -> Operation {
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0".to_owned();
    let (client, address) = ("web".to_owned(), "192.0.2.7".to_owned());
    Operation { what, client, address, agent, message: None, channel, passkey_alone: false }
}

/// An attempt of these rows, all of one second.
fn line(kinds: &[Kind], operation: Option<Operation>) -> Line {
    let at = Timestamp::from_unix_seconds(1_795_600_000);
    let row = |(nth, kind): (u8, &Kind)| {
        let about = About { attempt: Some([1; 16].into()), ..About::default() };
        let record = Some(Record { kind: *kind, actor: None, about, detail: Detail::none() });
        Row { id: [nth; 16].into(), at, record, count: 1, since: at }
    };
    let story = fold((1..).zip(kinds).map(row)).pop().unwrap();
    Line { story, operation, device: Some("Mobile app".to_owned()), client: "Web Trader".to_owned() }
}

fn told(kinds: &[Kind], operation: &Operation) -> [String; 2] {
    Lang::ALL.map(|lang| line(kinds, Some(operation.clone())).sentence(&reader(lang)))
}

#[test]
fn a_login_is_one_sentence_with_program_and_device() {
    let login = operation(What::Login, Channel::Hosted);
    let rows = [Kind::PasswordAccepted, Kind::DeviceChosen, Kind::AnsweredWrong, Kind::Confirmed, Kind::SessionStarted];
    assert_eq!(told(&rows, &login), ["Logged in to Web Trader – Mobile app", "Вход в «Web Trader» – Mobile app"]);
    let line = line(&rows, Some(login.clone()));
    assert_eq!(line.circumstances(Lang::En), ["Firefox 153, Linux", "192.0.2.7", "after 1 wrong code"]);
    assert!(!line.alarming() && line.can_be_disowned());
    let [wrong, _] = told(&[Kind::AnsweredWrong, Kind::AnsweredWrong, Kind::PasswordAccepted], &login);
    assert_eq!(wrong, "Right password, then 2 wrong codes – Mobile app");
    let [denied, _] = told(&[Kind::Denied], &login);
    assert_eq!(denied, "You denied a login to Web Trader – Mobile app");
    let [reported, _] = told(&[Kind::Confirmed, Kind::Reported], &login);
    assert!(reported.starts_with("You reported a login to Web Trader that was not you"), "{reported}");
}

#[test]
fn money_is_told_with_amount_and_payee() {
    let withdrawal = What::Withdrawal(Withdrawal {
        amount: Amount::parse("250000.00", "USD").unwrap(),
        destination: Destination { name: Text::fenced("Alice Example"), account: Text::fenced("DE89") },
        account_id: Text::fenced("U1"),
        reference: Text::fenced("House"),
    });
    let [en, ru] = told(&[Kind::BackchannelAsked, Kind::Confirmed], &operation(withdrawal, Channel::Backchannel));
    assert_eq!(en, "Withdrawal of 250,000.00\u{a0}USD to Alice Example confirmed – Mobile app");
    assert_eq!(ru, "Вывод 250\u{a0}000,00\u{a0}USD, получатель «Alice Example»: подтверждён – Mobile app");
    let payment = What::CardPayment(CardPayment {
        merchant: Text::fenced("Café"),
        amount: Amount::parse("12.50", "EUR").unwrap(),
        card_id: Text::fenced("c"),
        declined: None,
    });
    let payment = operation(payment, Channel::Backchannel);
    let [en, _] = told(&[Kind::Denied], &payment);
    assert_eq!(en, "You denied a card payment of 12.50\u{a0}EUR to Café – Mobile app");
    let line = line(&[Kind::Confirmed], Some(payment));
    assert!(line.circumstances(Lang::En).is_empty(), "a back end's address says nothing of its user");
    assert!(!line.can_be_disowned(), "no password came before it");
}

#[test]
fn what_is_not_kept_any_more_is_told_in_fewer_words() {
    let known = line(&[Kind::Confirmed, Kind::SessionStarted], None).sentence(&reader(Lang::En));
    assert_eq!(known, "Logged in to Web Trader – Mobile app");
    let unknown = line(&[Kind::Confirmed], None);
    assert_eq!(unknown.sentence(&reader(Lang::En)), "A request from Web Trader confirmed – Mobile app");
    assert!(!unknown.can_be_disowned());
    let mut newer = line(&[Kind::Confirmed], None);
    newer.story.told.record = None;
    assert_eq!(newer.sentence(&reader(Lang::En)), "Other");
}

#[test]
fn what_happened_several_times_is_told_with_count_and_beginning() {
    let mut several = line(&[Kind::PasswordRefused], None);
    several.story.told.count = 60;
    assert_eq!(several.sentence(&reader(Lang::En)), "Wrong password: 60 times since 25 Nov 2026, 04:46\u{a0}UTC-05:00");
}
