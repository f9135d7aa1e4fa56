//! The writing connection as it stands: outside a transaction, between two of a group, or with one at work.
use std::mem;

use sea_orm::{ConnAcquireErr, DbErr};
use tokio::sync::oneshot;

use crate::db::sqlite::Connection;

/// How many transactions share one commit at most: nobody waits for an endless row of others.
const MOST: usize = 64;

/// What became of a group: durable, or why not.
pub type Outcome = Result<(), DbErr>;

/// Hears what became of a group.
pub type Told = oneshot::Receiver<Outcome>;

pub struct Held {
    /// None: closed, or not opened yet.
    pub connection: Option<Connection>,
    pub stage: Stage,
    /// Those whose work stands in the open transaction, and those who read it: they wait for its commit.
    pub group: Vec<oneshot::Sender<Outcome>>,
    /// A statement failed or was left: the connection serves this group to its end and nobody after.
    pub is_worn: bool,
}

/// Where the connection stands. What is in doubt counts as begun.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Outside a transaction.
    Outside,
    /// In the open transaction of a group, between two of it.
    Between,
    /// The first of a group is at work; all that is open is its own.
    First,
    /// A later one is at work in its savepoint.
    Later,
}

impl Held {
    /// Runs a short text in place; one that was left half-way is waited for.
    pub fn tell(&mut self, sql: &'static str) -> Result<(), DbErr> {
        self.connection.as_ref().ok_or_else(gone)?.tell_now(sql)
    }

    /// False while a statement runs that was left half-way.
    pub fn is_idle(&self) -> bool {
        self.connection.as_ref().is_none_or(Connection::is_idle)
    }

    pub fn undo(&mut self) -> Result<(), DbErr> {
        if self.stage == Stage::First {
            self.tell("ROLLBACK")?;
            self.stage = Stage::Outside;
        } else {
            // Refused when SQLite has rolled everything back by itself.
            self.tell("ROLLBACK TO member")?;
            self.tell("RELEASE member")?;
            self.stage = Stage::Between;
        }
        Ok(())
    }

    pub fn is_full(&self) -> bool {
        self.is_worn || self.group.len() >= MOST
    }

    /// The transaction is over; whose it was.
    pub fn is_outside(&mut self) -> Vec<oneshot::Sender<Outcome>> {
        self.stage = Stage::Outside;
        mem::take(&mut self.group)
    }
}

pub fn answer(group: Vec<oneshot::Sender<Outcome>>, outcome: &Outcome) {
    for member in group {
        // Nobody waits any more when the request was cancelled.
        let _ = member.send(outcome.clone());
    }
}

/// The connection, or the group, is no more: nothing of it was kept.
pub fn gone() -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)
}
