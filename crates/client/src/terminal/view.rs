//! How each screen looks: the model described as rows.

use super::model::{Focus, Model, Screen};
use super::paint::{self, ACCENT, BAD, GOOD, QUIET, Row, STRONG};
use crate::first_party::Purpose;
use ratatui::Frame;
use ratatui::style::{Color, Style};
use wire::Next;

/// From here on the bar warns.
const FEW_SECONDS: u64 = 20;

/// Draws the model.
pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let hints = model.lang.t(hints(model));
    let left = format!("{} — {}", model.lang.t("product-name"), model.program);
    paint::bars(frame, &left, &model.server, &hints);
    let (title, mut rows) = screen(model);
    if let Some(notice) = &model.notice {
        let at = usize::from(matches!(rows.first(), Some(Row::Blank)));
        rows.insert(at, Row::Blank);
        rows.insert(at, Row::Text(notice.text.clone(), if notice.bad { BAD } else { GOOD }));
    }
    if model.busy {
        rows.push(Row::Text(model.lang.t("terminal-busy"), QUIET));
    }
    paint::panel(frame, &title, rows);
}

/// The keys that mean something where the keyboard is.
fn hints(model: &Model) -> &'static str {
    let sends = matches!(model.focus, Focus::Response | Focus::Button);
    match &model.screen {
        Screen::Login => "terminal-hints-login",
        Screen::Withdraw => "withdraw-hints-form",
        Screen::Answer { next: Next::Respond { .. }, .. } if sends && model.purpose == Purpose::Withdrawal => {
            "withdraw-hints-respond"
        }
        Screen::Answer { .. } if sends && model.purpose == Purpose::Withdrawal => "withdraw-hints-answer",
        Screen::Choose { open: Some(_), .. } => "terminal-hints-list",
        Screen::Choose { open: None, .. } if model.focus == Focus::Devices => "terminal-hints-choose",
        Screen::Choose { open: None, .. } => "terminal-hints-continue",
        Screen::Answer { next: Next::Respond { .. }, .. } if sends => "terminal-hints-respond",
        Screen::Answer { .. } if sends => "terminal-hints-answer",
        Screen::Answer { .. } | Screen::Wait { .. } => "terminal-hints-device",
        Screen::Ended { .. } => "terminal-hints-ended",
        Screen::SignedIn(_) | Screen::Confirmed => "terminal-hints-done",
    }
}

/// What the field is called, as on the login pages.
fn field_name(next: &Next) -> &'static str {
    match next {
        Next::CodeCard { .. } => "login-card-values",
        Next::Passcode { sent_to: Some(_), .. } => "login-sent-code",
        Next::Passcode { sent_to: None, .. } => "login-passcode",
        _ => "terminal-response",
    }
}

fn screen(model: &Model) -> (String, Vec<Row>) {
    let t = |key| model.lang.t(key);
    match &model.screen {
        Screen::Login => (t("terminal-title-login"), login(model)),
        Screen::Withdraw => (t("withdraw-title"), withdraw(model)),
        Screen::Confirmed => {
            let rows = vec![Row::Blank, Row::Text(asked_for(model, "withdraw-confirmed"), GOOD), Row::Blank];
            (t("withdraw-title"), rows.into_iter().chain([button(model, "terminal-quit"), Row::Blank]).collect())
        }
        Screen::Choose { selected, open } => (t("terminal-title-second-factor"), choose(model, *selected, *open)),
        Screen::Answer { next, response } => {
            let mut rows = device_head(model);
            rows.extend(asked(model, next));
            let focused = model.focus == Focus::Response;
            rows.push(Row::Field {
                label: t(field_name(next)),
                shown: response.shown(),
                cursor: focused.then(|| response.cursor()),
            });
            rows.push(Row::Blank);
            let login = model.purpose == Purpose::Login;
            rows.push(button(model, if login { "terminal-login-button" } else { "withdraw-confirm" }));
            rows.extend(device_foot(model));
            (t("terminal-title-second-factor"), rows)
        }
        Screen::Wait { next } => {
            let mut rows = device_head(model);
            rows.extend(waited_for(model, next));
            rows.extend(device_foot(model));
            (t("terminal-title-second-factor"), rows)
        }
        Screen::Ended { reason } => {
            let reason = Row::Text(reason.clone(), BAD);
            let rows = vec![Row::Blank, reason, Row::Blank, button(model, "terminal-start-again"), Row::Blank];
            let login = model.purpose == Purpose::Login;
            (t(if login { "terminal-title-ended" } else { "withdraw-title-ended" }), rows)
        }
        Screen::SignedIn(who) => {
            let name = model.lang.t_with("terminal-signed-in-as", &[("name", who.username.as_str().into())]);
            let rows = vec![
                Row::Blank,
                Row::Text(name, GOOD),
                Row::Blank,
                Row::Labelled { label: t("terminal-scope"), value: who.scope.clone(), style: STRONG },
                Row::Labelled { label: t("terminal-server"), value: model.server.clone(), style: STRONG },
                Row::Blank,
                button(model, "terminal-quit"),
                Row::Blank,
            ];
            (t("terminal-title-done"), rows)
        }
    }
}

fn login(model: &Model) -> Vec<Row> {
    let field = |key, focus, field: &super::field::TextField| Row::Field {
        label: model.lang.t(key),
        shown: field.shown(),
        cursor: (model.focus == focus).then(|| field.cursor()),
    };
    vec![
        Row::Blank,
        field("terminal-username", Focus::Username, &model.username),
        Row::Blank,
        field("terminal-password", Focus::Password, &model.password),
        Row::Blank,
        button(model, "terminal-login-button"),
        Row::Blank,
    ]
}

fn withdraw(model: &Model) -> Vec<Row> {
    let marks = amount::Marks::of(model.lang.tag());
    let field = |key, focus, field: &super::field::TextField| {
        let here = model.focus == focus;
        // Thousands show apart once the amount is typed.
        let shown = if focus == Focus::Amount && !here { amount::shown(field.text(), marks) } else { field.shown() };
        Row::Field { label: model.lang.t(key), shown, cursor: here.then(|| field.cursor()) }
    };
    vec![
        Row::Blank,
        field("withdraw-amount", Focus::Amount, &model.form.amount),
        Row::Blank,
        field("withdraw-name", Focus::PayeeName, &model.form.name),
        Row::Blank,
        field("withdraw-account", Focus::PayeeAccount, &model.form.account),
        Row::Blank,
        button(model, "terminal-continue"),
        Row::Blank,
    ]
}

/// The withdrawal that was asked for, in words.
fn asked_for(model: &Model, key: &str) -> String {
    let Some(order) = &model.order else { return String::new() };
    let amount = written(model, &order.amount, &order.currency);
    let to = &order.destination;
    model.lang.t_with(key, &[("amount", amount.into()), ("name", format!("{} {}", to.name, to.account).into())])
}

fn written(model: &Model, decimal: &str, currency: &str) -> String {
    amount::write(decimal, currency, amount::Marks::of(model.lang.tag()))
}

/// Devices that may not confirm so much, each with what is left for it.
fn limited(model: &Model) -> impl Iterator<Item = Row> {
    model.limited.iter().map(|device| {
        let label = device.label.as_str().into();
        let words = match &device.available {
            Some(left) => {
                let left = written(model, left, "USD").into();
                model.lang.t_with("withdraw-left", &[("device", label), ("left", left)])
            }
            None => model.lang.t_with("withdraw-may-not", &[("device", label)]),
        };
        Row::Text(words, QUIET)
    })
}

fn choose(model: &Model, selected: usize, open: Option<usize>) -> Vec<Row> {
    let labels: Vec<String> = model.devices.iter().map(|device| device.label.clone()).collect();
    // Room for the open list inside the panel.
    let room = if open.is_some() { labels.len() } else { 0 };
    let mut rows = vec![Row::Blank];
    if model.purpose == Purpose::Withdrawal {
        rows.push(Row::Text(asked_for(model, "withdraw-asked"), STRONG));
    }
    rows.extend([
        Row::Text(model.lang.t("terminal-select-device"), STRONG),
        Row::Select {
            value: labels.get(selected).cloned().unwrap_or_default(),
            focused: model.focus == Focus::Devices,
            open: open.map(|at| (labels, at)),
        },
        Row::Blank,
        button(model, "terminal-continue"),
    ]);
    rows.extend(std::iter::repeat_n(Row::Blank, room.saturating_sub(2)));
    if open.is_none() {
        rows.extend(limited(model));
    }
    rows.extend(device_foot(model));
    rows
}

fn device_head(model: &Model) -> Vec<Row> {
    let label = model.device().map(|device| device.label.clone()).unwrap_or_default();
    let mut rows = vec![Row::Blank];
    if model.purpose == Purpose::Withdrawal {
        rows.push(Row::Text(asked_for(model, "withdraw-asked"), STRONG));
    }
    rows.extend([Row::Text(label, STRONG), Row::Blank]);
    rows
}

/// What the device is to answer.
fn asked(model: &Model, next: &Next) -> Vec<Row> {
    let lang = model.lang;
    match next {
        Next::Respond { challenge, response_digits, .. } => vec![
            Row::Text(lang.t_with("terminal-respond-help", &[("n", u32::from(*response_digits).into())]), Style::new()),
            Row::Blank,
            Row::Labelled {
                label: lang.t("terminal-challenge"),
                value: challenge.clone(),
                style: ACCENT.patch(STRONG),
            },
            Row::Large(grouped(challenge)),
            Row::Blank,
        ],
        Next::CodeCard { indices: [first, second], .. } => {
            let args = [("first", (*first).into()), ("second", (*second).into())];
            vec![
                Row::Text(lang.t_with("terminal-code-card-help", &args), Style::new()),
                Row::Blank,
                Row::Labelled {
                    label: lang.t("terminal-code-card-places"),
                    value: format!("{first}  {second}"),
                    style: ACCENT.patch(STRONG),
                },
                Row::Blank,
            ]
        }
        Next::Passcode { digits, sent_to, .. } => {
            let digits = u32::from(*digits).into();
            let text = match sent_to {
                Some(to) => lang.t_with("terminal-sent-code-help", &[("n", digits), ("to", to.as_str().into())]),
                None => lang.t_with("terminal-passcode-help", &[("n", digits)]),
            };
            vec![Row::Text(text, Style::new()), Row::Blank]
        }
        _ => vec![Row::Text(lang.t("terminal-static-code-help"), Style::new()), Row::Blank],
    }
}

/// What the phone is to do.
fn waited_for(model: &Model, next: &Next) -> Vec<Row> {
    let lang = model.lang;
    match next {
        Next::Approve { number: Some(number), silent, .. } => vec![
            Row::Text(lang.t(number_help(*silent)), Style::new()),
            Row::Blank,
            Row::Labelled { label: lang.t("terminal-number"), value: number.clone(), style: ACCENT.patch(STRONG) },
            Row::Large(number.clone()),
            Row::Blank,
        ],
        Next::Qr { payload, .. } => vec![
            Row::Text(lang.t("terminal-qr-help"), Style::new()),
            Row::Blank,
            Row::Text(payload.clone(), STRONG),
            Row::Blank,
        ],
        Next::Webauthn { .. } => vec![Row::Text(lang.t("terminal-webauthn-help"), Style::new()), Row::Blank],
        Next::Approve { silent: true, .. } => {
            vec![Row::Text(lang.t("terminal-approve-silent-help"), Style::new()), Row::Blank]
        }
        _ => vec![Row::Text(lang.t("terminal-approve-help"), Style::new()), Row::Blank],
    }
}

fn number_help(silent: bool) -> &'static str {
    if silent { "terminal-approve-silent-number-help" } else { "terminal-approve-number-help" }
}

/// The links of a device's screen, and the time left.
fn device_foot(model: &Model) -> Vec<Row> {
    let mut rows = vec![Row::Blank];
    for stop in model.stops() {
        let (message, key) = match stop {
            Focus::NoNotification => ("terminal-no-notification", "F4"),
            Focus::SendNotification => ("terminal-send-notification", "F4"),
            Focus::OtherDevice => ("terminal-other-device", "F3"),
            _ => continue,
        };
        rows.push(Row::Link { label: model.lang.t(message), key, focused: model.focus == stop });
    }
    if let Some(deadline) = model.deadline {
        let left = deadline.seconds_left(model.now);
        let time = format!("{}:{:02}", left / 60, left % 60);
        let style = if left <= FEW_SECONDS { Style::new().fg(Color::LightRed) } else { Style::new().fg(Color::Green) };
        rows.push(Row::Blank);
        rows.push(Row::Bar {
            part: deadline.part_left(model.now),
            caption: model.lang.t_with("terminal-time-left", &[("time", time.into())]),
            style,
        });
    }
    rows
}

fn button(model: &Model, key: &str) -> Row {
    Row::Button { label: model.lang.t(key), focused: model.focus == Focus::Button }
}

/// Digits in threes, as people read them: `123 456`.
fn grouped(digits: &str) -> String {
    let all: Vec<char> = digits.chars().collect();
    let groups: Vec<String> = all.chunks(3).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}
