//! What each key and each answer changes: `(model, event) → effects`, nothing else.

use super::field::TextField;
use super::model::{Effect, Event, Focus, Model, Notice, Screen};
use super::{CHALLENGE_RESPONSE, SEAMLESS};
use crate::first_party::Purpose;
use crate::withdrawal::{self, Order};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::time::Duration;
use wire::{Next, api::withdrawal::Destination};
use zeroize::Zeroizing;

/// What a withdrawal's amount is in.
const CURRENCY: &str = "USD";

/// Acts on `event`. `now` is the monotonic clock.
pub fn update(model: &mut Model, event: Event, now: Duration) -> Vec<Effect> {
    model.now = now;
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => Vec::new(),
        Event::Key(key) => pressed(model, key),
        Event::Paste(text) => {
            if let Some(field) = field(model) {
                field.insert(&text);
            }
            Vec::new()
        }
        Event::Tick => {
            super::answered::time_passed(model);
            Vec::new()
        }
        Event::Answered { request, result } => super::answered::answered(model, request, result),
        Event::Terminate => vec![Effect::Quit],
    }
}

fn pressed(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') {
        return vec![Effect::Quit];
    }
    if let Screen::Choose { open: Some(_), .. } = model.screen {
        list_key(model, key.code);
        return Vec::new();
    }
    if let Some(field) = field(model)
        && field.key(key)
    {
        return Vec::new();
    }
    match key.code {
        KeyCode::Tab | KeyCode::Down if !on_closed_list(model, key.code) => move_focus(model, 1),
        KeyCode::BackTab | KeyCode::Up if !on_closed_list(model, key.code) => move_focus(model, -1),
        KeyCode::Enter => return act(model, model.focus),
        KeyCode::Char(' ') if model.focus == Focus::Devices => open_list(model),
        KeyCode::Down | KeyCode::Up => open_list(model),
        KeyCode::Char(' ') => return act(model, model.focus),
        KeyCode::Esc => return back(model),
        KeyCode::F(2) => return copy(model),
        KeyCode::F(3) if model.stops().contains(&Focus::OtherDevice) => return act(model, Focus::OtherDevice),
        KeyCode::F(4) => return switch_by_key(model),
        KeyCode::Char('q' | 'Q' | 'й' | 'Й') if matches!(model.screen, Screen::SignedIn(_) | Screen::Confirmed) => {
            return vec![Effect::Quit];
        }
        KeyCode::Char(letter) if model.focus == Focus::Devices => jump(model, letter),
        _ => {}
    }
    Vec::new()
}

fn on_closed_list(model: &Model, code: KeyCode) -> bool {
    model.focus == Focus::Devices && matches!(code, KeyCode::Down | KeyCode::Up)
}

fn field(model: &mut Model) -> Option<&mut TextField> {
    match (model.focus, &mut model.screen) {
        (Focus::Username, Screen::Login) => Some(&mut model.username),
        (Focus::Password, Screen::Login) => Some(&mut model.password),
        (Focus::Amount, Screen::Withdraw) => Some(&mut model.form.amount),
        (Focus::PayeeName, Screen::Withdraw) => Some(&mut model.form.name),
        (Focus::PayeeAccount, Screen::Withdraw) => Some(&mut model.form.account),
        (Focus::Response, Screen::Answer { response, .. }) => Some(response),
        _ => None,
    }
}

fn move_focus(model: &mut Model, by: isize) {
    let stops = model.stops();
    let here = stops.iter().position(|stop| *stop == model.focus).unwrap_or_default();
    let there = (here.cast_signed() + by).rem_euclid(stops.len().max(1).cast_signed());
    if let Some(stop) = stops.get(there.cast_unsigned()) {
        model.focus = *stop;
    }
}

fn open_list(model: &mut Model) {
    if let Screen::Choose { selected, open } = &mut model.screen {
        *open = Some(*selected);
    }
}

/// A key while the list of devices is open.
fn list_key(model: &mut Model, code: KeyCode) {
    let last = model.devices.len().saturating_sub(1);
    let Screen::Choose { selected, open } = &mut model.screen else { return };
    let Some(at) = *open else { return };
    match code {
        KeyCode::Down => *open = Some(last.min(at + 1)),
        KeyCode::Up => *open = Some(at.saturating_sub(1)),
        KeyCode::Home | KeyCode::PageUp => *open = Some(0),
        KeyCode::End | KeyCode::PageDown => *open = Some(last),
        KeyCode::Enter | KeyCode::Tab | KeyCode::Char(' ') => {
            *selected = at;
            *open = None;
            model.focus = Focus::Button;
        }
        KeyCode::Esc => *open = None,
        KeyCode::Char(letter) => jump(model, letter),
        _ => {}
    }
}

/// The first letter of a label jumps to it; again, to the next one with that letter.
fn jump(model: &mut Model, letter: char) {
    let Screen::Choose { selected, open } = &mut model.screen else { return };
    let wanted: Vec<char> = letter.to_lowercase().collect();
    let from = open.unwrap_or(*selected);
    let count = model.devices.len();
    let fits = |at: &usize| {
        let first = model.devices.get(*at).and_then(|device| device.label.chars().next());
        first.is_some_and(|c| c.to_lowercase().eq(wanted.iter().copied()))
    };
    let Some(found) = (1..=count).map(|step| (from + step) % count).find(fits) else { return };
    match open {
        Some(at) => *at = found,
        None => *selected = found,
    }
}

/// Enter on something.
fn act(model: &mut Model, on: Focus) -> Vec<Effect> {
    match on {
        Focus::Username => {
            model.focus = Focus::Password;
            Vec::new()
        }
        Focus::Devices => {
            open_list(model);
            Vec::new()
        }
        Focus::Amount | Focus::PayeeName => {
            move_focus(model, 1);
            Vec::new()
        }
        Focus::Password | Focus::Response | Focus::Button | Focus::PayeeAccount => submit(model),
        Focus::NoNotification => switch(model, CHALLENGE_RESPONSE),
        Focus::SendNotification => switch(model, SEAMLESS),
        Focus::OtherDevice => {
            choose_again(model);
            Vec::new()
        }
    }
}

fn submit(model: &mut Model) -> Vec<Effect> {
    if model.busy {
        return Vec::new();
    }
    match &model.screen {
        Screen::Login => begin(model),
        Screen::Withdraw => withdraw(model),
        Screen::Choose { selected, .. } => {
            let Some(device_id) = model.devices.get(*selected).map(|device| device.id.clone()) else {
                return Vec::new();
            };
            vec![Effect::Choose { request: ask(model), device_id }]
        }
        Screen::Answer { response, .. } => {
            if response.text().is_empty() {
                model.focus = Focus::Response;
                return Vec::new();
            }
            let response = Zeroizing::new(response.text().to_owned());
            vec![Effect::Respond { request: ask(model), response }]
        }
        Screen::Wait { .. } => Vec::new(),
        Screen::Ended { .. } => {
            start_again(model);
            Vec::new()
        }
        Screen::SignedIn(_) | Screen::Confirmed => vec![Effect::Quit],
    }
}

/// Asks for what the form holds, where its amount is understood.
fn withdraw(model: &mut Model) -> Vec<Effect> {
    let (name, account) = (model.form.name.text().trim().to_owned(), model.form.account.text().trim().to_owned());
    for (empty, focus) in [(name.is_empty(), Focus::PayeeName), (account.is_empty(), Focus::PayeeAccount)] {
        if empty {
            model.focus = focus;
            return Vec::new();
        }
    }
    let amount = match withdrawal::typed(model.form.amount.text(), CURRENCY, model.lang) {
        Ok(amount) => amount,
        Err(text) => {
            model.focus = Focus::Amount;
            model.notice = Some(Notice { text, bad: true });
            return Vec::new();
        }
    };
    let destination = Destination { name, account };
    let order = Order { amount, currency: CURRENCY.to_owned(), destination, reference: None };
    let request = ask(model);
    model.attempt = request;
    model.devices.clear();
    model.limited.clear();
    model.order = Some(order.clone());
    vec![Effect::Withdraw { request, order }]
}

fn begin(model: &mut Model) -> Vec<Effect> {
    if model.username.text().is_empty() {
        model.focus = Focus::Username;
        return Vec::new();
    }
    if model.password.text().is_empty() {
        model.focus = Focus::Password;
        return Vec::new();
    }
    let (username, password) = (model.username.text().to_owned(), Zeroizing::new(model.password.text().to_owned()));
    let request = ask(model);
    model.attempt = request;
    model.devices.clear();
    model.password.clear();
    vec![Effect::Begin { request, username, password }]
}

fn switch(model: &mut Model, method: &'static str) -> Vec<Effect> {
    if model.busy {
        return Vec::new();
    }
    vec![Effect::Method { request: ask(model), method }]
}

fn switch_by_key(model: &mut Model) -> Vec<Effect> {
    let stops = model.stops();
    let link = [Focus::NoNotification, Focus::SendNotification].into_iter().find(|link| stops.contains(link));
    link.map(|link| act(model, link)).unwrap_or_default()
}

/// Numbers a request the user waits for; answers to all earlier ones become stale.
fn ask(model: &mut Model) -> u64 {
    model.notice = None;
    model.busy = true;
    model.request += 1;
    model.request
}

/// Back to the chooser, inside the same attempt.
pub(super) fn choose_again(model: &mut Model) {
    let current = model.device().map(|device| device.id.clone());
    let place = model.devices.iter().position(|device| Some(&device.id) == current.as_ref());
    model.screen = Screen::Choose { selected: place.unwrap_or_default(), open: None };
    model.focus = Focus::Devices;
    model.notice = None;
    // An answer on its way would leave the chooser again.
    model.busy = false;
    model.request += 1;
}

/// Back to the login form with the username kept.
pub(super) fn start_again(model: &mut Model) {
    (model.screen, model.focus) = match model.purpose {
        Purpose::Withdrawal => (Screen::Withdraw, Focus::Amount),
        Purpose::Login if model.username.text().is_empty() => (Screen::Login, Focus::Username),
        Purpose::Login => (Screen::Login, Focus::Password),
    };
    model.password.clear();
    model.devices.clear();
    model.limited.clear();
    model.deadline = None;
    model.notice = None;
    model.busy = false;
    model.request += 1;
    model.attempt = model.request;
}

fn back(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Login | Screen::Withdraw if model.busy => start_again(model),
        Screen::Login | Screen::Withdraw | Screen::SignedIn(_) | Screen::Confirmed => return vec![Effect::Quit],
        Screen::Answer { .. } | Screen::Wait { .. } if model.devices.len() > 1 => choose_again(model),
        _ => start_again(model),
    }
    Vec::new()
}

fn copy(model: &mut Model) -> Vec<Effect> {
    let Screen::Answer { next: Next::Respond { challenge, .. }, .. } = &model.screen else { return Vec::new() };
    let effect = Effect::Copy(challenge.clone());
    model.notice = Some(Notice { text: model.lang.t("terminal-copied"), bad: false });
    vec![effect]
}
