//! The phone app's types are generated from ours: `web/shared/phone.ts`. This writes it where the variable
//! `COUNTERSIGN_WRITE_TYPES` is set, and else fails when it is stale.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by stopping")]

use std::{fs, path::Path};
use ts_rs::{Config, TS};
use wire::{
    DeviceRef, Failure, Next, Reason, Recovery, help,
    next::{LimitedDevice, LockedDevice, Notice},
    phone, phone_app,
};

const HEAD: &str =
    "// What the phone app and the server say to each other. Generated from crates/operation and crates/wire by
// `COUNTERSIGN_WRITE_TYPES=1 cargo test -p wire --test typescript`; changes by hand are lost.
";

/// Seconds and counts are numbers in TypeScript: all of them are far below 2^53.
fn config() -> Config {
    Config::new().with_large_int("number")
}

macro_rules! declared {
    ($($type:ty),+ $(,)?) => {[$(
        tidy(&format!("{}export {}", <$type as TS>::docs().unwrap_or_default(), <$type as TS>::decl(&config())))
    ),+]};
}

/// A declaration as people read it: comments of one line on one, members below each other; lists are only read.
/// Examples in Rust stay in Rust.
fn tidy(declaration: &str) -> String {
    let text = declaration.replace(", }", ",\n}").replace("Array<", "ReadonlyArray<");
    let mut example = false;
    let prose = |line: &&str| {
        let fence = *line == "* ```";
        example ^= fence;
        !fence && !example
    };
    let mut lines: Vec<_> = text.lines().map(str::trim).filter(prose).collect();
    lines.dedup_by(|next, line| {
        *line == "*" && *next == "*/" && {
            *line = "*/";
            true
        }
    });
    let (mut out, mut depth, mut at) = (vec![String::new()], 0_usize, 0);
    while let Some(line) = lines.get(at) {
        let (line, taken) = match lines.get(at..at + 3) {
            Some([first, only, last]) if (*first, *last) == ("/**", "*/") => {
                (format!("/** {} */", only.trim_start_matches(['*', ' '])), 3)
            }
            _ => ((*line).to_owned(), 1),
        };
        at += taken;
        let comment = line.starts_with("/*") || line.starts_with('*');
        let closes = usize::from(!comment && line.starts_with('}'));
        let indent = "  ".repeat(depth - closes) + if line.starts_with('*') { " " } else { "" };
        if !comment {
            depth = depth + line.matches('{').count() - line.matches('}').count();
        }
        out.push(indent + &line);
    }
    out.join("\n") + "\n"
}

/// What is asked, decided, and asked for by the phone itself.
fn asked() -> String {
    declared![
        operation::Amount,
        operation::Destination,
        operation::Withdrawal,
        operation::WithdrawalBatch,
        operation::CardPayment,
        operation::CardPreauthorisation,
        operation::LimitChange,
        operation::TwoDevicesChange,
        operation::TransferLockOpen,
        operation::PasskeyAddition,
        operation::PinChange,
        operation::DeviceOrder,
        operation::DeskAct,
        operation::DeskCase,
        operation::ContactChange,
        operation::Call,
        operation::What,
        phone::Asked,
        phone::Operation,
        phone::Pending,
        phone::Calling,
        phone::PendingList,
        phone::Decision,
        phone::Statement,
        phone::Decide,
        phone::Decided,
        phone::own::Request,
        phone::own::Wanted,
        phone::own::Finish,
        phone::own::Finished,
        phone::own::Invitation,
    ]
    .concat()
}

/// Keys, activation, and the steps of whatever is confirmed with another device.
fn activated() -> String {
    declared![
        phone::Jwk,
        phone::Suites,
        phone::PhoneTokens,
        phone::Refresh,
        phone::Credential,
        phone::Assertion,
        phone::Logout,
        DeviceRef,
        LimitedDevice,
        LockedDevice,
        Notice,
        Next,
        Reason,
        Recovery,
        Failure,
        phone::StartActivation,
        phone::migration::StartMigration,
        phone::migration::HandOverCall,
        phone::migration::HandOver,
        phone::ActivationStarted,
        phone::Agreement,
        phone::ConfirmActivation,
        phone::Confirming,
        phone::CompleteActivation,
        phone::ActivationCompleted,
        phone::ProveActivation,
        phone::Activated,
        phone::EndedDevice,
    ]
    .concat()
}

/// Cards, the device itself, pushes, and what the app's pages ask.
fn managed() -> String {
    declared![
        help::HelpText,
        help::HelpGroup,
        help::HelpArticle,
        help::HelpBlock,
        help::HelpKind,
        phone::cards::CardList,
        phone::cards::Card,
        phone::cards::CardState,
        phone::cards::Preauthorisation,
        phone::cards::Declined,
        phone::cards::Block,
        phone::manage::Form,
        phone::manage::PhoneDevice,
        phone::manage::Fate,
        phone::manage::Successor,
        phone::manage::Veto,
        phone::lock::LockState,
        phone::lock::TransferLock,
        phone::lock::CloseLock,
        phone::manage::Rename,
        phone::manage::Remove,
        phone::manage::Disown,
        phone::manage::Activity,
        phone::manage::ActivityLine,
        phone::manage::ChangePin,
        phone::manage::PinChangeBegun,
        phone::manage::NewPin,
        phone::push::PushState,
        phone::push::SubscriptionState,
        phone::push::Subscribe,
        phone::push::SubscriptionKeys,
        phone::push::PushCall,
        phone::push::PushMessage,
        phone::push::PushKind,
        phone_app::Config,
        phone_app::Desk,
        phone_app::OpenSession,
        phone_app::Session,
    ]
    .concat()
}

#[test]
fn the_committed_types_are_those_of_today() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/shared/phone.ts");
    let now = [HEAD, &asked(), &activated(), &managed()].concat();
    #[expect(clippy::disallowed_methods, reason = "whoever runs it says whether to write")]
    if std::env::var_os("COUNTERSIGN_WRITE_TYPES").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, &now).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == now, "stale: COUNTERSIGN_WRITE_TYPES=1 cargo test -p wire --test typescript writes it anew");
}

/// What the types say is what is sent: optional where a member may be absent, and nothing that nobody is shown.
#[test]
fn the_types_are_those_of_the_json() {
    let asked = phone::Asked::decl(&config());
    assert!(asked.contains("message?: string") && asked.contains("at: number"), "{asked}");
    let payment = operation::CardPayment::decl(&config());
    assert!(payment.contains("merchant: string") && !payment.contains("declined"), "{payment}");
    let pending = phone::Pending::decl(&config());
    assert!(pending.contains("operation: Operation"), "{pending}");
}
