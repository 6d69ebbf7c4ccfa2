//! The depot.

use super::{
    caller::{InventoryRead, InventoryWrite},
    file::{DeviceFile, Form},
    page, rows, shown, unfit,
};
use crate::{
    flow::{
        device::{
            depot::{
                self, DepotError,
                entry::{Entry, Wrong},
                import, read,
            },
            issue::EnrolError,
        },
        institution::{NotDone, named},
    },
    http::{
        Shared,
        answer::Data,
        extract::{
            address::{Params, Segment},
            body::ApiBody,
        },
        problem::{ApiProblem, Slug},
    },
    work::{Stop, Work},
};
use axum::extract::State;
use domain::{Secret, audit::Actor};
use operation::Text;
use wire::api::{
    List,
    inventory::{Assign, Filter, Import, Imported, Item, Told},
};

/// Most characters of a file's name.
const SOURCE: usize = 200;

/// `GET /inventory`.
pub async fn list(
    State(app): State<Shared>,
    _: InventoryRead,
    Params(filter): Params<Filter>,
) -> Result<Data<List<Item>>, ApiProblem> {
    let limit = rows(filter.limit)?;
    let found = app.look(move |work| {
        let after = filter.cursor.as_deref().unwrap_or_default();
        depot::page(work, filter.state.as_deref(), after, limit.saturating_add(1))
    });
    let found: Vec<_> = found.await.map_err(refused)?.iter().map(shown::item).collect();
    Ok(Data(page(found, limit, |item| item.serial.clone())))
}

/// `POST /inventory/imports`.
pub async fn bring_in(
    State(app): State<Shared>,
    caller: InventoryWrite,
    Params(asked): Params<Import>,
    DeviceFile { form, octets }: DeviceFile,
) -> Result<Data<Imported>, ApiProblem> {
    let source = asked.source.unwrap_or_else(|| "sent by a program".to_owned());
    let source = Text::<SOURCE>::parse(&source).map_err(|error| unfit("source", &error.to_string()))?;
    let import = import::Import {
        source: source.as_str().to_owned(),
        class: asked.class,
        adopt: asked.adopt,
        dry_run: asked.dry_run,
    };
    let actor = Actor::Client { id: caller.client.id.clone() };
    let read = tokio::task::spawn_blocking(move || {
        let entries: Box<dyn Iterator<Item = Result<Entry, Wrong>>> = match form {
            Form::Pskc(unlock) => Box::new(read::pskc(octets.as_ref(), unlock)?),
            Form::Csv => Box::new(read::csv(octets.as_ref())?),
        };
        Ok(import::import(&app, actor, &import, entries, &mut |_| ()))
    });
    let unread = |Wrong { line, why, .. }: Wrong| unfit("file", &format!("cannot be read: line {line}: {why}"));
    let report = read.await.map_err(|_| Slug::Internal)?.map_err(unread)?.map_err(refused)?;
    match report.refused.first() {
        // A program that looks at the status alone must not take it for done.
        Some(first) if !report.dry_run => {
            let import::Refused { line, why, .. } = first;
            let detail = format!(
                "was not brought in: {} of {} devices are refused, the first in line {line}: {why}; all are told with dry_run=true",
                report.wrong, report.read,
            );
            Err(unfit("file", &detail))
        }
        _ => Ok(Data(report)),
    }
}

/// `GET /inventory/{serial}`.
pub async fn one(
    State(app): State<Shared>,
    _: InventoryRead,
    Segment(serial): Segment,
) -> Result<Data<Told>, ApiProblem> {
    let serial = serial.ok_or(Slug::NotFound)?;
    let found = app.look(move |work| Ok((depot::one(work, &serial)?, depot::history(work, &serial)?)));
    let (item, history) = found.await.map_err(refused)?;
    Ok(Data(Told { item: shown::item(&item), history: history.iter().map(shown::happened).collect() }))
}

/// `POST /inventory/{serial}/assign`.
pub async fn assign(
    State(app): State<Shared>,
    caller: InventoryWrite,
    Segment(serial): Segment,
    ApiBody(body): ApiBody<Assign>,
) -> Result<Data<Item>, ApiProblem> {
    let serial = serial.ok_or(Slug::NotFound)?;
    let pin = body.pin.map(Secret::new);
    let done = app.work(Actor::Client { id: caller.client.id.clone() }, move |work| {
        let user = named(work.sql, &body.user)?.ok_or(Stop::Refused(DepotError::from(EnrolError::NoUser)))?;
        work.about.user = Some(user.id);
        let (label, pin) = (body.label.clone(), pin.clone());
        depot::assign(work, &depot::Assign { serial: serial.clone(), user: user.id, label, pin })?;
        depot::one(work, &serial)
    });
    Ok(Data(shown::item(&done.await.map_err(refused)?)))
}

/// `POST /inventory/{serial}/return`.
pub async fn give_back(
    State(app): State<Shared>,
    caller: InventoryWrite,
    Segment(serial): Segment,
) -> Result<Data<Item>, ApiProblem> {
    leave(app, caller, serial, depot::give_back).await
}

/// `POST /inventory/{serial}/retire`.
pub async fn retire(
    State(app): State<Shared>,
    caller: InventoryWrite,
    Segment(serial): Segment,
) -> Result<Data<Item>, ApiProblem> {
    leave(app, caller, serial, depot::retire).await
}

/// How a serial number leaves its user.
type Leave = fn(&mut Work<'_>, &str) -> Result<depot::Item, Stop<DepotError>>;

async fn leave(
    app: Shared,
    caller: InventoryWrite,
    serial: Option<String>,
    how: Leave,
) -> Result<Data<Item>, ApiProblem> {
    let serial = serial.ok_or(Slug::NotFound)?;
    let done = app.work(Actor::Client { id: caller.client.id.clone() }, move |work| how(work, &serial));
    Ok(Data(shown::item(&done.await.map_err(refused)?)))
}

fn refused(error: DepotError) -> ApiProblem {
    let words = Some(error.to_string());
    match error {
        DepotError::NoSerial => Slug::NotFound.into(),
        DepotError::NoState => unfit("state", "is in_stock, assigned, returned or retired"),
        DepotError::Enrol(EnrolError::NoUser) => unfit("user", "is nobody"),
        DepotError::Enrol(EnrolError::Pin(_) | EnrolError::PinWanted(_)) => {
            ApiProblem { reason: Some("pin"), detail: words, ..Slug::BadRequest.into() }
        }
        DepotError::Store(error) | DepotError::Enrol(EnrolError::Store(error)) => NotDone::from(error).into(),
        _ => ApiProblem { detail: words, ..Slug::WrongState.into() },
    }
}
