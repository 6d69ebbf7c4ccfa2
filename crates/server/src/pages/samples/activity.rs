//! What happened: every sentence there is, the rows behind them, and the question about one.

use super::{Sample, confirming::operations, frame, named};
use crate::{
    activity::{Line, Reader, key, when},
    pages::{
        Frame,
        activity::{ActivityPage, EntriesPage, EntryLine, ReportPage, Shown, StoryLine},
    },
};
use domain::{
    Timestamp,
    audit::{
        About, Actor, Detail, Kind, Record,
        story::{Row, fold},
    },
    confirmation::{Channel, Operation, What},
};
use i18n::Lang;
use jiff::tz::TimeZone;

fn reader(lang: Lang) -> Reader {
    Reader { lang, zone: TimeZone::get("Europe/Zurich").unwrap_or(TimeZone::UTC) }
}

fn operation(what: What) -> Operation {
    Operation {
        what,
        client: "web".to_owned(),
        address: "2001:db8:1234:5678:9abc:def0:1234:5678".to_owned(),
        agent: "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0".to_owned(),
        message: None,
        channel: Channel::Hosted,
        passkey_alone: false,
    }
}

/// A line of its own for a row, with or without what its attempt was to confirm.
fn line(record: Record, count: u32, what: Option<What>) -> Vec<Line> {
    let at = Timestamp::from_unix_seconds(1_795_000_000);
    let row = Row { id: [7; 16].into(), at, record: Some(record), count, since: at };
    let with = |story| Line {
        story,
        operation: what.clone().map(operation),
        device: Some("Digital Security Card+ (…0042)".to_owned()),
        client: "Web Trader".to_owned(),
    };
    fold([row]).into_iter().map(with).collect()
}

fn record(kind: Kind, detail: Detail) -> Record {
    let about = About { attempt: Some([3; 16].into()), device: Some([4; 16].into()), ..About::default() };
    Record { kind, actor: Some(Actor::Operator { name: "root".to_owned() }), about, detail }
}

/// Every kind of row by itself, every end of everything that can be asked, and every state of a device.
pub(super) fn lines() -> Vec<Line> {
    let alone = Kind::ALL.iter().map(|kind| line(record(*kind, Detail::none()), 1, None));
    let several = line(record(Kind::PasswordRefused, Detail::none()), 60, None);
    let ends = [Kind::Confirmed, Kind::Denied, Kind::Expired, Kind::Exhausted, Kind::Reported, Kind::AnsweredWrong];
    let mut asked: Vec<What> = operations().into_iter().map(|operation| operation.what).collect();
    asked.extend([What::Login, What::PhoneActivation]);
    let attempts = asked
        .iter()
        .flat_map(|what| ends.into_iter().flat_map(|kind| line(record(kind, Detail::none()), 1, Some(what.clone()))));
    let passes = [("pending", "active"), ("suspended", "active"), ("pending", "revoked")].into_iter().chain(
        ["suspended", "lost", "revoked", "replaced", "migrated", "expired", "shipped"].map(|state| ("active", state)),
    );
    let passes =
        passes.flat_map(|(from, to)| line(record(Kind::DeviceStateChanged, Detail::none().from(from).to(to)), 1, None));
    let added = line(record(Kind::DeviceAdded, Detail::none().serial("0042")), 1, None);
    let renamed = line(record(Kind::DeviceRenamed, Detail::none().from("Phone").to("Old <phone>")), 1, None);
    alone.flatten().chain(several).chain(attempts).chain(passes).chain(added).chain(renamed).collect()
}

fn story(line: &Line, reader: &Reader) -> StoryLine {
    StoryLine {
        when: when(reader.lang, &reader.zone, line.story.told.at),
        text: line.sentence(reader),
        place: line.circumstances(reader.lang).join(" · "),
        alarming: line.alarming(),
        report: line.can_be_disowned().then(|| "a1".to_owned()),
    }
}

pub(super) fn stories(lang: Lang) -> Vec<StoryLine> {
    let reader = reader(lang);
    lines().iter().map(|line| story(line, &reader)).collect()
}

pub(super) fn activity(lang: Lang) -> Vec<Sample> {
    let frame = Frame { signed_in: Some("alice".to_owned()), ..frame(lang) };
    let page = ActivityPage {
        frame: frame.clone(),
        shown: Shown::Money,
        words: "\"><b>Zürich".to_owned(),
        activity: stories(lang),
        older: Some("/settings/activity?kind=money&q=&before=a1".to_owned()),
    };
    let reader = reader(lang);
    let entry = |kind: &str| EntryLine {
        when: when(lang, &reader.zone, Timestamp::from_unix_seconds(1_795_000_000)),
        what: lang.t(key(kind)),
        kind: kind.to_owned(),
        by: "Digital Security Card+ (…0042) · Web Trader".to_owned(),
        address: "2001:db8:1234:5678:9abc:def0:1234:5678".to_owned(),
    };
    let kinds = Kind::ALL.iter().map(|kind| kind.name()).chain(["something.newer"]);
    let entries = EntriesPage {
        frame: frame.clone(),
        entries: kinds.map(entry).collect(),
        older: Some("/settings/activity?entries=all&before=a1".to_owned()),
    };
    let login = line(record(Kind::Confirmed, Detail::none()), 1, Some(What::Login));
    let reports =
        login.iter().map(|line| ReportPage { frame: frame.clone(), id: "a1".to_owned(), story: story(line, &reader) });
    let mut pages = vec![
        named("activity", &page),
        named("activity-none", &ActivityPage { activity: vec![], older: None, shown: Shown::All, ..page.clone() }),
        named("activity-entries", &entries),
        named("activity-entries-none", &EntriesPage { entries: vec![], older: None, ..entries.clone() }),
    ];
    pages.extend(reports.map(|page| named("activity-report", &page)));
    pages
}
