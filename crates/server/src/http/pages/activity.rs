//! What happened, as pages: sentences that can be filtered, every row of the log, and "it wasn't me".

use crate::{
    activity::{Line, Reader, day as day_in, key, when},
    app::App,
    flow::login::activity::{self, Ask, Named},
    http::{
        Shared,
        answer::Page,
        extract::{
            address::Query,
            page::Visit,
            session::{SignedInForm, SignedInVisit, ended},
        },
    },
    pages::{
        activity::{ActivityPage, EntriesPage, EntryLine, ReportPage, Shown, StoryLine},
        error::ErrorKind,
    },
};
use axum::{extract::State, http::StatusCode};
use domain::{
    Timestamp,
    audit::{Kind, story::Topic},
    id::{AuditId, ConfirmationId, UserId},
};

/// Stories of a page.
const STORIES: usize = 20;
/// Rows of a page.
const ENTRIES: u32 = 50;
/// Octets of a search at most.
const WORDS: usize = 400;

/// `GET /settings/activity?kind=…&q=…&before=…`, or every row of the log (`entries=all`).
pub async fn show(State(app): State<Shared>, SignedInVisit { visit, signed_in }: SignedInVisit, query: Query) -> Page {
    let before = query.member("before", 64).and_then(|id| id.parse().ok());
    if query.member("entries", 8) == Some("all") {
        return entries(&app, &visit, signed_in.user.id, before).await;
    }
    let shown = query.member("kind", 16).map_or(Shown::All, Shown::of);
    let words = query.member("q", WORDS).unwrap_or_default().trim().to_owned();
    let (reader, user) = (reader(&app, &visit), signed_in.user.id);
    let wanted = Wanted { shown, words: words.to_lowercase(), reader: reader.clone() };
    let ask = Ask { before, most: STORIES };
    let told = match activity::told(&app, user, ask, move |line| wanted.wants(line)).await {
        Ok(told) => told,
        Err(refused) => return visit.refused(&refused),
    };
    let page = ActivityPage {
        frame: visit.frame(),
        older: told.older.map(|older| address(shown, &words, older)),
        activity: told.lines.iter().map(|line| story_line(line, &reader)).collect(),
        shown,
        words,
    };
    visit.show(StatusCode::OK, &page)
}

async fn entries(app: &Shared, visit: &Visit, user: UserId, before: Option<AuditId>) -> Page {
    let (rows, older) = match activity::entries(app, user, before, ENTRIES).await {
        Ok(found) => found,
        Err(refused) => return visit.refused(&refused),
    };
    let reader = reader(app, visit);
    let page = EntriesPage {
        frame: visit.frame(),
        entries: rows.iter().map(|row| entry_line(row, &reader)).collect(),
        older: older.map(|older| format!("/settings/activity?entries=all&before={older}")),
    };
    visit.show(StatusCode::OK, &page)
}

/// `GET /settings/activity/report?id=…`: whether it was really not the owner.
pub async fn report_page(
    State(app): State<Shared>,
    SignedInVisit { visit, signed_in }: SignedInVisit,
    query: Query,
) -> Page {
    let id = query.member("id", 64).and_then(|id| id.parse::<ConfirmationId>().ok());
    let Some(id) = id else { return visit.error(ErrorKind::NotFound) };
    match activity::of_attempt(&app, signed_in.user.id, id).await {
        Ok(Some(line)) if line.can_be_disowned() => {
            let page = ReportPage {
                frame: visit.frame(),
                id: id.to_string(),
                story: story_line(&line, &reader(&app, &visit)),
            };
            visit.show(StatusCode::OK, &page)
        }
        // Said already, of this or of what it gave: the list says how it stands.
        Ok(Some(line)) if line.story.told.kind() == Some(Kind::Reported) => visit.go("/settings/activity"),
        Ok(_) => visit.error(ErrorKind::NotFound),
        Err(refused) => visit.refused(&refused),
    }
}

/// `POST /settings/activity/report`: it was not. The session that says it is over too.
pub async fn report(State(app): State<Shared>, SignedInForm { form, signed_in }: SignedInForm) -> Result<Page, Page> {
    let id = form.field("id", 64)?.parse().map_err(|_| form.visit.error(ErrorKind::BadRequest))?;
    match activity::disown(&app, &signed_in, id, form.origin.clone()).await {
        Ok(true) => Ok(form.visit.go("/login?notice=reported").with_cookie(ended(&app))),
        // It is not there any more, or was reported in another window: the list says how it stands.
        Ok(false) => Ok(form.visit.go("/settings/activity")),
        Err(refused) => Err(form.visit.refused(&refused)),
    }
}

/// To whom a page tells.
pub(super) fn reader(app: &App, visit: &Visit) -> Reader {
    Reader { lang: visit.lang, zone: app.settings.zone.clone() }
}

/// A story as a page shows it.
pub(super) fn story_line(line: &Line, reader: &Reader) -> StoryLine {
    let attempt = line.story.attempt.filter(|_| line.can_be_disowned());
    StoryLine {
        when: when(reader.lang, &reader.zone, line.story.told.at),
        text: line.sentence(reader),
        place: line.circumstances(reader.lang).join(" · "),
        alarming: line.alarming(),
        report: attempt.map(|attempt| attempt.to_string()),
    }
}

fn entry_line(row: &Named, reader: &Reader) -> EntryLine {
    let address = row.entry.record().and_then(|record| record.about.address);
    let by: Vec<_> = [row.device.as_deref(), row.client.as_deref()].into_iter().flatten().collect();
    EntryLine {
        when: when(reader.lang, &reader.zone, row.entry.at),
        what: reader.lang.t(key(&row.entry.kind)),
        kind: row.entry.kind.clone(),
        by: by.join(" · "),
        address: address.map(|address| address.to_string()).unwrap_or_default(),
    }
}

/// Which stories are looked for.
struct Wanted {
    shown: Shown,
    /// In small letters.
    words: String,
    reader: Reader,
}

impl Wanted {
    fn wants(&self, line: &Line) -> bool {
        let topic = line.story.topic(line.operation.as_ref().map(|operation| &operation.what));
        let fits = match self.shown {
            Shown::All => true,
            Shown::Logins => topic == Topic::Logins,
            Shown::Money => topic == Topic::Money,
            Shown::Devices => topic == Topic::Devices,
            Shown::Alarms => line.alarming(),
        };
        fits && (self.words.is_empty() || self.names(line))
    }

    /// Whether what is looked for stands in what is shown of a line.
    fn names(&self, line: &Line) -> bool {
        let StoryLine { when, text, place, .. } = story_line(line, &self.reader);
        [when.text, text, place].iter().any(|shown| shown.to_lowercase().contains(&self.words))
    }
}

/// Where the earlier ones of a search are.
fn address(shown: Shown, words: &str, before: AuditId) -> String {
    let words: String = form_urlencoded::byte_serialize(words.as_bytes()).collect();
    format!("/settings/activity?kind={}&q={words}&before={before}", shown.name())
}

/// A moment and a day as the reader reads them.
pub(super) fn at(reader: &Reader, moment: Timestamp) -> String {
    when(reader.lang, &reader.zone, moment).text
}

pub(super) fn day_of(reader: &Reader, at: Timestamp) -> String {
    day_in(reader.lang, &reader.zone, at)
}
