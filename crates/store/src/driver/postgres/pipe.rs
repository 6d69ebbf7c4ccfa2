//! A connection on which many statements are under way at once: all of a round trip are sent before the first answer is
//! read.

use std::borrow::Cow;
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement};

use super::address::Address;
use super::failure::{is_answer, is_conflict, is_ours, is_stale, words};
use crate::record::Expected;
use crate::{Stmt, Val};

type PgError = tokio_postgres::Error;

/// A statement with its arguments.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) stmt: Stmt,
    pub(super) args: &'a [Val],
    pub(super) expected: Expected,
}

/// Why no rows came.
pub(super) enum Unread {
    /// The call of this number failed.
    Call(usize),
    /// The connection is gone.
    Lost,
}

/// What came of writing.
pub(super) enum Outcome {
    /// All of it is durable.
    Kept,
    /// Nothing is kept, since the call of this number failed, or did not do what was expected.
    Failed(usize),
    /// Nothing is kept, since the call of this number met another transaction.
    Met(usize),
    /// Nothing is kept: the commit was refused.
    Refused,
    /// Nothing is kept: the connection was gone before.
    Lost,
    /// The connection was lost, and nobody knows.
    Unknown(String),
}

/// The connection, with what is prepared on it.
pub(super) struct Pipe {
    client: Client,
    statements: HashMap<(&'static str, Expected), Statement>,
}

impl Pipe {
    /// Opens a connection, which lives on the current runtime.
    pub(super) async fn open(address: &Address) -> Result<Self, PgError> {
        let (config, tls) = address.parts();
        let client = if let Some(tls) = tls {
            let (client, connection) = config.connect(tls.clone()).await?;
            tokio::spawn(connection);
            client
        } else {
            let (client, connection) = config.connect(NoTls).await?;
            tokio::spawn(connection);
            client
        };
        client.batch_execute(address.settings()).await?;
        Ok(Self { client, statements: HashMap::new() })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Reads everything on one moment of the database.
    pub(super) async fn read(&mut self, calls: &[Call<'_>]) -> Result<Vec<Vec<postgres::Row>>, Unread> {
        let prepared = self.prepared(calls).await?;
        let mut flight = Flight::new();
        flight.send(self.control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")).await;
        for (call, statement) in calls.iter().zip(&prepared) {
            flight.send(self.call(statement, call.args)).await;
        }
        flight.send(self.control("COMMIT")).await;
        let mut answers = flight.land().await.into_iter();
        let begun = answers.next().is_some_and(|answer| answer.is_ok());
        let mut rows = Vec::with_capacity(calls.len());
        for (number, answer) in answers.take(calls.len()).enumerate() {
            match answer {
                Ok(found) if begun => rows.push(found),
                Err(error) if begun && !is_stale(&error) && (is_answer(&error) || is_ours(&error)) => {
                    return Err(Unread::Call(number));
                }
                _ => return Err(Unread::Lost),
            }
        }
        Ok(rows)
    }

    /// Writes everything in one transaction, whose commit is sent with it. A call that does not do what is expected of
    /// it fails in the database, so that nothing can be kept after it.
    pub(super) async fn write(&mut self, calls: &[Call<'_>]) -> Outcome {
        let prepared = match self.prepared(calls).await {
            Ok(prepared) => prepared,
            Err(Unread::Call(number)) => return Outcome::Failed(number),
            Err(Unread::Lost) => return Outcome::Lost,
        };
        let mut flight = Flight::new();
        flight.send(self.control("BEGIN ISOLATION LEVEL READ COMMITTED")).await;
        for (call, statement) in calls.iter().zip(&prepared) {
            flight.send(self.call(statement, call.args)).await;
        }
        // A call that could not even be sent must not leave the others to be kept without it.
        let whole = flight.is_whole();
        flight.send(self.control(if whole { "COMMIT" } else { "ROLLBACK" })).await;
        outcome(flight.land().await, whole)
    }

    async fn control(&self, sql: &str) -> Answer {
        self.client.batch_execute(sql).await.map(|()| Vec::new())
    }

    async fn call(&self, statement: &Statement, args: &[Val]) -> Answer {
        let bound: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as _).collect();
        self.client.query(statement, &bound).await
    }

    /// The calls' statements, each prepared once on this connection.
    async fn prepared(&mut self, calls: &[Call<'_>]) -> Result<Vec<Statement>, Unread> {
        let mut prepared = Vec::with_capacity(calls.len());
        for (number, call) in calls.iter().enumerate() {
            let key = (call.stmt.sql(), call.expected);
            let statement = match self.statements.get(&key) {
                Some(statement) => statement.clone(),
                None => {
                    let found = self.client.prepare(&text(*call)).await;
                    let gone = |error: PgError| if is_answer(&error) { Unread::Call(number) } else { Unread::Lost };
                    let statement = found.map_err(gone)?;
                    self.statements.insert(key, statement.clone());
                    statement
                }
            };
            if statement.params().len() != call.args.len() {
                return Err(Unread::Call(number));
            }
            prepared.push(statement);
        }
        Ok(prepared)
    }
}

/// The text of a call.
fn text(call: Call<'_>) -> Cow<'static, str> {
    match call.expected {
        Expected::Any => Cow::Borrowed(call.stmt.sql()),
        Expected::One => Cow::Owned(checked(call.stmt)),
    }
}

/// A statement that fails when it does not change one row. PostgreSQL does not look at counts by itself, and the commit is
/// under way already: so it divides by zero.
pub(super) fn checked(stmt: Stmt) -> String {
    format!(
        "WITH changed AS ({} RETURNING 1) SELECT 1 / (CASE WHEN COUNT(*) = 1 THEN 1 ELSE 0 END) FROM changed",
        stmt.sql()
    )
}

/// What the answers to `BEGIN`, the calls and the end of the transaction mean together.
fn outcome(answers: Vec<Answer>, whole: bool) -> Outcome {
    let calls = answers.len().saturating_sub(2);
    let Some((place, error)) =
        answers.into_iter().enumerate().find_map(|(place, answer)| answer.err().map(|error| (place, error)))
    else {
        return if whole { Outcome::Kept } else { Outcome::Lost };
    };
    let answered = is_answer(&error);
    match place.checked_sub(1) {
        // Prepared anew on the next connection.
        Some(number) if number < calls && is_stale(&error) => Outcome::Lost,
        // What the server said to a call it said before it came to the end: after an error that is an undoing, and after
        // a last word it never comes.
        Some(number) if number < calls && answered && is_conflict(&error) => Outcome::Met(number),
        Some(number) if number < calls && answered => Outcome::Failed(number),
        Some(number) if number < calls && error.as_db_error().is_some() => Outcome::Lost,
        None if error.as_db_error().is_some() => Outcome::Lost,
        Some(_) if answered => Outcome::Refused,
        _ if !whole => Outcome::Lost,
        _ => Outcome::Unknown(words(&error)),
    }
}

type Answer = Result<Vec<postgres::Row>, PgError>;

/// Requests under way, in the order in which they were sent.
struct Flight<'a> {
    requests: Vec<Pin<Box<dyn Future<Output = Answer> + 'a>>>,
    answers: Vec<Option<Answer>>,
}

impl<'a> Flight<'a> {
    fn new() -> Self {
        Self { requests: Vec::new(), answers: Vec::new() }
    }

    /// Sends a request. The client library sends it when its future is polled first, and only this task runs meanwhile:
    /// so the requests of a flight leave in order and together.
    async fn send(&mut self, request: impl Future<Output = Answer> + 'a) {
        let mut request: Pin<Box<dyn Future<Output = Answer> + 'a>> = Box::pin(request);
        let answer = poll_fn(|context| match request.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending => Poll::Ready(None),
        });
        self.answers.push(answer.await);
        self.requests.push(request);
    }

    /// Whether nothing has failed on our side so far.
    fn is_whole(&self) -> bool {
        !self.answers.iter().any(|answer| matches!(answer, Some(Err(_))))
    }

    /// Waits for all answers.
    async fn land(mut self) -> Vec<Answer> {
        for (request, answer) in self.requests.iter_mut().zip(&mut self.answers) {
            if answer.is_none() {
                *answer = Some(request.as_mut().await);
            }
        }
        self.answers.into_iter().flatten().collect()
    }
}
