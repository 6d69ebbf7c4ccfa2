//! One connection of a worker: opened when it is needed, opened again after it was lost, and with its prepared
//! statements.

use std::collections::HashMap;
use std::sync::Arc;

use postgres::{Client, Statement};

use super::address::Address;
use super::failure::{is_answer, is_stale, words};
use crate::{Error, Stmt};

/// A connection that may be down.
pub(super) struct Link {
    address: Arc<Address>,
    open: Option<Open>,
}

/// A connection that was up when last seen.
pub(super) struct Open {
    pub(super) client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl Link {
    pub(super) fn new(address: Arc<Address>) -> Self {
        Self { address, open: None }
    }

    /// The connection for a new transaction, opened if it is not.
    pub(super) fn open(&mut self) -> Result<&mut Open, postgres::Error> {
        let open = match self.open.take().filter(|open| !open.client.is_closed()) {
            Some(open) => open,
            None => Open { client: self.address.connect()?, statements: HashMap::new() },
        };
        Ok(self.open.insert(open))
    }

    /// The connection of the transaction under way; none when it was lost. Never a new one, on which the end of a
    /// transaction would go well and mean nothing.
    pub(super) fn current(&mut self) -> Option<&mut Open> {
        self.open.as_mut().filter(|open| !open.client.is_closed())
    }

    /// Undoes what is left of a transaction. A connection that cannot even do that is given up.
    pub(super) fn abandon(&mut self) {
        let undone = self.open.as_mut().map(|open| open.client.batch_execute("ROLLBACK"));
        if undone.is_some_and(|undone| undone.is_err()) {
            self.close();
        }
    }

    pub(super) fn close(&mut self) {
        self.open = None;
    }
}

impl Open {
    /// The statement, prepared once for each connection.
    pub(super) fn prepared(&mut self, stmt: Stmt) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.statements.get(stmt.sql()) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(stmt.sql())?;
        self.statements.insert(stmt.sql(), statement.clone());
        Ok(statement)
    }
}

/// A connection that does not answer, for a caller.
pub(super) fn lost(error: &postgres::Error) -> Error {
    Error::Away { message: words(error) }
}

/// The same, when it was seen before anything was asked.
pub(super) fn gone() -> Error {
    Error::Away { message: "it was closed in the middle of a unit".to_owned() }
}

/// What to do about an error between a unit's statements: the server's answer, or a connection that is gone.
pub(super) fn is_lost(error: &postgres::Error) -> bool {
    !is_answer(error) || is_stale(error)
}
