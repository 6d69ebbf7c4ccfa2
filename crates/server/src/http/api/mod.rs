//! The institution's API, `/api/v1`: its back ends post accounts and rates, ask for withdrawals, and read what there is to
//! know of users. The document of it is made from the rows of its table.

pub mod accounts;
pub mod agent;
pub mod caller;
mod calls;
pub mod desk;
mod desk_queues;
mod desk_user;
pub mod document;
pub mod file;
pub mod inventory;
pub mod key;
pub mod limits;
pub mod orders;
pub mod routes;
pub mod shown;
mod step;
pub mod users;
pub mod webhooks;
pub mod withdrawals;

pub use routes::ROUTES;
pub(crate) use routes::mount;

use super::problem::{ApiProblem, Slug};
use std::str::FromStr;
use wire::api::List;

/// How many rows a page has where it is not said, and at most.
const ROWS: (u32, u32) = (50, 100);

/// The rows of a page that were asked for, where that is a number that is given.
fn rows(limit: Option<u32>) -> Result<u32, ApiProblem> {
    let (usual, most) = ROWS;
    match limit.unwrap_or(usual) {
        0 => Err(unfit("limit", "is 1 at least")),
        rows if rows > most => Err(unfit("limit", "is 100 at most")),
        rows => Ok(rows),
    }
}

/// One page, made of one row more than it holds; the next one begins behind its last row.
fn page<T>(mut data: Vec<T>, rows: u32, cursor: impl Fn(&T) -> String) -> List<T> {
    let rows = usize::try_from(rows).unwrap_or(usize::MAX);
    let more = data.len() > rows;
    data.truncate(rows);
    let next_cursor = data.last().filter(|_| more).map(cursor);
    List { data, next_cursor }
}

/// A cursor, which is an id that a page before gave.
fn cursor<T: FromStr>(text: Option<&str>) -> Result<Option<T>, ApiProblem> {
    text.map(str::parse).transpose().map_err(|_| unfit("cursor", "is none that a page before gave"))
}

/// The id that a path names; where it names none there is nothing.
fn id<T: FromStr>(segment: Option<String>) -> Result<T, ApiProblem> {
    segment.and_then(|text| text.parse().ok()).ok_or_else(|| Slug::NotFound.into())
}

/// A member of a request that cannot be taken.
fn unfit(member: &'static str, detail: &str) -> ApiProblem {
    ApiProblem { reason: Some(member), detail: Some(format!("{member} {detail}")), ..Slug::BadRequest.into() }
}
